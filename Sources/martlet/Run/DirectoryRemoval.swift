#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Removing what a run has made for itself.
enum DirectoryRemoval {
    /// Twice: a process that is just being ended may have added a file to a directory that was being removed.
    static func remove(_ path: String) {
        for _ in 0..<2 where FileManager.default.fileExists(atPath: path) {
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}
