/// The encoding of a file's text.
package enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    case latin1 = "latin1"

    /// By the names that Filebeat and the WHATWG encoding standard know; nil for others.
    package init?(named name: String) {
        switch name.lowercased().filter({ $0 != "-" && $0 != "_" }) {
        case "utf8", "plain", "ascii", "usascii", "": self = .utf8
        case "utf16le", "utf16lebom": self = .utf16LittleEndian
        case "utf16be", "utf16bebom", "utf16": self = .utf16BigEndian
        case "latin1", "iso88591", "windows1252", "cp1252": self = .latin1
        default: return nil
        }
    }

    /// The encoding that a byte order mark at the beginning of a file names, and the bytes of the mark.
    package static func detect(_ beginning: some Collection<UInt8>) -> (encoding: TextEncoding, markBytes: Int)? {
        if beginning.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if beginning.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        if beginning.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        return nil
    }

    /// The bytes of a line feed: a reader splits lines at them, at a multiple of their count from the beginning.
    package var lineBreak: [UInt8] {
        switch self {
        case .utf8, .latin1: [0x0A]
        case .utf16LittleEndian: [0x0A, 0x00]
        case .utf16BigEndian: [0x00, 0x0A]
        }
    }
}
