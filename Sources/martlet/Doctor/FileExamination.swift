import Codecs
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Configuration files of other tools: what in them does not do what it looks like.
enum FileExamination {
    /// Of a file; configuration is written by people.
    private static let bytesMax = 4 << 20

    /// - Throws: `CommandFailure` for a file that cannot be read, or is of no known kind.
    static func findings(_ path: String) throws -> [DoctorFinding] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.usage, "\(path) cannot be read")
        }
        guard data.count <= bytesMax else {
            throw CommandFailure(.usage, "\(path) has \(data.count) bytes, a configuration has \(bytesMax) at most")
        }
        let review: ConfigurationReview
        do {
            review = try ConfigurationReview(String(decoding: data, as: UTF8.self), file: path)
        } catch {
            throw CommandFailure(.usage, error.description)
        }
        guard !review.findings.isEmpty else {
            return [
                DoctorFinding(
                    subject: path, state: .ok, text: "\(review.kind.rawValue): nothing is known that would not work")
            ]
        }
        return review.findings.map { found in
            DoctorFinding(
                subject: "\(path):\(found.line)", state: found.weight == .note ? .note : .bad,
                text: "\(found.path): \(found.weight == .broken ? "never works: " : "")\(found.text)")
        }
    }
}
