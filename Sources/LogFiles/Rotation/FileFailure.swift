#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An error number of the system about a file.
package struct FileFailure: Error, Sendable, Equatable {
    package let number: Int32

    package init(number: Int32) { self.number = number }

    /// For a person.
    package var reason: String { String(cString: strerror(number)) }

    /// For counters.
    package var name: String {
        switch number {
        case EACCES, EPERM, EROFS: "permission"
        case EMFILE, ENFILE: "descriptors"
        case ENOENT, ESTALE: "gone"
        case ENOSPC, EDQUOT: "disk_full"
        default: "io"
        }
    }
}
