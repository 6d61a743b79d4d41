#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension ExpectationDocument {
    /// Reads the document of a file.
    ///
    /// - Throws: `.invalidFile` when it cannot be read; `.invalidDocument` with the first problem.
    package static func read(_ path: String, service: String? = nil) throws(VerificationError) -> ExpectationDocument {
        try ExpectationDocument(try text(of: path), file: path, service: service)
    }

    /// The text of a file that may be a document.
    ///
    /// - Throws: `.invalidFile` when it cannot be read, is too large, or is not UTF-8.
    package static func text(of path: String) throws(VerificationError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw VerificationError(.invalidFile, "cannot read \(path): \(reason)") }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = readBytes(file, &chunk)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw VerificationError(.invalidFile, "cannot read \(path): \(reason)") }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= bytesMax else {
                throw VerificationError(.invalidFile, "\(path) is larger than \(bytesMax) bytes")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw VerificationError(.invalidFile, "\(path) is not UTF-8")
        }
        return text
    }

    private static var reason: String { String(cString: strerror(errno)) }
}

/// `read` of the C library, which a method hides that has the same name.
private func readBytes(_ file: Int32, _ chunk: inout [UInt8]) -> Int { read(file, &chunk, chunk.count) }
