import TelemetryModel
import Testing

@testable import QueryAPI

@Suite struct JaegerTraceShapeTests {
    private func warnings(_ spans: [StoredSpan]) -> [[String]] {
        let stored = JaegerSamples.trace(spans)
        return JaegerTrace(stored, shape: JaegerTraceShape(stored)).spans.map(\.warnings)
    }

    @Test func whatFitsHasNoWarning() {
        let warnings = warnings([JaegerSamples.span(1), JaegerSamples.span(2, parent: 1)])
        #expect(warnings == [[], []])
    }

    @Test func aParentThatIsNotStoredIsNamed() {
        let warnings = warnings([JaegerSamples.span(2, parent: 9)])
        #expect(warnings[0].count == 1)
        #expect(warnings[0][0].hasPrefix("its parent span 0000000000000009 is not stored"))
    }

    @Test func aChildBeforeItsParentIsToldOfAndNotMoved() {
        let stored = JaegerSamples.trace([
            JaegerSamples.span(2, parent: 1, start: 8_500_000), JaegerSamples.span(1, start: 10_000_000),
        ])
        let trace = JaegerTrace(stored, shape: JaegerTraceShape(stored))
        #expect(trace.spans[0].warnings.count == 1)
        #expect(trace.spans[0].warnings[0].hasPrefix("the span starts 1.5ms before its parent 0000000000000001"))
        #expect(trace.spans[0].startNanoseconds == 8_500_000)
    }

    @Test func spansWithOneIDAreToldApart() {
        let warnings = warnings([JaegerSamples.span(1), JaegerSamples.span(1, start: 2_000_000)])
        #expect(warnings == Array(repeating: ["another span of this trace has the same id 0000000000000001"], count: 2))
    }

    @Test func aServerSpanThatSharesItsClientsIDIsShownBelowIt() {
        let stored = JaegerSamples.trace([
            JaegerSamples.span(1), JaegerSamples.span(2, parent: 1, service: "a", kind: .client),
            JaegerSamples.span(2, parent: 1, service: "bb", kind: .server, start: 1_000_100),
            JaegerSamples.span(3, parent: 2, service: "bb", start: 1_000_200),
        ])
        let trace = JaegerTrace(stored, shape: JaegerTraceShape(stored))
        #expect(trace.spans.map(\.spanID.value) == [1, 2, 4, 3])
        #expect(trace.spans.map { $0.parent?.value } == [nil, 1, 2, 4])
        #expect(trace.spans[2].warnings.count == 1)
        #expect(trace.spans[1].warnings.isEmpty)
    }

    @Test func circlesOfParentsAreFound() {
        let warnings = warnings([
            JaegerSamples.span(1, parent: 2), JaegerSamples.span(2, parent: 1), JaegerSamples.span(3, parent: 3),
            JaegerSamples.span(4, parent: 1),
        ])
        #expect(warnings.map(\.count) == [1, 1, 1, 0])
        #expect(warnings[2] == ["the span is its own ancestor: its parent 0000000000000003 descends from it"])
    }

    @Test func anEndBeforeTheStartIsShownWithoutDuration() async throws {
        let trace = JaegerSamples.trace([JaegerSamples.span(1, duration: -2_000_000)])
        #expect(
            warnings(trace.spans) == [["the span ends 2ms before it starts; it is shown without duration"]])
        let (_, text) = try await JaegerSamples.ask(MemoryTraceQueries([trace]), "/api/traces/1")
        #expect(text.contains("\"duration\":0,"))
    }

    @Test func extremeTimesDoNotOverflow() {
        let spans = [JaegerSamples.span(1, start: .max, duration: .min), JaegerSamples.span(2, parent: 1, start: .min)]
        #expect(warnings(spans).count == 2)
    }

    @Test(arguments: [
        (UInt64(999), "999ns"), (1000, "1µs"), (1500, "1.5µs"), (2_000_000, "2ms"), (1_234_567_890, "1.234s"),
    ])
    func timesAreShortInWarnings(nanoseconds: UInt64, text: String) {
        #expect(JaegerTraceShape.text(nanoseconds) == text)
    }
}
