import Recordings
import TelemetryModel
import Testing
import Verification

struct VerificationRunnerTests {
    private static func recording(_ names: [String]) -> Recording {
        var sample = SampleRecording()
        for name in names { sample.span(name) }
        return sample.recording
    }

    private static let empty = recording([])
    private static let some = recording(["a"])
    private static let both = recording(["a", "b"])

    private func document(_ expectations: String...) -> String {
        "version: 1\nexpectations:\n" + expectations.map { "  - {\($0)}\n" }.joined()
    }

    @Test func whatIsThereAtOnceNeedsOneLook() async throws {
        let clock = SleptClock()
        let source = RecordedSource([Self.both])
        let reports = try await checks(document("spans: a, eventually: 10s", "spans: b"), source, clock: clock)
        #expect(reports.map(\.outcome) == [.passed, .passed])
        #expect(source.looks == 1)
        #expect(clock.slept.isEmpty)
    }

    @Test func eventuallyLooksAgainUntilItIsSo() async throws {
        let clock = SleptClock()
        let source = RecordedSource([Self.empty, Self.some, Self.both])
        let reports = try await checks(document("spans: b, eventually: 10s"), source, clock: clock)
        #expect(reports.map(\.outcome) == [.passed])
        #expect(source.looks == 3)
        #expect(clock.slept == [.milliseconds(100), .milliseconds(150)])
    }

    @Test func eventuallyFailsAfterALookAtTheDeadline() async throws {
        let clock = SleptClock()
        let source = RecordedSource([Self.some])
        let reports = try await checks(document("spans: b, eventually: 1s"), source, clock: clock)
        #expect(reports.map(\.outcome) == [.failed])
        #expect(reports[0].message.hasSuffix("(after 1s)"))
        #expect(clock.slept.reduce(.zero, +) == .seconds(1))
        #expect(reports[0].duration == .seconds(1))
    }

    @Test func pausesGrowUpToTheirBound() async throws {
        let clock = SleptClock()
        _ = try await checks(document("spans: b, eventually: 60s"), RecordedSource([Self.some]), clock: clock)
        #expect(clock.slept.max() == .seconds(2))
        #expect(clock.slept.count < 50)
    }

    @Test func neverWatchesTheWholeTime() async throws {
        let clock = SleptClock()
        let reports = try await checks(document("spans: b, never: 3s"), RecordedSource([Self.some]), clock: clock)
        #expect(reports.map(\.outcome) == [.passed])
        #expect(clock.slept.reduce(.zero, +) == .seconds(3))
    }

    @Test func neverFailsAsSoonAsItIsSo() async throws {
        let source = RecordedSource([Self.some, Self.both])
        let reports = try await checks(document("spans: b, never: 3s"), source)
        #expect(reports.map(\.outcome) == [.failed])
        #expect(reports[0].message.hasPrefix("it was so after 100ms: found 1 span"))
        #expect(!reports[0].evidence.isEmpty)
        #expect(source.looks == 2)
    }

    @Test func neverOverNothingIsVacuous() async throws {
        let reports = try await checks(document("spans: b, never: 1s"), RecordedSource([Self.empty]))
        #expect(reports.map(\.outcome) == [.vacuous])
    }

    @Test func whereNothingMoreComesEverythingIsDecidedAtOnce() async throws {
        let clock = SleptClock()
        var options = VerificationOptions()
        options.isComplete = true
        let reports = try await checks(
            document("spans: b, never: 3s", "spans: b, eventually: 1h"), RecordedSource([Self.some]), clock: clock,
            options: options)
        #expect(reports.map(\.outcome) == [.passed, .failed])
        #expect(clock.slept.isEmpty)
    }

    @Test func theTimeoutBoundsDeadlines() async throws {
        let clock = SleptClock()
        var options = VerificationOptions()
        options.timeout = .seconds(2)
        let reports = try await checks(
            document("spans: b, eventually: 1h"), RecordedSource([Self.some]), clock: clock, options: options)
        #expect(reports.map(\.outcome) == [.failed])
        #expect(clock.slept.reduce(.zero, +) == .seconds(2))
    }

    @Test func whatIsSkippedIsNotLookedAtAndSaysWhy() async throws {
        let source = RecordedSource([Self.some])
        let reports = try await checks(document("spans: b, skip: not yet"), source)
        #expect(reports.map(\.outcome) == [.skipped])
        #expect(reports[0].message == "not yet")
        #expect(source.looks == 0)
    }

    @Test func aReportHasThePlaceOfItsExpectation() async throws {
        let reports = try await checks(document("spans: a", "name: second, spans: b"), RecordedSource([Self.some]))
        #expect(reports.compactMap { $0.location?.description } == ["test.yaml:3:5", "test.yaml:4:5"])
        #expect(reports.map(\.name) == [#"spans with name "a""#, "second"])
    }

    @Test func suitesRunAfterTheExpectationsWithTheServiceOfTheDocument() async throws {
        let text = "version: 1\nservice: shop\nsuites: [service-identification]\nexpectations: [{spans: a}]"
        let document = try ExpectationDocument(text, file: "f.yaml")
        var options = VerificationOptions()
        options.suites = ["service-identification", "correlation"]
        options.isComplete = true
        let reports = try await VerificationRunner(source: RecordedSource([Self.some]), options: options).run([document]
        )
        #expect(reports.map(\.name) == ["f.yaml", "service-identification", "correlation"])
    }

    @Test func aSourceWithTooMuchIsAnError() async throws {
        var options = VerificationOptions()
        options.itemsMax = 1
        await #expect(throws: VerificationError.self) {
            try await checks(document("spans: a"), RecordedSource([Self.both]), options: options)
        }
    }

    @Test func aSinceCountsBackFromNow() {
        let window = DocumentWindow(since: .seconds(5)).window(now: 7_000_000_000)
        #expect(window.start == 2_000_000_000)
        #expect(window.end == nil)
        #expect(DocumentWindow(since: .seconds(5)).window(now: 1).start == 0)
    }
}
