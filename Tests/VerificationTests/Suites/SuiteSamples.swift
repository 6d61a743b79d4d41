import Recordings
import TelemetryModel

@testable import Verification

/// Recordings for the suites' tests: a healthy one, and helpers to change it.
enum SuiteSamples {
    static let start: UInt64 = 1_700_000_000_000_000_000
    static let second: UInt64 = 1_000_000_000
    static let trace = TraceID(high: 1, low: 2)

    static func attributes(_ pairs: KeyValuePairs<String, RecordedValue>) -> RecordedAttributes {
        RecordedAttributes(pairs.map { RecordedAttributes.Entry(key: $0.key, value: $0.value) })
    }

    static func resource(
        _ service: String?, version: String? = "1.2.0", environment: String? = "production", instance: String? = nil,
        host: String? = nil
    ) -> RecordedResource {
        var entries: [RecordedAttributes.Entry] = []
        func add(_ key: String, _ value: String?) {
            if let value { entries.append(RecordedAttributes.Entry(key: key, value: .string(value))) }
        }
        add("service.name", service)
        add("service.version", version)
        add("deployment.environment.name", environment)
        add("service.instance.id", instance)
        add("host.name", host)
        return RecordedResource(attributes: RecordedAttributes(entries))
    }

    static func span(
        _ id: UInt64, parent: UInt64 = 0, name: String = "GET /cart", kind: RecordedSpan.Kind = .server,
        trace: TraceID = trace, resource: Int = 0, from: UInt64 = 0, seconds: UInt64 = 1,
        _ attributes: KeyValuePairs<String, RecordedValue> = [:]
    ) -> RecordedSpan {
        var span = RecordedSpan(
            resource: resource, scope: 0, traceID: trace, spanID: SpanID(value: id),
            parentSpanID: SpanID(value: parent), name: name, kind: kind, startTime: start + from * second,
            endTime: start + (from + seconds) * second)
        span.attributes = Self.attributes(attributes)
        return span
    }

    static func log(
        _ text: String = "cart shown", span: UInt64 = 1, trace: TraceID = trace, resource: Int = 0,
        at milliseconds: UInt64 = 500, severity: Int = 9, _ attributes: KeyValuePairs<String, RecordedValue> = [:]
    ) -> RecordedLog {
        let time = start + milliseconds * 1_000_000
        return RecordedLog(
            resource: resource, scope: 0, time: time, observedTime: time, severityNumber: severity, severityText: "",
            eventName: "", body: .string(text), traceID: trace, spanID: SpanID(value: span),
            attributes: Self.attributes(attributes))
    }

    /// - Parameter values: of a point every ten seconds.
    static func series(
        _ name: String, unit: String = "1", kind: RecordedSeries.Kind = .sum,
        temporality: RecordedSeries.Temporality = .cumulative, isMonotonic: Bool = true, resource: Int = 0,
        _ attributes: KeyValuePairs<String, RecordedValue> = [:], values: [RecordedPoint.Value],
        startTimes: [UInt64]? = nil
    ) -> RecordedSeries {
        var series = RecordedSeries(
            resource: resource, scope: 0, name: name, unit: unit, description: "", kind: kind,
            temporality: kind == .gauge ? .unspecified : temporality, isMonotonic: kind == .sum && isMonotonic,
            attributes: Self.attributes(attributes))
        series.points = values.enumerated().map { index, value in
            RecordedPoint(
                time: start + UInt64(index + 1) * 10 * second, startTime: startTimes?[index] ?? start, value: value)
        }
        return series
    }

    static func histogram(
        count: UInt64 = 3, sum: Double? = 0.8, bounds: [Double] = [0.1, 0.5], counts: [UInt64] = [1, 1, 1],
        min: Double? = nil, max: Double? = nil
    ) -> RecordedPoint.Value {
        .histogram(
            RecordedPoint.Histogram(count: count, sum: sum, min: min, max: max, bounds: bounds, counts: counts))
    }

    /// Two spans, a log, a histogram of requests and a counter of database operations of one service.
    static var healthy: Recording {
        var recording = Recording()
        recording.resources = [resource("shop", instance: "627cc493-f310-47de-96bd-71410b7dec09")]
        recording.scopes = [RecordedScope(name: "test")]
        recording.spans = [
            span(
                1,
                [
                    "http.request.method": .string("GET"), "url.path": .string("/cart"), "url.scheme": .string("http"),
                    "http.route": .string("/cart"), "http.response.status_code": .int(200),
                ]),
            span(
                2, parent: 1, name: "SELECT users", kind: .client,
                [
                    "db.system.name": .string("postgresql"), "db.operation.name": .string("SELECT"),
                    "db.collection.name": .string("users"),
                ]),
        ]
        recording.logs = [log("query", span: 2, ["db.operation.name": .string("select")])]
        recording.series = [
            series(
                "http.server.request.duration", unit: "s", kind: .histogram,
                [
                    "http.request.method": .string("GET"), "url.scheme": .string("http"),
                    "http.response.status_code": .int(200),
                ], values: [histogram(), histogram()]),
            series(
                "shop.database.operations", unit: "{operation}", ["operation": .string("select")],
                values: [.int(1), .int(4)]),
        ]
        return recording
    }

    static func changed(_ change: (inout Recording) -> Void) -> Recording {
        var recording = healthy
        change(&recording)
        return recording
    }
}

/// A source that answers what a test says.
struct FixedSource: TelemetrySource {
    var title: String { "test" }
    var figures: [LedgerFigures]?
    var answer: RawAnswer?
    var stored = Recording()

    func settle() async throws {}
    func recording(_ window: RecordingWindow, itemsMax: Int) async throws -> Recording { stored }
    func answer(_ query: RawQuery) async throws -> RawAnswer? { answer }
    func ledger() async throws -> [LedgerFigures]? { figures }
}

extension BuiltInSuite {
    static func check(
        _ name: String, _ recording: Recording, _ options: SuiteOptions = SuiteOptions(),
        source: FixedSource = FixedSource()
    ) async throws -> CheckReport? {
        try await Self().run(source, recording, options).checks.first { $0.name == name }
    }

    static func outcome(
        _ name: String, _ recording: Recording, _ options: SuiteOptions = SuiteOptions(),
        source: FixedSource = FixedSource()
    ) async throws -> CheckReport.Outcome? {
        try await check(name, recording, options, source: source)?.outcome
    }
}
