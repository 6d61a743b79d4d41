import Recordings
import TelemetryModel

/// How often a recording uses each attribute, and what the registry says of it.
struct AttributeUses {
    private struct Use {
        let attribute: SemanticConventions.Attribute?
        let isReserved: Bool
        /// Where it was first seen.
        let place: String
        var count = 0
        /// Of values of an enumeration, so that a value is compared with its members once.
        var judged: [String: Judgement] = [:]
        var wrongTypes: [String: Int] = [:]
        var wrongValues: [String: Int] = [:]
        /// Values of an enumeration that it does not list, which is allowed.
        var ownValues: [String: Int] = [:]
    }

    /// Different wrong values that are remembered of an attribute.
    private static let valuesMax = 5
    /// Different values of an enumeration that are compared with its members; one with more is used as free text.
    private static let judgedMax = 1000

    private let registry: SemanticConventions
    private var uses: [Use] = []
    /// Positions in `uses` by name.
    private var positions: [String: Int] = [:]
    private var total = 0

    init(_ registry: SemanticConventions) {
        self.registry = registry
    }

    mutating func add(_ recording: Recording) {
        for resource in recording.resources { add(resource.attributes, "resource of \(resource.service)") }
        for scope in recording.scopes { add(scope.attributes, "scope \(scope.name)") }
        for span in recording.spans {
            add(span.attributes, "span `\(Recording.cut(span.name))`")
            for event in span.events { add(event.attributes, "event `\(Recording.cut(event.name))`") }
            for link in span.links { add(link.attributes, "link of span `\(Recording.cut(span.name))`") }
        }
        for series in recording.series { add(series.attributes, "metric \(Recording.cut(series.name))") }
        for log in recording.logs { add(log.attributes, "a log of \(recording.service(log.resource))") }
    }

    private mutating func add(_ attributes: RecordedAttributes, _ place: @autoclosure () -> String) {
        for entry in attributes.entries {
            total += 1
            let position: Int
            if let known = positions[entry.key] {
                position = known
            } else {
                position = uses.count
                positions[entry.key] = position
                uses.append(
                    Use(
                        attribute: registry.attribute(entry.key), isReserved: registry.isReserved(entry.key),
                        place: place()))
            }
            uses[position].count += 1
            guard let kind = uses[position].attribute?.kind else { continue }
            switch Self.judge(entry.value, kind, &uses[position].judged) {
            case .right: continue
            case .wrongType: uses[position].wrongTypes[entry.value.typeName, default: 0] += 1
            case .wrongValue(let text): Self.count(text, in: &uses[position].wrongValues)
            case .ownValue(let text): Self.count(text, in: &uses[position].ownValues)
            }
        }
    }

    private static func count(_ text: String, in values: inout [String: Int]) {
        if values.count < valuesMax || values[text] != nil { values[text, default: 0] += 1 }
    }

    private enum Judgement {
        case right, wrongType
        case wrongValue(String)
        case ownValue(String)
    }

    /// Enumerations of strings are open: where no listed value applies, another may be used (semantic conventions,
    /// "well-known values"). So wrong is what was replaced, and what is a listed value but for its spelling.
    private static func judge(_ text: String, _ values: [String], _ deprecated: Set<String>) -> Judgement {
        if deprecated.contains(text) { return .wrongValue(text) }
        if values.contains(text) { return .right }
        func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
        let isSlip = values.contains { value in
            plain(value) == plain(text) || (value.utf8.count > 4 && Suggestion.distance(value, text) == 1)
        }
        return isSlip ? .wrongValue(text) : .ownValue(text)
    }

    private static func judge(
        _ value: RecordedValue, _ kind: SemanticConventions.Attribute.Kind, _ judged: inout [String: Judgement]
    ) -> Judgement {
        switch (kind, value) {
        case (.any, _), (.unknown, _): return .right
        case (.string, .string), (.int, .int), (.double, .double), (.bool, .bool): return .right
        // JSON writes a whole double as an integer, and readers keep that.
        case (.double, .int): return .right
        case (.strings, .array(let items)):
            return items.allSatisfy { $0.typeName == "string" } ? .right : .wrongType
        case (.ints, .array(let items)): return items.allSatisfy { $0.typeName == "int" } ? .right : .wrongType
        case (.doubles, .array(let items)):
            return items.allSatisfy { $0.typeName == "double" || $0.typeName == "int" } ? .right : .wrongType
        case (.bools, .array(let items)): return items.allSatisfy { $0.typeName == "bool" } ? .right : .wrongType
        case (.strings1of(let values, let deprecated), .string(let text)):
            if let known = judged[text] { return known }
            guard text.utf8.count <= Suggestion.nameLengthMax, judged.count < judgedMax else { return .ownValue(text) }
            let judgement = judge(text, values, deprecated)
            judged[text] = judgement
            return judgement
        case (.ints1of(let values, let deprecated), .int(let number)):
            return values.contains(number) && !deprecated.contains(number) ? .right : .wrongValue("\(number)")
        default: return .wrongType
        }
    }

    // MARK: Checks

    private var sorted: [(key: String, value: Use)] {
        positions.sorted { $0.key < $1.key }.map { ($0.key, uses[$0.value]) }
    }

    /// How much of the telemetry the registry has something to say about; nothing at all is vacuous.
    func coverage() -> CheckReport {
        var findings = Findings()
        var unknown: [(String, Int)] = []
        for (name, use) in sorted {
            if use.attribute != nil { findings.examined += use.count } else { unknown.append((name, use.count)) }
        }
        let share = total == 0 ? 0 : findings.examined * 100 / total
        let others = unknown.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(10).map {
            "\(Recording.cut($0.0)) (\($0.1))"
        }
        if !others.isEmpty { findings.fact("own attributes: \(others.joined(separator: ", "))") }
        return findings.report(
            "the registry knows attributes of the telemetry", expected: "attributes of the registry",
            noun: "uses of known attributes",
            nothing: total == 0
                ? "no telemetry with attributes came"
                : "none of \(total) uses of attributes has a name of the registry",
            passed: "\(share) % of \(total) uses")
    }

    /// Names in a namespace of the registry that it does not have: mostly misspelt.
    func names() -> CheckReport {
        var findings = Findings()
        var nearest: [String] = []
        for (name, use) in sorted where use.isReserved || use.attribute != nil {
            findings.examined += 1
            guard use.attribute == nil else { continue }
            // Comparing with the whole registry is for the names that are shown.
            let near = findings.problems < Findings.linesMax ? registry.nearestAttributes(name) : []
            findings.problem(
                "\(Recording.cut(name)) (\(use.count) times, first in \(use.place)) is not in the registry"
                    + Self.meant(near))
            if let first = near.first { nearest.append("\(Recording.cut(name)) → \(first)") }
        }
        var report = findings.report(
            "attributes in reserved namespaces are in the registry", expected: "an attribute of the registry",
            noun: "names in its namespaces", nothing: "no attribute has a name in a namespace of the registry")
        report.nearestMisses = Array(nearest.prefix(Findings.linesMax))
        return report
    }

    func deprecated(isAllowed: Bool) -> CheckReport {
        let name = "attributes are not deprecated"
        guard !isAllowed else { return .skipped(name, "deprecated names are allowed") }
        return known(name, expected: "current names") { name, use in
            use.attribute?.replacements.map { "\(name) (\(use.count) times, first in \(use.place))" + Self.instead($0) }
        }
    }

    func types() -> CheckReport {
        known("attributes have the right type", expected: "the type of the registry") { name, use in
            guard !use.wrongTypes.isEmpty, let attribute = use.attribute else { return nil }
            let wrong = use.wrongTypes.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value) times)" }
            return "\(name): \(wrong.joined(separator: ", ")), the registry says \(Self.text(attribute.kind)); "
                + "first use in \(use.place)"
        }
    }

    func values() -> CheckReport {
        known(
            "values of enumerations are known", expected: "a listed value where one applies", where: Self.isEnumeration
        ) {
            name, use in
            guard !use.wrongValues.isEmpty, let attribute = use.attribute else { return nil }
            let wrong = use.wrongValues.sorted { $0.key < $1.key }.map {
                "`\(Recording.cut($0.key))` (\($0.value) times)"
            }
            return "\(name): \(wrong.joined(separator: ", ")); the registry has \(Self.text(attribute.kind)); "
                + "first use in \(use.place)"
        }
    }

    private static func isEnumeration(_ attribute: SemanticConventions.Attribute) -> Bool {
        switch attribute.kind {
        case .strings1of, .ints1of: true
        default: false
        }
    }

    private func known(
        _ check: String, expected: String, where isMeant: (SemanticConventions.Attribute) -> Bool = { _ in true },
        _ problem: (String, Use) -> String?
    ) -> CheckReport {
        var findings = Findings()
        for (name, use) in sorted {
            guard let attribute = use.attribute, isMeant(attribute) else { continue }
            findings.examined += 1
            if let line = problem(name, use) { findings.problem(line) }
            if !use.ownValues.isEmpty {
                let own = use.ownValues.keys.sorted().map { "`\(Recording.cut($0))`" }
                findings.fact("\(name): not listed, which is allowed: \(own.joined(separator: ", "))")
            }
        }
        return findings.report(
            check, expected: expected, noun: "attributes", nothing: "no attribute of the registry to look at",
            isOptional: !uses.isEmpty && uses.contains { $0.attribute != nil })
    }

    // MARK: Text

    static func instead(_ replacements: [String]) -> String {
        replacements.isEmpty ? ", nothing replaces it" : ", use \(replacements.joined(separator: " or "))"
    }

    static func meant(_ names: [String]) -> String {
        names.isEmpty ? "" : "; perhaps \(names.joined(separator: " or ")) was meant"
    }

    private static func text(_ kind: SemanticConventions.Attribute.Kind) -> String {
        switch kind {
        case .string: "string"
        case .int: "int"
        case .double: "double"
        case .bool: "boolean"
        case .any, .unknown: "any"
        case .strings: "string[]"
        case .ints: "int[]"
        case .doubles: "double[]"
        case .bools: "boolean[]"
        case .strings1of(let values, _): list(values)
        case .ints1of(let values, _): list(values.map { "\($0)" })
        }
    }

    private static func list(_ values: [String]) -> String {
        values.prefix(12).joined(separator: ", ") + (values.count > 12 ? " and \(values.count - 12) more" : "")
    }
}
