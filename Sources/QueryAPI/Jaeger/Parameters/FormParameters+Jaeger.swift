import TelemetryModel

/// The kinds of parameters that Jaeger's APIs have; an empty value counts as none.
extension FormParameters {
    func text(_ name: String) -> String? {
        let value = self[name]
        return value.isEmpty ? nil : value
    }

    /// The first of several spellings of one parameter that is given.
    func text(_ names: [String]) -> (name: String, value: String)? {
        for name in names {
            if let value = text(name) { return (name, value) }
        }
        return nil
    }

    func integer(_ name: String) throws(JaegerFailure) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let value = Int64(text) else {
            throw .parameter(name, "'\(text)' is no whole number of at most 63 bits")
        }
        return value
    }

    /// - Throws: for zero or less, and what does not fit a duration in nanoseconds.
    func milliseconds(_ name: String) throws(JaegerFailure) -> Int64? {
        guard let value = try integer(name) else { return nil }
        guard value > 0, value <= Int64.max / 1_000_000 else {
            throw .parameter(name, "'\(value)' is no number of milliseconds above zero")
        }
        return value * 1_000_000
    }

    func duration(_ name: String) throws(JaegerFailure) -> Int64? {
        guard let text = text(name) else { return nil }
        return try GoDuration.parse(text, parameter: name)
    }

    func flag(_ names: String...) throws(JaegerFailure) -> Bool {
        guard let (name, value) = text(names) else { return false }
        switch value {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw .parameter(name, "'\(value)' is neither true nor false")
        }
    }

    /// Any value but `false` asks for it, as in Jaeger.
    var isPretty: Bool {
        let value = self["prettyPrint"]
        return !value.isEmpty && value != "false"
    }

    static func traceID(_ text: String) throws(JaegerFailure) -> TraceID {
        guard let id = TraceID(hex: text) else {
            throw JaegerFailure(400, "trace id must be 1 to 32 hexadecimal digits")
        }
        return id
    }
}
