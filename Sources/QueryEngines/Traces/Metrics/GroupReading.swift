import ClickHouse
import SQLSyntax
import TelemetryModel
import TelemetryStore
import TraceQL

/// How an attribute that series are grouped by is read in SQL.
struct GroupReading: Sendable {
    enum Form: Sendable {
        case text
        /// Empty stands for no value.
        case textOrNothing
        case status, kind
        /// Text and type letter.
        case typed
        /// Text behind the letter of its type.
        case marked
    }

    let form: Form
    let outputs: [Expression]

    /// Nil for what a row of `spans` does not tell.
    init?(_ attribute: Attribute, _ lowering: SpanLowering) async throws {
        guard !attribute.ofParent else { return nil }
        switch attribute.target {
        case .intrinsic(.name): (form, outputs) = (.text, [.column("name")])
        case .intrinsic(.statusMessage): (form, outputs) = (.text, [.column("status_message")])
        case .intrinsic(.status): (form, outputs) = (.status, [.column("status_code")])
        case .intrinsic(.kind): (form, outputs) = (.kind, [.column("kind")])
        case .attribute(.resource, "service.name"): (form, outputs) = (.textOrNothing, [.column("service")])
        case .attribute(.any, "service.name") where try await lowering.isOnlyInResources("service.name"):
            (form, outputs) = (.textOrNothing, [.column("service")])
        case .attribute(.resource, let key):
            guard let values = try await lowering.references.values(of: key, in: .resource) else { return nil }
            (form, outputs) = (.marked, [Self.marked(values)])
        case .attribute(.any, let key) where try await lowering.isOnlyInResources(key):
            guard let values = try await lowering.references.values(of: key, in: .resource) else { return nil }
            (form, outputs) = (.marked, [Self.marked(values)])
        case .attribute(.span, let key): (form, outputs) = (.typed, Self.typed(key))
        case .attribute(.any, let key) where try await lowering.isOnlyInSpans(key):
            (form, outputs) = (.typed, Self.typed(key))
        default: return nil
        }
        if case .attribute(_, let key) = attribute.target, form == .typed, lowering.keys.hasArrays(key, in: .span) {
            return nil
        }
    }

    private static func typed(_ key: String) -> [Expression] {
        let map = AttributeMap.ofRow(key, mayBeArray: false)
        return [map.value, map.letter ?? .integer(0)]
    }

    /// ```sql
    /// transform(resource_id, [ids], [values], '')
    /// ```
    private static func marked(_ values: [UInt64: String]) -> Expression {
        guard !values.isEmpty else { return .parameter(.string("")) }
        let pairs = values.sorted { $0.key < $1.key }
        return .call(
            "transform", .column("resource_id"), .parameter(.unsigned(pairs.map(\.key))),
            .parameter(.strings(pairs.map(\.value))), .parameter(.string("")))
    }

    func read(_ row: [ResultValue], _ column: inout Int) -> Value {
        defer { column += outputs.count }
        switch form {
        case .text: return .string(row[column].text ?? "")
        case .textOrNothing:
            let text = row[column].text ?? ""
            return text.isEmpty ? .none : .string(text)
        case .status: return Value.Status(code: row[column].integer ?? 0).map { .status($0) } ?? .none
        case .kind: return Value.Kind(code: row[column].integer ?? 0).map { .kind($0) } ?? .none
        case .marked:
            var text = row[column].text ?? ""
            guard let letter = text.utf8.first else { return .none }
            text.unicodeScalars.removeFirst()
            return StoredValue.read(text, letter)
        case .typed:
            guard let letter = row[column + 1].text?.utf8.first else { return .none }
            return StoredValue.read(row[column].text ?? "", letter)
        }
    }
}

extension SpanLowering {
    /// Whether an attribute without scope is one of spans or of nothing.
    func isOnlyInSpans(_ key: String) async throws -> Bool {
        guard !keys.contains(key, in: .event), !keys.contains(key, in: .link) else { return false }
        for reference in [Reference.resource, .scope] {
            guard try await isFree(reference, of: key) else { return false }
        }
        return true
    }

    func isOnlyInResources(_ key: String) async throws -> Bool {
        guard !AttributePlace.allCases.contains(where: { keys.contains(key, in: $0) }) else { return false }
        return try await isFree(.scope, of: key)
    }

    /// Whether no resource or scope has the attribute.
    private func isFree(_ reference: Reference, of key: String) async throws -> Bool {
        try await references.find(reference, where: AttributeMap.ofRow(key, mayBeArray: false).exists) == .ids([])
    }
}

extension Value.Status {
    /// OTLP's number; nil for one that is not known.
    package init?(code: Int64) {
        guard let status = Self.allCases.first(where: { Int64($0.code) == code }) else { return nil }
        self = status
    }
}

extension Value.Kind {
    /// OTLP's number; nil for one that is not known.
    package init?(code: Int64) {
        guard let kind = Self.allCases.first(where: { Int64($0.code) == code }) else { return nil }
        self = kind
    }
}
