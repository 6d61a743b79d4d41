import Recordings
import Testing
import TelemetryModel

@testable import Verification

@Suite struct InstrumentationDiagnosisTests {
    private static let now: UInt64 = 1_800_000_000_000_000_000

    /// A recording of services, one resource each, with spans given by id, parent and what differs.
    private func recording(_ services: [String], _ spans: [RecordedSpan]) -> Recording {
        var recording = Recording()
        recording.resources = services.map { name in
            RecordedResource(
                attributes: RecordedAttributes(
                    name.isEmpty ? [] : [.init(key: "service.name", value: .string(name))]))
        }
        recording.scopes = [RecordedScope()]
        recording.spans = spans
        return recording
    }

    private func span(
        _ id: UInt64, parent: UInt64 = 0, resource: Int = 0, name: String = "work", kind: RecordedSpan.Kind = .internal,
        start: UInt64 = 0, duration: Int64 = 1_000_000
    ) -> RecordedSpan {
        let begin = Self.now - 60_000_000_000 + start
        return RecordedSpan(
            resource: resource, scope: 0, traceID: TraceID(high: 1, low: 1), spanID: SpanID(value: id),
            parentSpanID: SpanID(value: parent), name: name, kind: kind, startTime: begin,
            endTime: UInt64(Int64(begin) + duration))
    }

    private func rules(_ recording: Recording, isWhole: Bool = false) -> [String] {
        InstrumentationDiagnosis.findings(in: recording, isWhole: isWhole, now: Self.now).map(\.rule)
    }

    @Test("sound telemetry has no findings")
    func sound() {
        let recording = recording(["shop"], [span(1), span(2, parent: 1), span(3, parent: 2, kind: .client)])
        #expect(rules(recording, isWhole: true).isEmpty)
    }

    @Test(
        "items without a service name are counted, fallback names of SDKs too",
        arguments: ["", "unknown_service:python"])
    func missingName(name: String) {
        let found = InstrumentationDiagnosis.findings(
            in: recording([name], [span(1), span(2, parent: 1)]), isWhole: false, now: Self.now)
        #expect(found.map(\.rule) == ["missing-service-name"])
        #expect(found.map(\.count) == [2])
    }

    @Test("a missing parent is an orphan; of a run that is over it was lost at exit; of an entry it is the caller's")
    func orphans() {
        let lost = recording(["shop"], [span(2, parent: 1)])
        #expect(rules(lost) == ["orphan-parents"])
        #expect(rules(lost, isWhole: true) == ["spans-lost-at-exit"])
        // A process that sends nothing any more has ended.
        let later = InstrumentationDiagnosis.findings(in: lost, isWhole: false, now: Self.now + 60_000_000_000)
        #expect(later.map(\.rule) == ["spans-lost-at-exit"])
        let entry = InstrumentationDiagnosis.findings(
            in: recording(["shop"], [span(2, parent: 1, kind: .server)]), isWhole: true, now: Self.now)
        #expect(entry.map(\.rule) == ["orphan-parents"])
        #expect(entry.map(\.weight) == [.note])
    }

    @Test("an id that two spans have is told from a span that came twice")
    func duplicates() {
        #expect(rules(recording(["shop"], [span(1), span(1)])) == ["spans-sent-twice"])
        #expect(rules(recording(["shop"], [span(1), span(1, name: "other")])) == ["duplicate-ids"])
    }

    @Test("clocks: the future, ends before starts, children before parents of another process")
    func clocks() {
        #expect(rules(recording(["shop"], [span(1, start: 120_000_000_000)])) == ["clock-skew"])
        #expect(rules(recording(["shop"], [span(1, duration: -5)])) == ["ends-before-start"])
        let spans = [span(1, start: 10_000_000), span(2, parent: 1, resource: 1)]
        #expect(rules(recording(["shop", "stock"], spans)) == ["clock-skew"])
        // Within one process the clock is one.
        #expect(rules(recording(["shop"], [span(1, start: 10_000_000), span(2, parent: 1)])).isEmpty)
    }

    @Test("names with ids are an explosion; many names that come again are not")
    func names() {
        let ids = (1...300).map { span(UInt64($0), name: "GET /orders/\($0)") }
        #expect(rules(recording(["shop"], ids)) == ["cardinality"])
        let areas = (1...900).map { span(UInt64($0), name: "area::\($0 % 300)") }
        #expect(rules(recording(["reifydb"], areas)).isEmpty)
    }

    @Test("a metric with a series for each user is named with the attribute that does it")
    func series() {
        var recording = recording(["shop"], [])
        recording.series = (0...1_000).map { number in
            var series = RecordedSeries(
                resource: 0, scope: 0, name: "requests", unit: "1", description: "", kind: .sum,
                temporality: .cumulative, isMonotonic: true,
                attributes: RecordedAttributes([
                    .init(key: "route", value: .string("/")), .init(key: "user.id", value: .int(Int64(number))),
                ]))
            series.points = [RecordedPoint(time: Self.now, startTime: 0, value: .int(1))]
            return series
        }
        let found = InstrumentationDiagnosis.findings(in: recording, isWhole: false, now: Self.now)
        #expect(found.map(\.rule) == ["cardinality"])
        #expect(found.first?.evidence.first?.contains("user.id with 1001 values") == true)
    }

    @Test("a service whose spans all have no duration is noted")
    func empty() {
        let spans = (1...10).map { span(UInt64($0), duration: 0) }
        #expect(rules(recording(["shop"], spans)) == ["no-durations"])
    }
}
