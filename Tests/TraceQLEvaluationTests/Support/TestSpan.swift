import TelemetryModel
import TraceQL
import TraceQLEvaluation

/// A span as the tests write it: an object with a dictionary, not columns.
struct TestSpan {
    var trace: UInt64 = 1
    var id: UInt64
    var parent: UInt64 = 0
    var start: Int64 = 0
    var duration: Int64 = 1_000_000
    var kind: Int32 = 0
    var status: Int32 = 0
    var service = "svc"
    var name = "op"
    /// One value each; a missing key is a missing attribute.
    var fields: [Attribute.Target: Value] = [:]
    /// Any number of values each.
    var multiple: [Attribute.Target: [Value]] = [:]
}

extension SpanTable {
    /// - Parameter targets: columns to make even when no span has a value.
    init(_ spans: [TestSpan], columns targets: Set<Attribute.Target> = []) {
        self.init()
        let sorted = spans.sorted { ($0.trace, $0.start, $0.id) < ($1.trace, $1.start, $1.id) }
        var serviceCodes: [String: UInt32] = [:]
        var nameCodes: [String: UInt32] = [:]
        for span in sorted {
            if traceIDs.last?.low != span.trace {
                traceIDs.append(TraceID(high: 0xA0, low: span.trace))
                traceOffsets.append(starts.count)
            }
            spanIDs.append(SpanID(value: span.id))
            parentIDs.append(SpanID(value: span.parent))
            starts.append(span.start)
            durations.append(span.duration)
            kinds.append(span.kind)
            statuses.append(span.status)
            Self.append(span.service, to: &services, &serviceCodes)
            Self.append(span.name, to: &names, &nameCodes)
            traceOffsets[traceOffsets.count - 1] = starts.count
        }
        let singles = Set(sorted.flatMap(\.fields.keys))
        let several = Set(sorted.flatMap(\.multiple.keys))
        for target in singles.union(targets).subtracting(several) {
            var values: [Value] = []
            var places: [Value: UInt32] = [:]
            let codes = sorted.map { Self.code($0.fields[target] ?? .none, &values, &places) }
            fields[target] = .single(values: values, codes: codes)
        }
        for target in several {
            var values: [Value] = []
            var places: [Value: UInt32] = [:]
            var codes: [UInt32] = []
            var offsets = [0]
            for span in sorted {
                for value in span.multiple[target] ?? [] { codes.append(Self.code(value, &values, &places)) }
                offsets.append(codes.count)
            }
            fields[target] = .multiple(values: values, codes: codes, offsets: offsets)
        }
    }

    private static func append(_ text: String, to column: inout TextColumn, _ codes: inout [String: UInt32]) {
        if codes[text] == nil {
            codes[text] = UInt32(column.values.count)
            column.values.append(text)
        }
        column.codes.append(codes[text] ?? 0)
    }

    private static func code(_ value: Value, _ values: inout [Value], _ places: inout [Value: UInt32]) -> UInt32 {
        if let code = places[value] { return code }
        let code = UInt32(values.count)
        places[value] = code
        values.append(value)
        return code
    }
}

func spanAttribute(_ name: String) -> FieldExpression { .attribute(Attribute(.attribute(.span, name))) }
func intrinsic(_ intrinsic: Intrinsic) -> FieldExpression { .attribute(Attribute(.intrinsic(intrinsic))) }

/// A generator of the same numbers each time.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
