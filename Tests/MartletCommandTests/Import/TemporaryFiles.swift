import Foundation

/// A directory for one test.
final class TemporaryFiles {
    let path = NSTemporaryDirectory() + "martlet-import-\(UUID().uuidString.prefix(8))"

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ lines: [String]) -> String {
        let file = "\(path)/\(name)"
        try? FileManager.default.createDirectory(
            at: URL(filePath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
        try? Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: file))
        return file
    }
}
