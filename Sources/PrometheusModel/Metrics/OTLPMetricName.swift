/// The name of an OTLP metric in PromQL: its words joined by underscores, with suffixes for unit and type.
///
/// Spec: OpenTelemetry, "Prometheus and OpenMetrics Compatibility", "Metric Metadata"; the default strategy of
/// Prometheus 3.5 (`UnderscoreEscapingWithSuffixes`).
package enum OTLPMetricName {
    package enum Kind: Sendable { case gauge, counter, other }

    package static func translate(_ name: String, unit: String, kind: Kind) -> String {
        var words = Self.words(name)
        let units = Self.units(unit)
        if let main = units.main, !words.contains(main) { words.append(main) }
        if let per = units.per, !words.contains(per) { words += ["per", per] }
        if kind == .counter {
            words.removeAll { $0 == "total" }
            words.append("total")
        }
        if kind == .gauge, unit == "1" {
            words.removeAll { $0 == "ratio" }
            words.append("ratio")
        }
        let joined = words.joined(separator: "_")
        return joined.first?.isNumber == true ? "_" + joined : joined
    }

    /// The name with underscores and without suffixes: what somebody may type who knows the name that was sent.
    package static func underscored(_ name: String) -> String {
        let joined = words(name).joined(separator: "_")
        return joined.first?.isNumber == true ? "_" + joined : joined
    }

    /// Runs of letters, digits and colons.
    private static func words(_ name: String) -> [String] {
        name.unicodeScalars.split { !isWord($0) }.map { String($0) }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ":": true
        default: false
        }
    }

    /// Words of a UCUM unit; nil where there is none or it is text in braces.
    private static func units(_ unit: String) -> (main: String?, per: String?) {
        let parts = unit.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        func word(_ part: Substring?, _ names: [String: String]) -> String? {
            guard let part else { return nil }
            let trimmed = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            guard !trimmed.isEmpty, !trimmed.contains("{"), !trimmed.contains("}") else { return nil }
            let word = names[trimmed] ?? words(trimmed).joined(separator: "_")
            return word.isEmpty ? nil : word
        }
        return (word(parts.first, mainUnits), word(parts.count > 1 ? parts[1] : nil, perUnits))
    }

    private static let mainUnits: [String: String] = [
        "d": "days", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds", "us": "microseconds",
        "ns": "nanoseconds",
        "By": "bytes", "KiBy": "kibibytes", "MiBy": "mebibytes", "GiBy": "gibibytes", "TiBy": "tibibytes",
        "KBy": "kilobytes", "MBy": "megabytes", "GBy": "gigabytes", "TBy": "terabytes",
        "m": "meters", "V": "volts", "A": "amperes", "J": "joules", "W": "watts", "g": "grams",
        "Cel": "celsius", "Hz": "hertz", "1": "", "%": "percent",
    ]

    private static let perUnits: [String: String] = [
        "s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year",
    ]
}
