#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The file system, as far as runs need it.
enum RunFiles {
    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Bytes of all files of a directory.
    static func bytes(_ directory: String) -> UInt64 {
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: directory) else { return 0 }
        return names.reduce(0) { sum, name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: directory + "/" + name)
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { return sum }
            return sum &+ (attributes?[.size] as? UInt64 ?? 0)
        }
    }
}
