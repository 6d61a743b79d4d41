import PrometheusModel
import TelemetryModel
import Yams

/// Compares a document with the shapes of the vocabulary and notes what does not fit, with the place.
///
/// What it lets pass can be read by `DocumentReader` without another look at its structure.
struct DocumentChecker {
    /// Nodes that are looked at; an alias in YAML can make a small file a large document.
    static let nodesMax = 200_000
    static let depthMax = 64
    /// Problems that are told; more than these say nothing new.
    static let problemsMax = 50

    private(set) var problems: [VerificationError] = []
    private let file: String
    private var nodes = 0

    init(file: String) { self.file = file }

    /// - Parameter key: the key that the value belongs to.
    mutating func check(_ node: Node, _ shape: Shape, key: String, depth: Int = 0) {
        nodes += 1
        guard nodes <= Self.nodesMax, depth <= Self.depthMax else {
            if nodes == Self.nodesMax + 1 || depth == Self.depthMax + 1 {
                nodes = max(nodes, Self.nodesMax + 2)
                report(
                    node,
                    "the document is too large or too deep, limits are \(Self.nodesMax) values and "
                        + "\(Self.depthMax) levels")
            }
            return
        }
        switch shape {
        case .either(let first, let second):
            check(node, Self.accepts(first, node) ? first : second, key: key, depth: depth, whole: shape)
        case .oneOrMore(let element):
            if let sequence = node.sequence, !Self.accepts(element, node) {
                checkElements(sequence, element, node, key: key, depth: depth)
            } else {
                check(node, element, key: key, depth: depth)
            }
        default: check(node, shape, key: key, depth: depth, whole: shape)
        }
    }

    mutating func report(_ node: Node, _ message: String) {
        guard problems.count < Self.problemsMax else { return }
        problems.append(VerificationError(.invalidDocument, message, at: location(of: node)))
    }

    func location(of node: Node) -> SourceLocation {
        SourceLocation(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    /// - Parameter whole: what is told to be expected.
    private mutating func check(_ node: Node, _ shape: Shape, key: String, depth: Int, whole: Shape) {
        switch shape {
        case .either, .oneOrMore: check(node, shape, key: key, depth: depth)
        case .list(let element):
            guard let sequence = node.sequence else { return reject(node, whole, key: key) }
            checkElements(sequence, element, node, key: key, depth: depth)
        case .pair(let element):
            guard let sequence = node.sequence, sequence.count == 2 else { return reject(node, whole, key: key) }
            checkElements(sequence, element, node, key: key, depth: depth)
        case .map(let element):
            guard let mapping = node.mapping else { return reject(node, whole, key: key) }
            if mapping.isEmpty { report(node, "`\(key)` is empty: it says nothing") }
            for (name, value) in mapping {
                guard let text = name.scalar?.string else {
                    report(name, "`\(key)`: expected a name, got \(Self.describe(name))")
                    continue
                }
                check(value, element, key: text, depth: depth + 1)
            }
        case .object(let name):
            guard let mapping = node.mapping else { return reject(node, whole, key: key) }
            check(mapping, name.shape, node, key: key, depth: depth)
        case .variants(let names):
            guard let mapping = node.mapping else { return reject(node, whole, key: key) }
            checkVariants(mapping, names.map(\.shape), node, depth: depth)
        default:
            guard let scalar = node.scalar else { return reject(node, whole, key: key) }
            if let problem = Self.problem(scalar, shape) {
                report(node, "`\(key)`: expected \(Self.expected(whole)), \(problem)")
            }
        }
    }

    private mutating func checkElements(
        _ sequence: Node.Sequence, _ element: Shape, _ node: Node, key: String, depth: Int
    ) {
        if sequence.isEmpty { report(node, "`\(key)` is an empty list: it says nothing") }
        for value in sequence { check(value, element, key: key, depth: depth + 1) }
    }

    private mutating func check(
        _ mapping: Node.Mapping, _ shape: ObjectShape, _ node: Node, key: String, depth: Int
    ) {
        var found: [String] = []
        for (nameNode, value) in mapping {
            guard let name = nameNode.scalar?.string else {
                report(nameNode, "expected a key, got \(Self.describe(nameNode))")
                continue
            }
            guard let keyShape = shape.key(name) else {
                reportUnknown(nameNode, name, known: shape.keys.map(\.name), in: key)
                continue
            }
            found.append(name)
            check(value, keyShape.shape, key: name, depth: depth + 1)
        }
        if mapping.isEmpty, shape.needsKey {
            report(node, "`\(key)` is empty: expected \(Self.list(shape.keys.map(\.name)))")
        }
        for required in shape.keys where required.isRequired && !found.contains(required.name) {
            report(node, "`\(required.name)` is missing" + (key.isEmpty ? "" : " in `\(key)`"))
        }
        for group in shape.exclusive {
            let both = group.filter(found.contains)
            if both.count > 1 { report(node, "\(Self.list(both, last: "and")) cannot stand together") }
        }
    }

    private mutating func checkVariants(_ mapping: Node.Mapping, _ shapes: [ObjectShape], _ node: Node, depth: Int) {
        let names = mapping.compactMap { $0.key.scalar?.string }
        let leading = shapes.compactMap(\.leadingKey)
        let found = leading.filter(names.contains)
        if let first = found.first, let shape = shapes.first(where: { $0.leadingKey == first }) {
            guard found.count == 1 else {
                return report(
                    node, "\(Self.list(found, last: "and")) cannot stand together: make an expectation of each")
            }
            return check(mapping, shape, node, key: "", depth: depth)
        }
        let common = Set(shapes.flatMap { $0.keys.map(\.name) })
        for (nameNode, _) in mapping {
            guard let name = nameNode.scalar?.string, !common.contains(name) else { continue }
            return reportUnknown(nameNode, name, known: leading, in: "")
        }
        report(node, "the expectation has no subject: expected one of \(Self.list(leading))")
    }

    private mutating func reportUnknown(_ node: Node, _ name: String, known: [String], in key: String) {
        let suggestion = Suggestion.nearest(to: name, in: known, separator: "_")
        let place = key.isEmpty ? "" : " in `\(key)`"
        report(
            node,
            "unknown key \(Quoted.code(name))\(place)"
                + (suggestion.map { ", did you mean `\($0)`?" } ?? "; known are \(Self.list(known, last: "and"))"))
    }

    private mutating func reject(_ node: Node, _ shape: Shape, key: String) {
        report(
            node,
            (key.isEmpty ? "" : "`\(key)`: ") + "expected \(Self.expected(shape)), got \(Self.describe(node))")
    }
}

extension DocumentChecker {
    /// Whether a node is of the kind of YAML node that a shape is told by.
    static func accepts(_ shape: Shape, _ node: Node) -> Bool {
        switch shape {
        case .list, .pair: node.sequence != nil
        case .map, .object, .variants: node.mapping != nil
        case .either(let first, let second): accepts(first, node) || accepts(second, node)
        case .oneOrMore(let element): node.sequence != nil || accepts(element, node)
        default: node.scalar != nil
        }
    }

    /// What is wrong with a single value, to be read after what was expected; nil when nothing is.
    static func problem(_ scalar: Node.Scalar, _ shape: Shape) -> String? {
        let value = PlainScalar(scalar)
        let got = "got \(value.described)"
        switch (shape, value) {
        case (_, .nothing): return got
        case (.text, _), (.scalar, _): return nil
        case (.flag, .flag): return nil
        case (.count, .int(let number)): return number >= 0 ? nil : got
        case (.number, .int), (.number, .double): return nil
        case (.duration, _): return durationProblem(scalar.string)
        case (.time, _): return DocumentTime.nanoseconds(scalar.string) == nil ? got : nil
        case (.pattern, _):
            do throws(Pattern.SyntaxError) {
                _ = try Pattern(scalar.string)
                return nil
            } catch {
                return "but it is none: \(error.reason)"
            }
        case (.severity, .text(let text)) where Vocabulary.levels.contains(text): return nil
        case (.severity, .int(1...24)): return nil
        case (.constant(let expected), .int(let number)): return number == Int64(expected) ? nil : got
        case (.word(let words), _):
            if words.contains(scalar.string) { return nil }
            let suggestion = Suggestion.nearest(to: scalar.string, in: words, separator: "-")
            return got + (suggestion.map { ", did you mean `\($0)`?" } ?? "")
        default: return got
        }
    }

    private static func durationProblem(_ text: String) -> String? {
        do throws(DurationText.Failure) {
            _ = try DurationText.parse(text)
            return nil
        } catch {
            return switch error {
            case .malformed: "got \(Quoted.text(text))"
            case .invalid(let reason): "but \(Quoted.text(text)) \(reason)"
            }
        }
    }

    /// What a shape takes, in words.
    static func expected(_ shape: Shape) -> String {
        switch shape {
        case .text: "a text"
        case .flag: "true or false"
        case .count: "a whole number that is not negative"
        case .number: "a number"
        case .duration: "a duration such as `500ms` or `1m30s`"
        case .time: "a time such as `2026-01-02T03:04:05Z`"
        case .pattern: "a regular expression"
        case .scalar: "a single value"
        case .severity: "a level (\(list(Vocabulary.levels))) or a number from 1 to 24"
        case .constant(let value): "\(value)"
        case .word(let words): words.count == 1 ? "`\(words[0])`" : "one of \(list(words))"
        case .list(let element): "a list, each \(expected(element))"
        case .oneOrMore(let element): expected(element) + ", or a list of such"
        case .pair(let element): "a list of two, each \(expected(element))"
        case .map: "names with values below"
        case .object(let name): "keys such as " + list(Array(name.shape.keys.map(\.name).prefix(3)), last: "and")
        case .variants(let names): "keys, one of them " + list(names.compactMap(\.shape.leadingKey))
        case .either(let first, let second): expected(first) + ", or " + expected(second)
        }
    }

    static func describe(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): PlainScalar(scalar).described
        case .mapping: "keys and values"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    static func list(_ names: [String], last: String = "or") -> String {
        let quoted = names.map { "`\($0)`" }
        guard quoted.count > 1, let end = quoted.last else { return quoted.first ?? "nothing" }
        return quoted.dropLast().joined(separator: ", ") + " \(last) \(end)"
    }
}
