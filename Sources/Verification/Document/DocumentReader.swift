import PrometheusModel
import TelemetryModel
import Yams

/// Makes expectations of a document whose structure `DocumentChecker` has let pass.
struct DocumentReader {
    /// The service that expectations are about which do not say.
    var service: String?
    var eventually: Duration?
    var checker: DocumentChecker
    let file: String

    static func read(
        _ text: String, file: String, service: String?
    ) -> (document: ExpectationDocument?, problems: [VerificationError]) {
        let root: Node?
        do {
            // The basic resolver leaves scalars as they are written: `PlainScalar` says what they are. The encoding is
            // named because Yams' default reads (and prints) an environment variable.
            root = try compose(yaml: text, .basic, .default, .utf8)
        } catch {
            return (nil, [problem(error, file: file)])
        }
        var checker = DocumentChecker(file: file)
        guard let root else {
            let place = SourceLocation(file: file, line: 1, column: 1)
            return (nil, [VerificationError(.invalidDocument, "the document is empty", at: place)])
        }
        checker.check(root, .object(.document), key: "")
        guard checker.problems.isEmpty else { return (nil, sorted(checker.problems)) }
        var reader = DocumentReader(
            service: service ?? root["service"]?.scalar?.string, eventually: nil, checker: checker, file: file)
        let document = reader.document(root)
        return reader.checker.problems.isEmpty ? (document, []) : (nil, sorted(reader.checker.problems))
    }

    private mutating func document(_ root: Node) -> ExpectationDocument {
        eventually = root["eventually"].flatMap(duration)
        let suites = root["suites"].map(elements)?.compactMap { $0.scalar?.string } ?? []
        let nodes = root["expectations"].map(elements) ?? []
        if nodes.isEmpty, suites.isEmpty {
            checker.report(root, "the document expects nothing: it has neither `expectations` nor `suites`")
        }
        var window: DocumentWindow?
        if let node = root["window"] {
            window = DocumentWindow(
                since: node["since"].flatMap(duration),
                start: node["start"]?.scalar.flatMap { DocumentTime.nanoseconds($0.string) },
                end: node["end"]?.scalar.flatMap { DocumentTime.nanoseconds($0.string) })
            if let start = window?.start, let end = window?.end, start >= end {
                checker.report(node, "`start` is not before `end`")
            }
        }
        return ExpectationDocument(
            file: file, name: root["name"].map(text) ?? file, title: root["description"].map(text) ?? "",
            window: window, service: service, suites: suites, expectations: nodes.compactMap { expectation($0) })
    }

    private mutating func expectation(_ node: Node) -> Expectation? {
        let allowsEmpty = node["allow_empty"].map(flag) ?? false
        guard let body = body(node, allowsEmpty: allowsEmpty) else { return nil }
        let timing: Expectation.Timing =
            if let never = node["never"].flatMap(duration) {
                .never(never)
            } else if let own = node["eventually"].flatMap(duration) ?? eventually {
                .eventually(own)
            } else {
                .now
            }
        return Expectation(
            name: node["name"].map(text) ?? body.title, location: checker.location(of: node), timing: timing,
            skip: node["skip"].map(text), body: body)
    }

    private mutating func body(_ node: Node, allowsEmpty: Bool) -> (any ExpectationBody)? {
        if let subject = node["spans"] { return spans(subject, node, allowsEmpty) }
        if let subject = node["trace"] { return traces(subject, node, allowsEmpty) }
        if let subject = node["logs"] { return logs(subject, node, allowsEmpty) }
        if let subject = node["metric"] { return metric(subject, node, allowsEmpty) }
        if let subject = node["resource"] { return resource(subject, node, allowsEmpty) }
        for language in RawQuery.Language.allCases {
            if let subject = node[language.rawValue] { return query(language, subject, node, allowsEmpty) }
        }
        return nil
    }

    /// The conditions on how many items are found; nil when other conditions make it unnecessary.
    func count(_ node: Node, hasOthers: Bool) -> Comparison? {
        if let count = node["count"] { return comparison(count) }
        if let absent = node["absent"].map(flag) { return absent ? Comparison.none : .some }
        if let exists = node["exists"].map(flag) { return exists ? .some : Comparison.none }
        return hasOthers ? nil : .some
    }

    // MARK: Values

    func text(_ node: Node) -> String { node.scalar?.string ?? "" }

    func flag(_ node: Node) -> Bool {
        if let scalar = node.scalar, case .flag(let value) = PlainScalar(scalar) { return value }
        return false
    }

    func duration(_ node: Node) -> Duration? { node.scalar.flatMap { try? DurationText.parse($0.string) } }

    func elements(_ node: Node) -> [Node] { node.sequence.map { Array($0) } ?? [node] }

    func words(_ node: Node) -> [String] { elements(node).map(text) }

    /// Names with what stands at each, in the order of the document.
    func members(_ node: Node) -> [(String, Node)] {
        node.mapping?.compactMap { key, value in key.scalar.map { ($0.string, value) } } ?? []
    }

    func number(_ node: Node) -> Number? {
        guard let scalar = node.scalar else { return nil }
        switch PlainScalar(scalar) {
        case .int(let value): return .int(value)
        case .double(let value): return .double(value)
        default: return nil
        }
    }

    func value(_ node: Node) -> ExpectedValue {
        guard let scalar = node.scalar else { return .list(elements(node).map(value)) }
        return switch PlainScalar(scalar) {
        case .text(let text): .text(text)
        case .int(let value): .number(.int(value))
        case .double(let value): .number(.double(value))
        case .flag(let value): .flag(value)
        case .nothing: .text("")
        }
    }

    // MARK: Problems

    private static func sorted(_ problems: [VerificationError]) -> [VerificationError] {
        problems.sorted {
            ($0.location?.line ?? 0, $0.location?.column ?? 0) < ($1.location?.line ?? 0, $1.location?.column ?? 0)
        }
    }

    private static func problem(_ error: any Error, file: String) -> VerificationError {
        func problem(_ mark: Mark?, _ message: String) -> VerificationError {
            VerificationError(
                .invalidDocument, message,
                at: SourceLocation(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1))
        }
        return switch error as? YamlError {
        case .scanner(_, let message, let mark, _), .parser(_, let message, let mark, _),
            .composer(_, let message, let mark, _):
            problem(mark, "not valid YAML: \(message)")
        case .duplicatedKeysInMapping(let keys, let context):
            problem(context.mark, "duplicate key \(keys.map { Quoted.code($0) }.joined(separator: ", "))")
        case .reader(let message, _, _, _): problem(nil, "not valid YAML: \(message)")
        default: problem(nil, "not valid YAML")
        }
    }
}
