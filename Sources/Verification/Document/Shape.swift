/// What may stand at a place of a document of expectations.
///
/// The table of shapes (`ObjectName.shape`) is the one description of the document: `DocumentChecker` refuses what does
/// not fit it, `DocumentSchema` prints it for editors, and suggestions are chosen from its keys.
indirect enum Shape: Sendable {
    /// A single value of any kind, taken as text.
    case text
    case flag
    /// A whole number that is not negative.
    case count
    case number
    /// `500ms`, `1h30m`.
    case duration
    /// RFC 3339, or seconds since the Unix epoch.
    case time
    /// A regular expression in the syntax of RE2.
    case pattern
    /// A text, a number, true or false.
    case scalar
    /// A level (`error`) or a number of OTLP's from 1 to 24.
    case severity
    case constant(Int)
    case word([String])
    /// One element or more.
    case list(Shape)
    /// One, or a list of them.
    case oneOrMore(Shape)
    /// Two values, the lower first.
    case pair(Shape)
    /// Keys are free: names of attributes, of columns.
    case map(Shape)
    case object(ObjectName)
    /// One of several objects, told apart by which leading key it has.
    case variants([ObjectName])
    /// Told apart by what they are in YAML: a single value, keys and values, a list.
    case either(Shape, Shape)
}

/// A key of an object.
struct KeyShape: Sendable {
    let name: String
    let shape: Shape
    /// One sentence, for editors.
    let summary: String
    var isRequired = false

    init(_ name: String, _ shape: Shape, _ summary: String, required: Bool = false) {
        self.name = name
        self.shape = shape
        self.summary = summary
        isRequired = required
    }
}

/// An object: keys and values.
struct ObjectShape: Sendable {
    /// One sentence, for editors.
    let summary: String
    let keys: [KeyShape]
    /// The key that tells it from other variants.
    let leadingKey: String?
    /// Whether an object without keys says nothing, and is refused.
    let needsKey: Bool
    /// Keys of which at most one can be there.
    let exclusive: [[String]]

    init(
        _ summary: String, leadingKey: String? = nil, needsKey: Bool = false, exclusive: [[String]] = [],
        keys: [KeyShape]
    ) {
        self.summary = summary
        self.leadingKey = leadingKey
        self.needsKey = needsKey
        self.exclusive = exclusive
        self.keys = keys
    }

    func key(_ name: String) -> KeyShape? { keys.first { $0.name == name } }
}
