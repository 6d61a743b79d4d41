import PrometheusModel

/// What `| regexp "…"` asks of its expression: groups with names that are labels, each once.
enum RegexpStage {
    static func complaint(about source: String) -> String? {
        // RE2 refuses a name that stands twice, Go does not: the label is what is wrong with it for Loki.
        let names = groupNames(in: source)
        var known: Set<String> = []
        if let name = names.first(where: { !known.insert($0).inserted }) {
            return "duplicate extracted label name '\(name)'"
        }
        do throws(Pattern.SyntaxError) {
            let pattern = try Pattern(source, dotMatchesNewline: false)
            let names = pattern.groupNames.sorted { $0.key < $1.key }.map(\.value)
            guard !names.isEmpty else { return "at least one named capture must be supplied" }
            return names.first { !LabelName.isClassic($0) }.map { "invalid extracted label name '\($0)'" }
        } catch {
            return error.goText
        }
    }

    /// Names of groups as the text has them, whether or not it is an expression.
    private static func groupNames(in source: String) -> [String] {
        let bytes = Array(source.utf8)
        var names: [String] = []
        var place = 0
        var isInClass = false
        var isQuoted = false
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\\") {
                let next = place + 1 < bytes.count ? bytes[place + 1] : 0
                if next == UInt8(ascii: "Q"), !isInClass { isQuoted = true }
                if next == UInt8(ascii: "E") { isQuoted = false }
                place += isQuoted && next != UInt8(ascii: "Q") ? 1 : 2
                continue
            }
            place += 1
            if isQuoted { continue }
            if isInClass {
                if byte == UInt8(ascii: "]") { isInClass = false }
            } else if byte == UInt8(ascii: "[") {
                isInClass = true
                if place < bytes.count, bytes[place] == UInt8(ascii: "^") { place += 1 }
                // A bracket that comes first is a member of the class.
                if place < bytes.count, bytes[place] == UInt8(ascii: "]") { place += 1 }
            } else if byte == UInt8(ascii: "(") {
                for opening in ["?P<", "?<"] where bytes[place...].starts(with: opening.utf8) {
                    let start = place + opening.utf8.count
                    if let end = bytes[start...].firstIndex(of: UInt8(ascii: ">")), end > start {
                        names.append(String(decoding: bytes[start..<end], as: UTF8.self))
                    }
                    break
                }
            }
        }
        return names
    }
}
