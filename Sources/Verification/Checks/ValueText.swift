import Recordings

/// Values of telemetry in messages.
enum ValueText {
    /// `"x"`, `200`, `[1, 2]`
    static func print(_ value: RecordedValue) -> String {
        switch value {
        case .string(let text): Quoted.text(text)
        case .int, .double, .bool: plain(value)
        default: Quoted.plain(plain(value))
        }
    }

    /// With what it is: `the string "200"`.
    static func labelled(_ value: RecordedValue) -> String {
        switch value {
        case .string: "the string \(print(value))"
        case .int, .double: "the number \(print(value))"
        case .bool: "the boolean \(print(value))"
        case .bytes: "the bytes \(print(value))"
        case .array: "the array \(print(value))"
        case .map: "the map \(print(value))"
        case .empty: "an empty value"
        }
    }

    /// A text as it is, numbers in the fewest digits, arrays and maps as JSON.
    static func plain(_ value: RecordedValue) -> String { value.text }

    static func plain(_ value: ExpectedValue) -> String {
        switch value {
        case .text(let text): text
        case .number(let number): number.text
        case .flag(let flag): "\(flag)"
        case .list: value.text
        }
    }
}
