import PromQL

/// Warnings and infos of an evaluation. Each text once; the place told is the latest it was found at.
struct Annotations {
    enum Kind: String {
        case warning = "PromQL warning"
        case info = "PromQL info"
    }

    struct Note: Hashable {
        let kind: Kind
        let text: String
    }

    private var places: [Note: SourceRange] = [:]

    mutating func add(_ kind: Kind, _ text: String, at place: SourceRange) {
        places[Note(kind: kind, text: text)] = place
    }

    /// As the API shows them, sorted.
    func texts(_ kind: Kind, in query: String) -> [String] {
        places.compactMap { note, place in
            note.kind == kind ? "\(kind.rawValue): \(note.text) (\(Self.position(place.start, in: query)))" : nil
        }.sorted()
    }

    /// Line and column, both from 1, the column in bytes.
    static func position(_ offset: Int, in query: String) -> String {
        var (line, lastBreak) = (1, -1)
        for (index, byte) in query.utf8.prefix(max(0, offset)).enumerated() where byte == UInt8(ascii: "\n") {
            line += 1
            lastBreak = index
        }
        return "\(line):\(offset - lastBreak)"
    }
}
