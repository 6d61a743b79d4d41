package import PrometheusModel
import TelemetryModel

/// When a processor runs: Filebeat's conditions.
package indirect enum LogCondition: Sendable {
    /// Each field has the value, as text.
    case equals([(field: String, value: String)])
    /// Each field's text has the text in it; a list has it as an element.
    case contains([(field: String, value: String)])
    case regexp([(field: String, pattern: Pattern)])
    case hasFields([String])
    case range([Range])
    case and([LogCondition])
    case or([LogCondition])
    case not(LogCondition)

    package struct Range: Sendable {
        package enum Comparison: String, Sendable, CaseIterable {
            case less = "lt"
            case lessOrEqual = "lte"
            case greater = "gt"
            case greaterOrEqual = "gte"
        }

        package var field: String
        package var comparison: Comparison
        package var bound: Double

        package init(field: String, comparison: Comparison, bound: Double) {
            self.field = field
            self.comparison = comparison
            self.bound = bound
        }
    }

    func holds(_ draft: LogDraft) -> Bool {
        switch self {
        case .equals(let fields):
            fields.allSatisfy { field in
                guard let value = draft.field(field.field) else { return false }
                return ValueText.plain(value) == field.value
            }
        case .contains(let fields):
            fields.allSatisfy { field in
                switch draft.field(field.field) {
                case nil: false
                case .list(let values): values.contains { ValueText.plain($0) == field.value }
                case let value?: TextSearch.contains(ValueText.plain(value), field.value)
                }
            }
        case .regexp(let fields):
            fields.allSatisfy { field in
                guard let value = draft.field(field.field) else { return false }
                return field.pattern.finds(in: ValueText.plain(value))
            }
        case .hasFields(let names): names.allSatisfy { draft.hasField($0) }
        case .range(let ranges): ranges.allSatisfy { Self.isInside($0, draft) }
        case .and(let conditions): conditions.allSatisfy { $0.holds(draft) }
        case .or(let conditions): conditions.contains { $0.holds(draft) }
        case .not(let condition): !condition.holds(draft)
        }
    }

    private static func isInside(_ range: Range, _ draft: LogDraft) -> Bool {
        let number: Double
        switch draft.field(range.field) {
        case .int(let value): number = Double(value)
        case .double(let value): number = value
        case .string(let text):
            guard let value = Double(text) else { return false }
            number = value
        default: return false
        }
        return switch range.comparison {
        case .less: number < range.bound
        case .lessOrEqual: number <= range.bound
        case .greater: number > range.bound
        case .greaterOrEqual: number >= range.bound
        }
    }
}

/// Texts in texts, byte by byte.
enum TextSearch {
    static func contains(_ text: String, _ wanted: String) -> Bool {
        var text = text
        var wanted = wanted
        return text.withUTF8 { bytes in
            wanted.withUTF8 { wanted in find(wanted, in: bytes, from: 0) != nil }
        }
    }

    static func find(_ wanted: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>, from: Int) -> Int? {
        guard let head = wanted.first else { return from <= bytes.count ? from : nil }
        guard wanted.count <= bytes.count else { return nil }
        var place = max(0, from)
        let stop = bytes.count - wanted.count
        while place <= stop {
            if bytes[place] == head {
                var index = 1
                while index < wanted.count, bytes[place + index] == wanted[index] { index += 1 }
                if index == wanted.count { return place }
            }
            place += 1
        }
        return nil
    }
}
