import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite struct SnapshotTextTests {
    @Test func aSnapshotIsReadable() {
        #expect(
            SnapshotText.make(SnapshotSample.orders(run: 6)) == """
                martlet snapshot 1
                3 traces, 9 spans, 3 series of metrics, 4 log records

                resources

                checkout
                    deployment.environment: "test"
                    process.pid: <masked>
                    service.instance.id: <masked>
                    service.name: "checkout"

                traces

                trace of 3 spans × 2
                - POST /orders (server, checkout, flask)
                    http.request.method: "POST"
                    server.port: <masked>
                    url.full: "http://127.0.0.1:<port>/orders/<id>"
                  - INSERT orders (client, checkout, flask)
                      db.system: "postgresql"
                  - SELECT stock (client, checkout, flask)
                      db.system: "postgresql"

                trace of 3 spans
                - POST /orders (server, checkout, flask)
                    http.request.method: "POST"
                    server.port: <masked>
                    url.full: "http://127.0.0.1:<port>/orders/<id>"
                  - INSERT orders (client, checkout, flask) error "timeout of <address>"
                      db.system: "postgresql"
                      event exception
                        exception.stacktrace: <masked>
                        exception.type: "TimeoutError"
                  - SELECT stock (client, checkout, flask)
                      db.system: "postgresql"

                metrics

                orders (sum, cumulative, monotonic, unit "{order}", checkout, flask)
                    {state: "done"}
                    {state: "failed"}
                queue.length (gauge, checkout, flask)
                    {}

                logs

                INFO (checkout, flask)
                    "started at <_> with pid <_>"
                INFO (checkout, flask, in a trace) with order.id
                    "order <_> of user-<_> took <_> ms" × 3

                """)
    }

    @Test(arguments: SnapshotOptions.LogForm.allCases, SnapshotOptions.Durations.allCases)
    func theSameProgramTwiceIsTheSameText(logForm: SnapshotOptions.LogForm, durations: SnapshotOptions.Durations) {
        var options = SnapshotOptions()
        options.logForm = logForm
        options.durations = durations
        let texts = (2..<12).map { SnapshotText.make(SnapshotSample.orders(run: $0), options: options) }
        #expect(Set(texts).count == 1)
    }

    @Test func theOrderInWhichSpansCameDoesNotMatter() {
        var recording = SnapshotSample.orders(run: 6)
        let text = SnapshotText.make(recording)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            recording.spans.shuffle(using: &random)
            recording.logs.shuffle(using: &random)
            recording.series.shuffle(using: &random)
            #expect(SnapshotText.make(recording) == text)
        }
    }

    @Test func inOrderOfStartWhatWasFirstIsFirst() {
        var sample = SnapshotSample(run: 1)
        let trace = sample.traceID()
        let root = sample.span("root", trace: trace, start: 1)
        sample.span("b", trace: trace, parent: root, start: 2)
        sample.span("a", trace: trace, parent: root, start: 3)
        var options = SnapshotOptions()
        options.order = .start
        #expect(
            spans(sample.recording, options) == [
                "- root (internal, checkout, flask)", "  - b (internal, checkout, flask)",
                "  - a (internal, checkout, flask)",
            ])
        #expect(spans(sample.recording)[1] == "  - a (internal, checkout, flask)")
    }

    @Test func equalSiblingsAreOneWithACount() {
        var sample = SnapshotSample(run: 1)
        let trace = sample.traceID()
        let root = sample.span("root", trace: trace)
        for name in ["get", "put", "get", "get"] { sample.span(name, trace: trace, parent: root) }
        #expect(
            spans(sample.recording) == [
                "- root (internal, checkout, flask)", "  - get (internal, checkout, flask) × 3",
                "  - put (internal, checkout, flask)",
            ])
        var options = SnapshotOptions()
        options.hasCounts = false
        #expect(spans(sample.recording, options)[1] == "  - get (internal, checkout, flask)")
    }

    @Test func aSpanWithoutItsParentAndACycleAreShownAsSuch() {
        var sample = SnapshotSample(run: 1)
        let trace = sample.traceID()
        sample.span("orphan", trace: trace, parent: SpanID(value: 99))
        let first = sample.span("first", trace: trace, parent: SpanID(value: 1))
        let second = sample.span("second", trace: trace, parent: first)
        sample.recording.spans[1].parentSpanID = second
        let own = sample.span("own", trace: trace)
        sample.recording.spans[3].parentSpanID = own
        sample.span("below", trace: trace, parent: own)
        #expect(
            spans(sample.recording) == [
                "- below (internal, checkout, flask, parents in a cycle)",
                "- first (internal, checkout, flask, parents in a cycle)",
                "- orphan (internal, checkout, flask, parent missing)",
                "- own (internal, checkout, flask, parents in a cycle)",
                "- second (internal, checkout, flask, parents in a cycle)",
            ])
    }

    @Test func linksNameWhatTheyLeadTo() {
        var sample = SnapshotSample(run: 1)
        let trace = sample.traceID()
        let other = sample.traceID()
        let target = sample.span("produce", trace: other, kind: .producer)
        let nowhere = sample.traceID()
        sample.span("consume", trace: trace, kind: .consumer) {
            $0.links = [
                RecordedSpan.Link(traceID: nowhere, spanID: SpanID(value: 7), attributes: RecordedAttributes()),
                RecordedSpan.Link(
                    traceID: other, spanID: target,
                    attributes: RecordedAttributes([.init(key: "kind", value: .string("batch"))])),
            ]
        }
        let text = SnapshotText.make(sample.recording)
        #expect(
            text.contains(
                """
                - consume (consumer, checkout, flask)
                    link to produce in another trace
                      kind: "batch"
                    link to what is not here in another trace
                """))
    }

    /// Recursion would overflow the stack, and full indentation would be 10 GB.
    @Test func aDeepTraceIsWritten() {
        var sample = SnapshotSample(run: 1)
        let trace = sample.traceID()
        var parent = SpanID.zero
        for _ in 0..<100_000 { parent = sample.span("step", trace: trace, parent: parent) }
        let text = SnapshotText.make(sample.recording)
        #expect(text.contains("at depth 99999"))
        #expect(text.utf8.count < 30_000_000)
    }

    @Test func onlyTheTraceThatIsAskedForIsWritten() {
        let recording = SnapshotSample.orders(run: 6)
        var options = SnapshotOptions()
        options.trace = recording.spans[0].traceID
        let text = SnapshotText.make(recording, options: options)
        #expect(text.contains("\n1 trace, 3 spans, 1 log records\n"))
        #expect(!text.contains("metrics"))
    }

    @Test func whatTelemetryHoldsCannotMakeLines() {
        var sample = SnapshotSample(run: 1)
        let trace = sample.traceID()
        sample.span("a\n- b\u{1B}[31m", trace: trace, [("k\n", .string("v\n\u{0}\""))])
        let text = SnapshotText.make(sample.recording)
        #expect(text.contains("- a\\n- b\\u{1B}[31m ("))
        #expect(text.contains("    k\\n: \"v\\n\\u{0}\\\"\"\n"))
    }

    @Test func nothingIsShortAndSaysSo() {
        #expect(SnapshotText.make(Recording()) == "martlet snapshot 1\nnothing\n")
    }

    /// The lines of spans, without their attributes.
    private func spans(_ recording: Recording, _ options: SnapshotOptions = SnapshotOptions()) -> [String] {
        SnapshotText.make(recording, options: options).split(separator: "\n").map(String.init).filter {
            $0.drop { $0 == " " }.hasPrefix("- ")
        }
    }
}
