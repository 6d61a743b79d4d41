/// The service of a file whose lines and configuration name none.
package enum ServiceName {
    /// By the file's name: `spacetimedb*.log` is of spacetimedb; else the name without directory, extension, date and
    /// number of rotation; `unknown_service` when nothing is left.
    package static func ofFile(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(Array.init) ?? []
        if name.starts(with: "spacetimedb") { return "spacetimedb" }
        var parts = String(name).split(separator: ".").map(String.init)
        // `app.log.1`, `app.log.2024-05-24.gz`, `app.jsonl`: extensions and numbers from the end.
        while parts.count > 1, let last = parts.last, isExtension(last) || isNumeric(last) { parts.removeLast() }
        var words = parts.joined(separator: ".")
        // `app-2024-05-24`, `app_20240524`, `app-1`.
        var bytes = Array(words.utf8)
        while true {
            var end = bytes.count
            while end > 0, Bytes.isDigit(bytes[end - 1]) { end -= 1 }
            guard end < bytes.count, end > 1, isSeparator(bytes[end - 1]) else { break }
            bytes.removeLast(bytes.count - end + 1)
        }
        while let last = bytes.last, isSeparator(last) { bytes.removeLast() }
        words = String(decoding: bytes, as: UTF8.self)
        return words.isEmpty ? "unknown_service" : words
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }

    private static func isExtension(_ text: String) -> Bool {
        switch text.lowercased() {
        case "log", "jsonl", "json", "ndjson", "txt", "out", "err", "gz", "zst", "bz2", "xz", "old", "bak", "logs": true
        default: false
        }
    }

    private static func isNumeric(_ text: String) -> Bool {
        text.utf8.allSatisfy { Bytes.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
}
