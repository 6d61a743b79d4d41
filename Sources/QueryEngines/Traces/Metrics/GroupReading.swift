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
        /// A number: the place of the value in a list, whose first is none.
        case listed([Value])
    }

    let form: Form
    let outputs: [Expression]

    /// Nil for what a row of `spans` does not tell.
    init?(_ attribute: Attribute, _ lowering: SpanLowering) async throws {
        guard !attribute.ofParent else { return nil }
        switch attribute.target {
        case .intrinsic(.name): (form, outputs) = (.text, [.column("name")])
        case .intrinsic(.statusMessage): (form, outputs) = (.text, [.column("status_message")])
        case .intrinsic(.status): (form, outputs) = (.status, [Self.code("status_code", last: 2)])
        case .intrinsic(.kind): (form, outputs) = (.kind, [Self.code("kind", last: 5)])
        case .attribute(let scope, let key) where scope == .resource || scope == .any:
            if scope == .any, !lowering.isOnlyInResources(key) {
                guard lowering.isOnlyInSpans(key), !lowering.keys.hasArrays(key, in: .span) else {
                    return nil
                }
                (form, outputs) = (.typed, Self.typed(key))
            } else if key == "service.name", try await lowering.areServicesTexts() {
                (form, outputs) = (.textOrNothing, [.column("service")])
            } else {
                guard let values = try await lowering.references.values(of: key, in: .resource) else { return nil }
                let listed = Self.listed(values)
                (form, outputs) = (.listed(listed.values), [listed.place])
            }
        case .attribute(.span, let key) where !lowering.keys.hasArrays(key, in: .span):
            (form, outputs) = (.typed, Self.typed(key))
        default: return nil
        }
    }

    /// Text and type letter, the same of what is the same value: a value of none is as no attribute, and whatever is read
    /// as a text is one.
    private static func typed(_ key: String) -> [Expression] {
        let map = AttributeMap.ofRow(key, mayBeArray: false)
        let letter = map.letter ?? .integer(0)
        return [
            map.value,
            .call(
                "transform", letter, .parameter(.strings(["n", "x", "m", "o"])),
                .parameter(.strings(["", "s", "s", "s"])), letter),
        ]
    }

    /// A number that is not known means what 0 means.
    private static func code(_ column: Identifier, last: Int64) -> Expression {
        let isUnknown = Expression.or([
            .comparison(.column(column), .less, .integer(0)), .comparison(.column(column), .greater, .integer(last)),
        ])
        return .call("if", isUnknown, .integer(0), .column(column))
    }

    /// ```sql
    /// transform(resource_id, [ids], [places], 0)
    /// ```
    private static func listed(_ texts: [UInt64: String]) -> (values: [Value], place: Expression) {
        var values: [Value] = [.none]
        var places: [Value: UInt64] = [.none: 0]
        var pairs: [(id: UInt64, place: UInt64)] = []
        for (id, marked) in texts.sorted(by: { $0.key < $1.key }) {
            var text = marked
            guard let letter = text.utf8.first else { continue }
            text.unicodeScalars.removeFirst()
            var value = StoredValue.read(text, letter)
            // Equals nothing, and is one group nevertheless.
            if case .double(let number) = value, number.isNaN { value = .string("NaN") }
            let place = places[value] ?? UInt64(values.count)
            if place == values.count {
                values.append(value)
                places[value] = place
            }
            if place > 0 { pairs.append((id, place)) }
        }
        guard !pairs.isEmpty else { return (values, .call("toUInt64", .integer(0))) }
        return (
            values,
            .call(
                "transform", .column("resource_id"), .parameter(.unsigned(pairs.map(\.id))),
                .parameter(.unsigned(pairs.map(\.place))), .call("toUInt64", .integer(0)))
        )
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
        case .listed(let values):
            let place = Int(clamping: row[column].unsignedInteger ?? 0)
            return values.indices.contains(place) ? values[place] : .none
        case .typed:
            guard let letter = row[column + 1].text?.utf8.first else { return .none }
            return StoredValue.read(row[column].text ?? "", letter)
        }
    }
}

extension SpanLowering {
    /// Whether an attribute without scope is one of spans or of nothing.
    func isOnlyInSpans(_ key: String) -> Bool { isOnly(in: .span, key) }

    func isOnlyInResources(_ key: String) -> Bool { isOnly(in: .resource, key) }

    private func isOnly(in place: AttributePlace, _ key: String) -> Bool {
        AttributePlace.allCases.allSatisfy { $0 == place || !keys.contains(key, in: $0) }
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
