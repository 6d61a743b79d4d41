import Recordings

/// A value that a document gives.
enum ExpectedValue: Sendable {
    case text(String)
    case number(Number)
    case flag(Bool)
    case list([ExpectedValue])

    func equals(_ value: RecordedValue) -> Bool {
        switch (self, value) {
        case (.text(let left), .string(let right)): left == right
        case (.number(let left), .int(let right)): left.equals(.int(right))
        case (.number(let left), .double(let right)): left.equals(.double(right))
        case (.flag(let left), .bool(let right)): left == right
        case (.list(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
        default: false
        }
    }

    /// Whether they are both texts, both numbers, …
    func isOfKind(_ value: RecordedValue) -> Bool {
        switch (self, value) {
        case (.text, .string), (.number, .int), (.number, .double), (.flag, .bool), (.list, .array): true
        default: false
        }
    }

    var text: String {
        switch self {
        case .text(let text): Quoted.text(text)
        case .number(let number): number.text
        case .flag(let flag): "\(flag)"
        case .list(let elements): "[" + elements.map(\.text).joined(separator: ", ") + "]"
        }
    }

    /// With what it is, for where the kinds differ.
    var labelled: String {
        switch self {
        case .text: "the string \(text)"
        case .number: "the number \(text)"
        case .flag: "the boolean \(text)"
        case .list: "the array \(text)"
        }
    }
}

/// Conditions on a value, all of which have to hold.
struct ValueCondition: Sendable {
    enum Part: Sendable {
        case equals(ExpectedValue), notEquals(ExpectedValue), oneOf([ExpectedValue]), noneOf([ExpectedValue])
        case contains(ExpectedValue)
        /// A part of a condition on a text.
        case text(TextCondition.Part)
        case types([String])
        case present(Bool)
        case number(Comparison.Part)
    }

    var parts: [Part]

    func holds(_ value: RecordedValue?) -> Bool { parts.allSatisfy { Self.holds($0, value) } }

    static func holds(_ part: Part, _ value: RecordedValue?) -> Bool {
        guard let value else {
            if case .present(false) = part { return true }
            return false
        }
        switch part {
        case .equals(let expected): return expected.equals(value)
        case .notEquals(let expected): return !expected.equals(value)
        case .oneOf(let list): return list.contains { $0.equals(value) }
        case .noneOf(let list): return !list.contains { $0.equals(value) }
        case .contains(let expected):
            if case .array(let elements) = value { return elements.contains { expected.equals($0) } }
            guard case .text(let text) = expected else { return false }
            return TextCondition.holds(.contains(text), ValueText.plain(value))
        case .text(let part):
            switch value {
            case .string(let text): return TextCondition.holds(part, text)
            case .map, .array: return TextCondition.holds(part, ValueText.plain(value))
            default: return false
            }
        case .types(let names):
            if names.contains(value.typeName) { return true }
            return names.contains("number") && ["int", "double"].contains(value.typeName)
        case .present(let isPresent): return isPresent
        case .number(let part): return value.number.map { Comparison.holds(part, $0) } ?? false
        }
    }

    var text: String { parts.map(Self.text).joined(separator: ", ") }

    static func text(_ part: Part) -> String {
        switch part {
        case .equals(let expected): expected.text
        case .notEquals(let expected): "not \(expected.text)"
        case .oneOf(let list): "one of " + list.map(\.text).joined(separator: ", ")
        case .noneOf(let list): "none of " + list.map(\.text).joined(separator: ", ")
        case .contains(let expected): "something with \(expected.text) in it"
        case .text(let part): TextCondition.text(part)
        case .types(let names): "of type " + names.joined(separator: " or ")
        case .present(let isPresent): isPresent ? "present" : "absent"
        case .number(let part): Comparison(parts: []).text(part)
        }
    }

    /// Why a value is not what is wanted.
    ///
    /// - Parameter subject: `attribute user.id`
    func miss(_ value: RecordedValue?, subject: String) -> Miss {
        guard let value else { return Miss(text: "\(subject) is not there, expected \(text)") }
        let missed = parts.filter { !Self.holds($0, value) }
        var actual = ValueText.print(value)
        var closeness = 0.3
        let wanted = missed.map { part -> String in
            switch part {
            case .equals(let expected) where !expected.isOfKind(value):
                actual = ValueText.labelled(value)
                // The right text of the wrong kind is the nearest that a value can be.
                closeness = ValueText.plain(value) == ValueText.plain(expected) ? 0.95 : 0.3
                return expected.labelled
            case .equals(.text(let text)):
                closeness = 0.3 + 0.6 * TextCondition.equals(text).likeness(ValueText.plain(value))
                return Quoted.text(text)
            case .types: actual = ValueText.labelled(value)
            case .number where value.number == nil:
                actual = ValueText.labelled(value)
                return "a number that is " + Self.text(part)
            default: break
            }
            return Self.text(part)
        }
        return Miss(text: "\(subject) is \(actual), expected \(wanted.joined(separator: ", "))", closeness: closeness)
    }
}

extension RecordedValue {
    var number: Number? {
        switch self {
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        default: nil
        }
    }
}
