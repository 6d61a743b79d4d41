import Recordings
import TelemetryModel

/// A small recording made by hand, for tests.
///
/// Ids count from 1 and times from `SampleRecording.start`; resources and scopes are made when they are first named.
struct SampleRecording {
    /// 2023-11-14T22:13:20Z
    static let start: UInt64 = 1_700_000_000_000_000_000

    private(set) var recording = Recording()
    private var nextSpan: UInt64 = 1

    /// - Returns: the index of the resource.
    @discardableResult
    mutating func resource(_ service: String?, _ attributes: [String: RecordedValue] = [:]) -> Int {
        var all = attributes
        if let service { all["service.name"] = .string(service) }
        let resource = RecordedResource(attributes: Self.attributes(all))
        if let index = recording.resources.firstIndex(of: resource) { return index }
        recording.resources.append(resource)
        return recording.resources.count - 1
    }

    mutating func scope(_ name: String, version: String = "") -> Int {
        let scope = RecordedScope(name: name, version: version)
        if let index = recording.scopes.firstIndex(of: scope) { return index }
        recording.scopes.append(scope)
        return recording.scopes.count - 1
    }

    /// - Parameters:
    ///   - milliseconds: how long it took.
    ///   - at: milliseconds after the start of the recording.
    /// - Returns: its id.
    @discardableResult
    mutating func span(
        _ name: String, trace: UInt64 = 1, parent: SpanID? = nil, service: String? = "shop",
        resource: [String: RecordedValue] = [:], kind: RecordedSpan.Kind = .internal,
        status: RecordedSpan.Status = .unset, message: String = "", milliseconds: UInt64 = 10, at: UInt64 = 0,
        attributes: [String: RecordedValue] = [:], events: [RecordedSpan.Event] = [],
        links: [RecordedSpan.Link] = [], scope: String = "sample"
    ) -> SpanID {
        let id = SpanID(value: nextSpan)
        nextSpan += 1
        let begin = Self.start + at * 1_000_000
        var span = RecordedSpan(
            resource: self.resource(service, resource), scope: self.scope(scope), traceID: Self.trace(trace),
            spanID: id, parentSpanID: parent ?? .zero, name: name, kind: kind, startTime: begin,
            endTime: begin + milliseconds * 1_000_000)
        span.status = status
        span.statusMessage = message
        span.attributes = Self.attributes(attributes)
        span.events = events
        span.links = links
        recording.spans.append(span)
        return id
    }

    mutating func log(
        _ body: RecordedValue, level: Int = 9, service: String? = "shop", trace: UInt64? = nil, span: SpanID? = nil,
        attributes: [String: RecordedValue] = [:], eventName: String = "", at: UInt64 = 0
    ) {
        let time = Self.start + at * 1_000_000
        recording.logs.append(
            RecordedLog(
                resource: resource(service), scope: scope("sample"), time: time, observedTime: time,
                severityNumber: level, severityText: "", eventName: eventName, body: body,
                traceID: trace.map(Self.trace) ?? .zero, spanID: span ?? .zero,
                attributes: Self.attributes(attributes)))
    }

    /// - Parameter points: values at every second; the series began at `began` milliseconds, 0 is unknown.
    mutating func series(
        _ name: String, _ kind: RecordedSeries.Kind = .sum, points: [RecordedPoint.Value], unit: String = "1",
        temporality: RecordedSeries.Temporality = .cumulative, isMonotonic: Bool = true, service: String? = "shop",
        attributes: [String: RecordedValue] = [:], began: UInt64? = nil, exemplars: [RecordedPoint.Exemplar] = []
    ) {
        var series = RecordedSeries(
            resource: resource(service), scope: scope("sample"), name: name, unit: unit, description: "",
            kind: kind, temporality: temporality, isMonotonic: isMonotonic, attributes: Self.attributes(attributes))
        series.points = points.enumerated().map { index, value in
            RecordedPoint(
                time: Self.start + UInt64(index) * 1_000_000_000,
                startTime: began.map { Self.start + $0 * 1_000_000 } ?? 0, value: value)
        }
        if !series.points.isEmpty { series.points[0].exemplars = exemplars }
        recording.series.append(series)
    }

    static func trace(_ number: UInt64) -> TraceID { TraceID(high: 0, low: number) }

    static func event(_ name: String, after milliseconds: UInt64 = 1, _ attributes: [String: RecordedValue] = [:])
        -> RecordedSpan.Event
    {
        RecordedSpan.Event(
            time: start + milliseconds * 1_000_000, name: name, attributes: Self.attributes(attributes))
    }

    /// In the order of their keys, with `service.name` first.
    static func attributes(_ attributes: [String: RecordedValue]) -> RecordedAttributes {
        RecordedAttributes(
            attributes.sorted {
                ($0.key != "service.name" ? 1 : 0, $0.key) < ($1.key != "service.name" ? 1 : 0, $1.key)
            }
            .map { RecordedAttributes.Entry(key: $0.key, value: $0.value) })
    }
}
