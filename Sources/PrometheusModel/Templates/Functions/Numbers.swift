/// Numbers made readable. Numbers may come as texts.
extension TemplateFunctions {
    static let numbers: TemplateFunctions = [
        "humanize": TemplateFunction(.any) { arguments throws(TemplateError) in
            .string(humanize(try number(arguments[0])))
        },
        "humanize1024": TemplateFunction(.any) { arguments throws(TemplateError) in
            .string(humanize1024(try number(arguments[0])))
        },
        "humanizeDuration": TemplateFunction(.any) { arguments throws(TemplateError) in
            .string(humanizeDuration(try number(arguments[0])))
        },
        "humanizePercentage": TemplateFunction(.any) { arguments throws(TemplateError) in
            .string(GoFloat.fourDigits(try number(arguments[0]) * 100) + "%")
        },
        "humanizeTimestamp": TemplateFunction(.any) { arguments throws(TemplateError) in
            let value = try number(arguments[0])
            guard value.isFinite else { return .string(GoFloat.fourDigits(value)) }
            return .string(try time(value).description)
        },
        "toTime": TemplateFunction(.any) { arguments throws(TemplateError) in
            let value = try number(arguments[0])
            guard value.isFinite else { throw TemplateError("value is NaN or Inf") }
            return .time(try time(value))
        },
        "parseDuration": TemplateFunction(.string) { arguments throws(TemplateError) in
            guard case .string(let text) = arguments[0] else { return .none }
            return .float(Double(try PrometheusDuration.parse(text)) / 1000)
        },
    ]

    private static func number(_ value: TemplateValue) throws(TemplateError) -> Double {
        switch value {
        case .float(let value): return value
        case .int(let value): return Double(value)
        case .string(let text):
            guard let value = Double(text) else {
                throw TemplateError("strconv.ParseFloat: parsing \(LabelName.quoted(text)): invalid syntax")
            }
            return value
        default: throw TemplateError("can't convert \(value.typeName == "nil" ? "<nil>" : value.typeName) to float")
        }
    }

    /// Of seconds since the Unix epoch.
    private static func time(_ seconds: Double) throws(TemplateError) -> TemplateTime {
        let nanoseconds = seconds * 1e9
        guard let whole = Int64(exactly: nanoseconds.rounded(.towardZero)) else {
            throw TemplateError(
                "\(GoFloat.shortest(seconds)) cannot be represented as a nanoseconds timestamp since it overflows int64"
            )
        }
        return TemplateTime(milliseconds: whole / 1_000_000)
    }

    private static func scaled(
        _ value: Double, by factor: Double, _ prefixes: [String], until isEnough: (Double) -> Bool
    ) -> String {
        var value = value
        var result = ""
        for prefix in prefixes {
            if isEnough(value.magnitude) { break }
            result = prefix
            value *= factor
        }
        return GoFloat.fourDigits(value) + result
    }

    private static let small = ["m", "u", "n", "p", "f", "a", "z", "y"]

    private static func humanize(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return GoFloat.fourDigits(value) }
        guard value.magnitude >= 1 else { return scaled(value, by: 1000, small) { $0 >= 1 } }
        // Divided, not multiplied by a thousandth: the digits are to be those of the original.
        var value = value
        var result = ""
        for prefix in ["k", "M", "G", "T", "P", "E", "Z", "Y"] {
            if value.magnitude < 1000 { break }
            result = prefix
            value /= 1000
        }
        return GoFloat.fourDigits(value) + result
    }

    private static func humanize1024(_ value: Double) -> String {
        guard value.magnitude > 1, value.isFinite else { return GoFloat.fourDigits(value) }
        return scaled(value, by: 1.0 / 1024, ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"]) { $0 < 1024 }
    }

    private static func humanizeDuration(_ value: Double) -> String {
        guard value.isFinite else { return GoFloat.fourDigits(value) }
        guard value != 0 else { return "0s" }
        guard value.magnitude >= 1 else { return scaled(value, by: 1000, small) { $0 >= 1 } + "s" }
        let sign = value < 0 ? "-" : ""
        let whole = Int64(exactly: value.magnitude.rounded(.towardZero)) ?? .max
        let (seconds, minutes, hours) = (whole % 60, whole / 60 % 60, whole / 3600 % 24)
        let days = whole / 86_400
        if days != 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(seconds)s" }
        if hours != 0 { return "\(sign)\(hours)h \(minutes)m \(seconds)s" }
        if minutes != 0 { return "\(sign)\(minutes)m \(seconds)s" }
        return sign + GoFloat.fourDigits(value.magnitude) + "s"
    }
}
