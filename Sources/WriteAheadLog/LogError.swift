package import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A failure of the log.
package struct LogError: Error, Sendable, CustomStringConvertible {
    package struct Code: Sendable, Hashable {
        fileprivate enum Value {
            case full, tooLarge, diskFull, readOnly, inputOutput, closed, notALog, unwritable, inUse
        }
        fileprivate let value: Value
        /// The log holds `bytesMax` of records that are not stored yet.
        package static let full = Code(value: .full)
        /// The record could never be taken, however empty the log is.
        package static let tooLarge = Code(value: .tooLarge)
        /// The disk, or this user's share of it, is full.
        package static let diskFull = Code(value: .diskFull)
        package static let readOnly = Code(value: .readOnly)
        package static let inputOutput = Code(value: .inputOutput)
        package static let closed = Code(value: .closed)
        /// What lies at the path is no log, or one that this version cannot read.
        package static let notALog = Code(value: .notALog)
        /// This user may not write (or read) there.
        package static let unwritable = Code(value: .unwritable)
        /// Another process, or another instance in this one, has the log open.
        package static let inUse = Code(value: .inUse)
    }

    package let code: Code
    /// A sentence for a person: the directory, what happened, what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    package var kind: ErrorKind {
        switch code.value {
        case .full: .overloaded
        case .tooLarge: .tooLarge
        case .diskFull, .readOnly, .inputOutput, .closed, .notALog, .unwritable, .inUse: .unavailable
        }
    }
}

/// The error number of a call of the C library.
package struct SystemFailure: Error, Sendable, Equatable {
    package let number: Int32

    package init(_ number: Int32) {
        self.number = number
    }

    /// That of the last call.
    static var current: SystemFailure { SystemFailure(errno) }
}

extension LogError {
    /// - Parameters:
    ///   - action: an infinitive with its preposition, such as `write to`.
    ///   - path: the log's directory, or a file in it.
    init(_ failure: SystemFailure, action: String, path: String) {
        let (code, advice): (Code, String) =
            switch failure.number {
            case ENOSPC: (.diskFull, "free space on its disk")
            case EDQUOT: (.diskFull, "free space that this user's quota counts, or raise the quota")
            case EROFS: (.readOnly, "mount its file system for writing, or choose another data directory")
            case EACCES, EPERM: (.unwritable, "make it readable and writable for this user")
            case ENOTDIR, EISDIR, ELOOP:
                (.notALog, "move what is in the way, or choose another data directory")
            case EMFILE, ENFILE: (.inputOutput, "raise the limit of open files")
            default: (.inputOutput, "check its disk and the system's log")
            }
        let reason = String(cString: strerror(failure.number))
        self.init(code, "cannot \(action) \(path) (write-ahead log): \(reason); \(advice)")
    }
}
