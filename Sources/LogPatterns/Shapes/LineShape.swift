/// A part of a line that may differ between lines of one template; all between words belongs to the template as it is.
struct Word: Equatable {
    /// Bytes from the start of the line.
    var start: Int32
    var end: Int32
    /// A number, an id, a time: nothing that says what the line is about.
    var isVariable: Bool
}

/// What a line is made of.
///
/// The rule that makes a template right under LogQL's `|>`, which takes each text between two captures where it first
/// finds it, without a second try: **what follows a word in the template never occurs inside the word.** In plain text
/// a word ends at a delimiter and holds none of the kind; in logfmt and JSON the name of the next key follows, and it
/// was looked for in the value. Words are never empty, and text stands between two of them.
struct LineShape {
    enum Kind: UInt64 {
        case text, json, logfmt
    }

    var kind = Kind.text
    var words: [Word] = []
    /// The template is about so many bytes from the start of the line.
    var end = 0
    /// Whether there is more of the line, which then is a last capture.
    var hasTail = false
}
