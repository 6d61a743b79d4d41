import PrometheusModel

/// A histogram in a script: `{{schema:1 count:22 sum:3 buckets:[5 10 7]}}`.
struct HistogramNotation {
    var histogram: NativeHistogram
    /// `counter_reset_hint` was written.
    var hasCounterReset = false

    /// Reads from `{{` to `}}`.
    init(_ cursor: inout ScriptCursor) throws {
        histogram = NativeHistogram()
        var offset: Int32 = 0, negativeOffset: Int32 = 0
        try cursor.expect("{{")
        cursor.skipSpaces()
        while !cursor.take("}}") {
            let name = cursor.prefix { $0 != ":" && $0 != "}" }
            try cursor.expect(":")
            switch name {
            case "schema": histogram.schema = Int32(try Self.number(&cursor))
            case "sum": histogram.sum = try Self.number(&cursor)
            case "count": histogram.count = try Self.number(&cursor)
            case "z_bucket": histogram.zeroCount = try Self.number(&cursor)
            case "z_bucket_w": histogram.zeroThreshold = try Self.number(&cursor)
            case "offset": offset = Int32(try Self.number(&cursor))
            case "n_offset": negativeOffset = Int32(try Self.number(&cursor))
            case "custom_values": histogram.customBounds = try Self.numbers(&cursor)
            case "buckets": histogram.positiveBuckets = try Self.numbers(&cursor)
            case "n_buckets": histogram.negativeBuckets = try Self.numbers(&cursor)
            case "counter_reset_hint":
                hasCounterReset = true
                let value = cursor.prefix { $0.isLetter || $0 == "_" }
                switch value {
                case "unknown": histogram.counterReset = .unknown
                case "reset": histogram.counterReset = .reset
                case "not_reset": histogram.counterReset = .notReset
                case "gauge": histogram.counterReset = .gauge
                default: throw ScriptError("unknown counter reset \(value)")
                }
            default: throw ScriptError("unknown field \(name) of a histogram")
            }
            cursor.skipSpaces()
        }
        histogram.positiveSpans = Self.spans(histogram.positiveBuckets, offset)
        histogram.negativeSpans = Self.spans(histogram.negativeBuckets, negativeOffset)
    }

    private static func spans(_ buckets: [Double], _ offset: Int32) -> [NativeHistogram.Span] {
        buckets.isEmpty ? [] : [NativeHistogram.Span(offset: offset, length: UInt32(buckets.count))]
    }

    private static func number(_ cursor: inout ScriptCursor) throws -> Double {
        let text = cursor.prefix { $0 != " " && $0 != "\t" && $0 != "}" && $0 != "]" }
        guard let value = ScriptNumber.parse(text) else { throw ScriptError("\(text) is no number") }
        return value
    }

    private static func numbers(_ cursor: inout ScriptCursor) throws -> [Double] {
        try cursor.expect("[")
        var values: [Double] = []
        cursor.skipSpaces()
        while !cursor.take("]") {
            values.append(try number(&cursor))
            cursor.skipSpaces()
        }
        return values
    }
}

extension NativeHistogram {
    /// In the notation of the scripts, as far as one list of buckets can tell it.
    var notation: String {
        var parts = ["schema:\(schema)", "count:\(NumberText.plain(count))", "sum:\(NumberText.plain(sum))"]
        if zeroCount != 0 { parts.append("z_bucket:\(NumberText.plain(zeroCount))") }
        if zeroThreshold != 0 { parts.append("z_bucket_w:\(NumberText.general(zeroThreshold))") }
        if usesCustomBounds { parts.append("custom_values:\(Self.list(customBounds))") }
        if counterReset != .unknown { parts.append("counter_reset_hint:\(counterReset)") }
        for (name, spans, buckets) in [
            ("buckets", positiveSpans, positiveBuckets), ("n_buckets", negativeSpans, negativeBuckets),
        ] where !buckets.isEmpty {
            let layout = spans.map { "\($0.offset)+\($0.length)" }.joined(separator: ",")
            parts.append("\(name)(\(layout)):\(Self.list(buckets))")
        }
        return "{{\(parts.joined(separator: " "))}}"
    }

    private static func list(_ values: [Double]) -> String {
        "[\(values.map(NumberText.plain).joined(separator: " "))]"
    }
}
