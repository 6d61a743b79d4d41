import Recordings
import TelemetryModel

/// Recordings as two runs of one program would give them: equal but for ids, times, order and measurements.
struct SnapshotSample {
    var recording = Recording()
    /// Makes ids and times of this run.
    private var seed: UInt64

    init(run: UInt64) {
        seed = run &* 0x9E37_79B9_7F4A_7C15
        recording.resources = [
            RecordedResource(
                attributes: RecordedAttributes([
                    .init(key: "service.name", value: .string("checkout")),
                    .init(key: "process.pid", value: .int(Int64(run) + 4000)),
                    .init(key: "service.instance.id", value: .string("host-\(run)")),
                    .init(key: "deployment.environment", value: .string("test")),
                ]))
        ]
        recording.scopes = [RecordedScope(name: "flask", version: "1.\(run)")]
    }

    mutating func next() -> UInt64 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return seed | 1
    }

    mutating func traceID() -> TraceID { TraceID(high: next(), low: next()) }

    /// - Returns: the id of the span.
    @discardableResult
    mutating func span(
        _ name: String, trace: TraceID, parent: SpanID = .zero, kind: RecordedSpan.Kind = .internal,
        start: UInt64? = nil, _ attributes: [(String, RecordedValue)] = [],
        change: (inout RecordedSpan) -> Void = { _ in }
    ) -> SpanID {
        let id = SpanID(value: next())
        let begin = start ?? 1_767_323_045_000_000_000 + next() % 1_000_000_000
        var span = RecordedSpan(
            resource: 0, scope: 0, traceID: trace, spanID: id, parentSpanID: parent, name: name, kind: kind,
            startTime: begin, endTime: begin + 2_000_000)
        span.attributes = RecordedAttributes(attributes.map { .init(key: $0.0, value: $0.1) })
        change(&span)
        recording.spans.append(span)
        return id
    }

    mutating func log(_ body: RecordedValue, severity: String = "INFO", trace: TraceID = .zero, keys: [String] = []) {
        recording.logs.append(
            RecordedLog(
                resource: 0, scope: 0, time: next(), observedTime: next(), severityNumber: 9, severityText: severity,
                eventName: "", body: body, traceID: trace, spanID: .zero,
                attributes: RecordedAttributes(keys.map { .init(key: $0, value: .int(Int64(next() >> 8))) })))
    }

    mutating func series(
        _ name: String, _ kind: RecordedSeries.Kind, unit: String = "", _ attributes: [(String, RecordedValue)] = [],
        value: RecordedPoint.Value
    ) {
        var series = RecordedSeries(
            resource: 0, scope: 0, name: name, unit: unit, description: "", kind: kind,
            temporality: kind == .gauge ? .unspecified : .cumulative, isMonotonic: kind == .sum,
            attributes: RecordedAttributes(attributes.map { .init(key: $0.0, value: $0.1) }))
        series.points = [RecordedPoint(time: next(), startTime: 0, value: value)]
        recording.series.append(series)
    }

    /// Three orders, one of which fails.
    static func orders(run: UInt64) -> Recording {
        var sample = SnapshotSample(run: run)
        // The order in which concurrent work ends is by chance.
        let order: [Int] = run % 2 == 0 ? [0, 1, 2] : [2, 0, 1]
        for index in order {
            let trace = sample.traceID()
            let id = sample.next()
            let root = sample.span(
                "POST /orders", trace: trace, kind: .server,
                [
                    ("http.request.method", .string("POST")), ("server.port", .int(Int64(40000 + run))),
                    ("url.full", .string("http://127.0.0.1:\(40000 + run)/orders/\(SpanID(value: id).hex)")),
                ])
            let children = run % 2 == 0 ? ["SELECT stock", "INSERT orders"] : ["INSERT orders", "SELECT stock"]
            for child in children {
                sample.span(child, trace: trace, parent: root, kind: .client, [("db.system", .string("postgresql"))]) {
                    guard index == 2, child == "INSERT orders" else { return }
                    $0.status = .error
                    $0.statusMessage = "timeout of 0x7f\(run)00ab"
                    $0.events = [
                        RecordedSpan.Event(
                            time: id, name: "exception",
                            attributes: RecordedAttributes([
                                .init(key: "exception.type", value: .string("TimeoutError")),
                                .init(key: "exception.stacktrace", value: .string("line \(run)")),
                            ]))
                    ]
                }
            }
            sample.log(.string("order \(id) of user-\(index) took \(run + 3) ms"), trace: trace, keys: ["order.id"])
        }
        sample.log(.string("started at 2026-01-0\(1 + run % 9)T03:04:05Z with pid \(4000 + run)"))
        sample.series(
            "orders", .sum, unit: "{order}", [("state", .string("done"))], value: .int(Int64(2 + run)))
        sample.series("orders", .sum, unit: "{order}", [("state", .string("failed"))], value: .int(1))
        sample.series("queue.length", .gauge, value: .double(Double(run)))
        return sample.recording
    }
}
