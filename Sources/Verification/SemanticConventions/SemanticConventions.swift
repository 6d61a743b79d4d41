/// The registry of the OpenTelemetry semantic conventions: names, types, units and what is required where.
///
/// Read once from `SemanticConventionsTable`. It holds the parts of the registry that the table was made of; a name in a
/// namespace of another part is neither known nor judged.
package struct SemanticConventions: Sendable {
    package static let registry = SemanticConventions(SemanticConventionsTable.text)
    /// The release or commit that the table was made of.
    package static let version = SemanticConventionsTable.version

    package enum Level: Character, Sendable {
        case required = "r"
        case conditionally = "c"
        case recommended = "m"
        case optIn = "o"
    }

    package struct Attribute: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            case string, int, double, bool, any
            case strings, ints, doubles, bools
            /// Values; those that were replaced stand in `deprecated`.
            case strings1of([String], deprecated: Set<String>)
            case ints1of([Int64], deprecated: Set<Int64>)
            /// Known by name only: it is defined in a part that the table was not made of.
            case unknown
        }

        package var name: String
        package var kind: Kind
        /// The name stands for all names that begin with it and a dot.
        package var isTemplate: Bool
        package var isStable: Bool
        /// nil when it is current; else the names that replace it, perhaps none.
        package var replacements: [String]?
    }

    package struct Metric: Sendable, Equatable {
        package enum Instrument: String, Sendable {
            case counter, updowncounter, gauge, histogram
        }

        package var name: String
        package var instrument: Instrument
        package var unit: String
        package var isStable: Bool
        package var replacements: [String]?
        package var levels: [String: Level]
    }

    package struct Event: Sendable, Equatable {
        package var name: String
        package var replacements: [String]?
        package var levels: [String: Level]
    }

    package struct Span: Sendable, Equatable {
        /// `http.server`, `db.postgresql.client`, `messaging.send.producer`.
        package var name: String
        package var kind: String
        package var levels: [String: Level]
    }

    package private(set) var attributes: [String: Attribute] = [:]
    package private(set) var metrics: [String: Metric] = [:]
    package private(set) var events: [String: Event] = [:]
    package private(set) var spans: [String: Span] = [:]
    /// First words of names in which nothing but what the registry says has a place.
    package private(set) var namespaces: Set<String> = []

    /// Lines of the table; a line that has not the form is left out (a test compares the table with its source).
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "|", omittingEmptySubsequences: false)
            switch (fields[0], fields.count) {
            case ("a", 6): readAttribute(fields)
            case ("m", 8): readMetric(fields)
            case ("e", 5):
                events[String(fields[1])] = Event(
                    name: String(fields[1]), replacements: Self.replacements(fields[3]), levels: Self.levels(fields[4]))
            case ("s", 4):
                spans[String(fields[1])] = Span(
                    name: String(fields[1]), kind: String(fields[2]), levels: Self.levels(fields[3]))
            case ("n", 2): namespaces = Set(fields[1].split(separator: ",").map(String.init))
            default: continue
            }
        }
    }

    /// The attribute of a name, that of a template for the names that begin with it.
    package func attribute(_ name: String) -> Attribute? {
        if let found = attributes[name] { return found }
        var prefix = name[...]
        while let dot = prefix.lastIndex(of: ".") {
            prefix = prefix[..<dot]
            if let found = attributes[String(prefix)], found.isTemplate { return found }
        }
        return nil
    }

    /// Whether a name of an attribute, a metric or an event lies in a namespace of the registry.
    package func isReserved(_ name: String) -> Bool {
        guard let dot = name.firstIndex(of: ".") else { return false }
        return namespaces.contains(String(name[..<dot]))
    }

    /// The span type that a span with these attributes claims to be; nil when it claims none.
    ///
    /// - Parameters:
    ///   - kind: as OTLP prints it in lower case: `server`, `client`, `producer`, `consumer`, `internal`.
    ///   - value: of an attribute of the span, as text.
    package func spanType(kind: String, value: (String) -> String?) -> Span? {
        if value("messaging.system") != nil {
            // Before the types were told apart by operation, the kind told them.
            let operation =
                value("messaging.operation.type") ?? ["producer": "send", "consumer": "process"][kind] ?? ""
            return spans["messaging.\(operation).\(kind)"]
        }
        if let system = value("rpc.system.name") ?? value("rpc.system") {
            return spans["rpc.\(system).call.\(kind)"] ?? spans["rpc.call.\(kind)"]
        }
        if let system = value("db.system.name") ?? value("db.system") {
            // `microsoft.sql_server` is `sql_server` in the names of types.
            let last = system.split(separator: ".").last.map(String.init) ?? system
            return spans["db.\(last).\(kind)"] ?? spans["db.\(kind)"]
        }
        if value("http.request.method") ?? value("http.method") != nil { return spans["http.\(kind)"] }
        if value("faas.trigger") != nil { return spans["faas.\(kind)"] }
        return nil
    }

    private mutating func readAttribute(_ fields: [Substring]) {
        var type = fields[2]
        let isTemplate = type.hasPrefix("t:")
        if isTemplate { type = type.dropFirst(2) }
        let members = fields[5].split(separator: ",")
        let current = members.map { $0.hasSuffix("~") ? $0.dropLast() : $0 }
        let deprecated = members.filter { $0.hasSuffix("~") }.map { $0.dropLast() }
        let kind: Attribute.Kind
        switch type {
        case "s": kind = .string
        case "i": kind = .int
        case "d": kind = .double
        case "b": kind = .bool
        case "any": kind = .any
        case "s[]": kind = .strings
        case "i[]": kind = .ints
        case "d[]": kind = .doubles
        case "b[]": kind = .bools
        case "e:s": kind = .strings1of(current.map(String.init), deprecated: Set(deprecated.map(String.init)))
        case "e:i":
            kind = .ints1of(current.compactMap { Int64($0) }, deprecated: Set(deprecated.compactMap { Int64($0) }))
        default: kind = .unknown
        }
        let name = String(fields[1])
        attributes[name] = Attribute(
            name: name, kind: kind, isTemplate: isTemplate, isStable: fields[3] == "stable",
            replacements: Self.replacements(fields[4]))
    }

    private mutating func readMetric(_ fields: [Substring]) {
        guard let instrument = Metric.Instrument(rawValue: String(fields[2])) else { return }
        let name = String(fields[1])
        metrics[name] = Metric(
            name: name, instrument: instrument, unit: String(fields[3]), isStable: fields[5] == "stable",
            replacements: Self.replacements(fields[6]), levels: Self.levels(fields[7]))
    }

    private static func replacements(_ field: Substring) -> [String]? {
        field.hasPrefix(">") ? field.dropFirst().split(separator: ",").map(String.init) : nil
    }

    private static func levels(_ field: Substring) -> [String: Level] {
        var levels: [String: Level] = [:]
        for item in field.split(separator: ",") {
            guard let colon = item.lastIndex(of: ":"), let code = item[colon...].last, let level = Level(rawValue: code)
            else { continue }
            levels[String(item[..<colon])] = level
        }
        return levels
    }
}
