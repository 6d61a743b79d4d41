import TelemetryModel

/// A value as a source gives it: YAML sequences are lists, everything else is text.
package enum RawSettingValue: Sendable, Equatable {
    case text(String)
    case list([String])
}

/// Why a text is not a value of its kind. The loader adds the place, the key, and what was expected.
package enum SettingValueError: Error, Equatable {
    /// The text does not have the form at all.
    case malformed
    /// The text has the form; the sentence says what is wrong with it, to be read after the text itself.
    case invalid(String)

    init(_ failure: DurationText.Failure) {
        switch failure {
        case .malformed: self = .malformed
        case .invalid(let sentence): self = .invalid(sentence)
        }
    }
}

/// How values of one type are read from text, printed, and described to someone who got them wrong.
struct SettingKind<Value: Equatable & Sendable>: Sendable {
    /// What is expected, to be read after "expected".
    let expected: String
    /// A value that is right, for settings whose default is nothing, as it stands in the file.
    let example: String
    var isSecret = false
    let parse: @Sendable (RawSettingValue) throws(SettingValueError) -> Value
    let print: @Sendable (Value) -> RawSettingValue
    /// Whether the printed text needs no quotes in YAML, because it is made of letters and digits only.
    let printsPlain: Bool

    /// A kind whose values are one text.
    init(
        expected: String, example: String, isSecret: Bool = false, printsPlain: Bool = false,
        parse: @escaping @Sendable (String) throws(SettingValueError) -> Value,
        print: @escaping @Sendable (Value) -> String
    ) {
        self.expected = expected
        self.example = example
        self.isSecret = isSecret
        self.printsPlain = printsPlain
        self.parse = { raw throws(SettingValueError) in
            guard case .text(let text) = raw else { throw .malformed }
            return try parse(text)
        }
        self.print = { .text(print($0)) }
    }
}

extension SettingKind where Value == String {
    /// A path of the file system.
    ///
    /// - Parameter orEmpty: what an empty text means, if it is allowed.
    static func path(orEmpty: String? = nil) -> Self {
        Self(
            expected: orEmpty.map { "a path, or nothing (\($0))" } ?? "a path", example: "/path/to/it",
            parse: { text throws(SettingValueError) in
                guard !text.isEmpty || orEmpty != nil else { throw .malformed }
                // The system would end the path at a zero byte, and so open another file than the one named.
                guard !text.unicodeScalars.contains("\0") else { throw .invalid("contains a zero byte") }
                return text
            },
            print: { $0 })
    }

    /// The address of a server.
    ///
    /// - Parameter orEmpty: what an empty text means.
    static func url(orEmpty: String) -> Self {
        Self(
            expected: "an address with http:// or https:// in front, or nothing (\(orEmpty))",
            example: "http://127.0.0.1:3000",
            parse: { text throws(SettingValueError) in
                let hasScheme = ["http://", "https://"].contains { text.hasPrefix($0) && text.count > $0.count }
                guard text.isEmpty || hasScheme else { throw .malformed }
                guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                    throw .invalid("contains a space, a control character or a character outside ASCII")
                }
                return text
            },
            print: { $0 })
    }

    /// An address to listen on.
    static var address: Self {
        Self(
            expected: "an IP address or host name without port", example: "127.0.0.1",
            parse: { text throws(SettingValueError) in
                let allowed = text.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"):
                        true
                    case UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "%"):
                        true
                    default:
                        false
                    }
                }
                guard allowed, !text.isEmpty else { throw .malformed }
                // IPv6 addresses have two colons at least; a single one is the port of `host:port`.
                guard text.utf8.count(where: { $0 == UInt8(ascii: ":") }) != 1 else {
                    throw .invalid("names a port, ports are set under `ports`")
                }
                return text
            },
            print: { $0 })
    }

    /// A secret that travels in an HTTP header.
    static var secret: Self {
        Self(
            expected: "visible ASCII characters without spaces, or nothing", example: "${TELEMETRY_TOKEN}",
            isSecret: true,
            parse: { text throws(SettingValueError) in
                // Anything else cannot be sent as a Bearer token, so nobody could ever log in; a newline at the end
                // is what `$(cat file)` gone wrong leaves.
                guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                    throw .invalid("contains a space, a control character or a character outside ASCII")
                }
                return text
            },
            print: { $0 })
    }
}

extension SettingKind where Value == Int {
    /// A number of things.
    static func count(_ range: ClosedRange<Int>) -> Self {
        let expected =
            range.upperBound == .max
            ? "a whole number of at least \(range.lowerBound)"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return Self(
            expected: expected, example: "\(max(range.lowerBound, 2))", printsPlain: true,
            parse: { text throws(SettingValueError) in
                // `Int` alone would also take `+5`, and not the `500_000` that YAML allows.
                guard text.first?.isDecimalDigit == true, text.last?.isDecimalDigit == true,
                    text.allSatisfy({ $0.isDecimalDigit || $0 == "_" })
                else { throw .malformed }
                guard let number = Int(text.filter(\.isDecimalDigit)) else { throw .invalid("is too large") }
                guard range.contains(number) else { throw .invalid("is out of range") }
                return number
            },
            print: { "\($0)" })
    }

    /// A size in bytes, above zero.
    static var size: Self {
        Self(
            expected: "a size above zero", example: "64MiB", printsPlain: true,
            parse: { text throws(SettingValueError) in
                let bytes = try ByteSize.parse(text)
                guard bytes > 0 else { throw .invalid("is not above zero") }
                return bytes
            },
            print: ByteSize.print)
    }
}

extension SettingKind where Value == Duration {
    /// A duration above zero.
    static func duration(atLeast minimum: Duration = .nanoseconds(1)) -> Self {
        Self(
            expected: minimum == .nanoseconds(1)
                ? "a duration above zero" : "a duration of at least \(DurationText.print(minimum))",
            example: "30s", printsPlain: true,
            parse: { text throws(SettingValueError) in
                let duration: Duration
                do throws(DurationText.Failure) {
                    duration = try DurationText.parse(text)
                } catch {
                    throw SettingValueError(error)
                }
                guard duration >= minimum else { throw .invalid("is too short") }
                return duration
            },
            print: DurationText.print)
    }
}

extension SettingKind where Value == PortSetting {
    static var port: Self {
        Self(
            expected: "a port from 1 to 65535, 0 for any free one, or off", example: "4317", printsPlain: true,
            parse: { text throws(SettingValueError) in
                if text == "off" { return .off }
                guard !text.isEmpty, text.allSatisfy(\.isDecimalDigit) else { throw .malformed }
                guard let number = Int(text), number <= 65_535 else { throw .invalid("is out of range") }
                return number == 0 ? .any : .port(number)
            },
            print: { $0.number.map(String.init) ?? "off" })
    }
}

extension SettingKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a few words.
    static var choice: Self {
        let words = Value.allCases.map(\.rawValue)
        return Self(
            expected: "one of \(words.joined(separator: ", "))", example: words.first ?? "", printsPlain: true,
            parse: { text throws(SettingValueError) in
                guard let value = Value(rawValue: text) else { throw .malformed }
                return value
            },
            print: \.rawValue)
    }
}

extension SettingKind where Value == [String] {
    /// Origins of web pages, in a list, or in one text with commas where there are no lists (variables and flags).
    static var origins: Self {
        Self(
            expected: "a list of origins, each `*` or scheme://host with an optional :port or :*",
            example: "[\"http://localhost:*\"]",
            parse: { raw throws(SettingValueError) in
                let origins =
                    switch raw {
                    case .list(let elements): elements
                    case .text(let text): text.split(separator: ",").map { String($0.trimmingSpaces()) }
                    }
                for origin in origins where !isOrigin(origin) {
                    throw .invalid("contains `\(origin)`, which is no origin")
                }
                return origins
            })
    }

    /// Names of attributes.
    static var names: Self {
        Self(
            expected: "a list of names", example: "[\"http.route\"]",
            parse: { raw throws(SettingValueError) in
                let names: [String] =
                    switch raw {
                    case .list(let elements): elements
                    case .text(let text): text.split(separator: ",").map { String($0.trimmingSpaces()) }
                    }
                guard !names.contains("") else { throw .invalid("has an empty name") }
                return names
            })
    }

    private init(
        expected: String, example: String,
        parse: @escaping @Sendable (RawSettingValue) throws(SettingValueError) -> [String]
    ) {
        self.expected = expected
        self.example = example
        self.parse = parse
        self.print = { .list($0) }
        self.printsPlain = false
    }

    /// Browsers send scheme, host and port only: with a path, even a lone slash, an origin would match nothing.
    private static func isOrigin(_ text: String) -> Bool {
        if text == "*" { return true }
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return false }
        let host = text.dropFirst(scheme.count)
        return !host.isEmpty && host.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }
    }
}

extension Substring {
    func trimmingSpaces() -> Substring {
        var result = drop(while: { $0 == " " })
        while result.last == " " { result.removeLast() }
        return result
    }
}

extension SettingKind where Value == Bool {
    /// Something that is done or not.
    static var flag: Self {
        Self(
            expected: "true or false", example: "true", printsPlain: true,
            parse: { text throws(SettingValueError) in
                switch text.lowercased() {
                case "true", "yes", "on": true
                case "false", "no", "off": false
                default: throw .malformed
                }
            },
            print: { $0 ? "true" : "false" })
    }
}
