/// Places in source code as logs write them.
enum CodePlace {
    /// `dir/file.go:12`; nil for other texts.
    static func split(_ text: String) -> (file: String, line: Int64)? {
        guard let colon = text.lastIndex(of: ":"), let line = Int64(text[text.index(after: colon)...]), line >= 0,
            colon != text.startIndex
        else { return nil }
        return (String(text[..<colon]), line)
    }

    /// Takes `dir/file.rs:12` (or `dir/file.rs:12:5`) if the text is one: a name with a dot or slash, and a number.
    static func read(_ text: Text) -> (file: Text, line: Int)? {
        guard let colon = text.distance(to: UInt8(ascii: ":")), colon > 0 else { return nil }
        let file = text.prefix(colon)
        guard file.distance(to: UInt8(ascii: ".")) != nil, file.distance(to: UInt8(ascii: " ")) == nil else {
            return nil
        }
        var rest = text.dropping(colon + 1)
        guard let line = rest.takeNumber(1, 9) else { return nil }
        if rest.take(UInt8(ascii: ":")) { guard rest.takeNumber(1, 9) != nil else { return nil } }
        return rest.isEmpty ? (file, line) : nil
    }
}
