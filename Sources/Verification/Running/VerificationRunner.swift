import Recordings
package import TelemetryModel

/// Looks whether the telemetry of a source is as documents and suites expect.
///
/// Holds no state between runs. Time and waiting are passed in.
package struct VerificationRunner: Sendable {
    private let source: any TelemetrySource
    private let options: VerificationOptions
    private let clock: @Sendable () -> Timestamp
    private let sleep: @Sendable (Duration) async throws -> Void

    package init(
        source: any TelemetrySource, options: VerificationOptions,
        clock: @escaping @Sendable () -> Timestamp = { Timestamp.now() },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.source = source
        self.options = options
        self.clock = clock
        self.sleep = sleep
    }

    /// Runs documents in order, after the expectations of each its suites, then the suites of the options that no
    /// document named.
    ///
    /// - Returns: one report a document that expects something, one a suite.
    /// - Throws: when the source cannot be read; an expectation that is not met, or a query that is refused, is none.
    package func run(_ documents: [ExpectationDocument]) async throws -> [SuiteReport] {
        var reports: [SuiteReport] = []
        var named: Set<String> = []
        let now = UInt64(clamping: clock().nanoseconds)
        for document in documents {
            var window = options.window ?? document.window?.window(now: now) ?? options.windowDefault
            if document.suites.isEmpty, options.window == nil { window.signals = document.signals }
            if !document.expectations.isEmpty { reports.append(try await run(document, window)) }
            let services = document.service.map { [$0] } ?? []
            reports += try await run(suites: document.suites, window, services: services)
            named.formUnion(document.suites)
        }
        let suites = options.suites.filter { !named.contains($0) }
        return reports + (try await run(suites: suites, options.window ?? options.windowDefault, services: []))
    }

    // MARK: Expectations

    private func run(_ document: ExpectationDocument, _ window: RecordingWindow) async throws -> SuiteReport {
        let start = clock()
        var reports = [CheckReport?](repeating: nil, count: document.expectations.count)
        for (index, expectation) in document.expectations.enumerated() {
            guard let reason = expectation.skip else { continue }
            var report = CheckReport(name: expectation.name, outcome: .skipped, message: reason)
            report.location = expectation.location
            reports[index] = report
        }
        var pause = options.pauseFirst
        while reports.contains(where: { $0 == nil }) {
            // Noted before looking: what is looked at is at least as new, so the last look is at or after a deadline.
            let elapsed = Self.elapsed(from: start, to: clock())
            let examination = Examination(
                recording: try await load(window), window: window, source: source,
                now: UInt64(clamping: clock().nanoseconds))
            for (index, expectation) in document.expectations.enumerated() where reports[index] == nil {
                let finding = try await examine(expectation, examination)
                let deadline = deadline(expectation.timing)
                guard let decided = Self.decide(finding, expectation.timing, elapsed, deadline) else { continue }
                reports[index] = Self.report(decided, of: expectation, Self.elapsed(from: start, to: clock()))
            }
            let deadlines = zip(document.expectations, reports).compactMap { expectation, report in
                report == nil ? deadline(expectation.timing) : nil
            }
            guard let nearest = deadlines.min() else { break }
            let rest = nearest - Self.elapsed(from: start, to: clock())
            if rest > .zero { try await sleep(min(pause, rest)) }
            pause = min(options.pauseMax, pause * 3 / 2)
        }
        return SuiteReport(name: document.name, title: document.title, checks: reports.compactMap { $0 })
    }

    private func examine(_ expectation: Expectation, _ examination: Examination) async throws -> Finding {
        do {
            return try await expectation.body.examine(examination)
        } catch let error as VerificationError where error.code != .unreachable {
            return Finding(.broken, error.message)
        }
    }

    private func deadline(_ timing: Expectation.Timing) -> Duration {
        switch timing {
        case .now: .zero
        case .eventually(let duration), .never(let duration):
            options.isComplete ? .zero : min(duration, options.timeout ?? duration)
        }
    }

    /// What a look says of an expectation; nil while it has to be looked at again.
    private static func decide(
        _ finding: Finding, _ timing: Expectation.Timing, _ elapsed: Duration, _ deadline: Duration
    ) -> Finding? {
        var finding = finding
        switch timing {
        case .now: return finding
        case .eventually:
            if finding.outcome == .passed { return finding }
            guard elapsed >= deadline else { return nil }
            if deadline > .zero { finding.message += " (after \(DurationText.print(deadline)))" }
            return finding
        case .never:
            finding.expected = "never: \(finding.expected)"
            switch finding.outcome {
            case .passed:
                finding.outcome = .failed
                finding.message = "it was so after \(DurationText.print(elapsed)): \(finding.message)"
                return finding
            case .failed:
                guard elapsed >= deadline else { return nil }
                finding.outcome = .passed
                finding.message =
                    deadline > .zero
                    ? "at no time in \(DurationText.print(deadline)): \(finding.message)"
                    : "it is not so: \(finding.message)"
                finding.nearestMisses = []
                return finding
            case .vacuous, .broken, .skipped: return elapsed >= deadline ? finding : nil
            }
        }
    }

    private static func report(_ finding: Finding, of expectation: Expectation, _ duration: Duration) -> CheckReport {
        var report = CheckReport(name: expectation.name, outcome: finding.outcome, message: finding.message)
        report.expected = finding.expected
        report.actual = finding.actual
        report.evidence = finding.evidence
        report.nearestMisses = finding.nearestMisses
        report.examined = finding.examined
        report.duration = duration
        report.location = expectation.location
        return report
    }

    // MARK: Suites

    private func run(
        suites names: [String], _ window: RecordingWindow, services: [String]
    ) async throws -> [SuiteReport] {
        guard !names.isEmpty else { return [] }
        var window = window
        window.signals = Set(Signal.allCases)
        var suiteOptions = options.suiteOptions
        suiteOptions.window = window
        if suiteOptions.services.isEmpty { suiteOptions.services = services }
        suiteOptions.now = suiteOptions.now ?? clock()
        try await source.settle()
        let recording = try await source.recording(window, itemsMax: options.itemsMax)
        var reports: [SuiteReport] = []
        for name in names {
            guard let suite = BuiltInSuites.named(name) else {
                let known = BuiltInSuites.all.map { $0.name }.joined(separator: ", ")
                throw VerificationError(.invalidDocument, "there is no suite \(Quoted.code(name)), there are \(known)")
            }
            do throws(VerificationError) {
                reports.append(try await suite.init().run(source, recording, suiteOptions))
            } catch {
                if error.code == .unreachable { throw error }
                let broken = CheckReport(name: name, outcome: .broken, message: error.message)
                reports.append(SuiteReport(name: name, title: suite.title, checks: [broken]))
            }
        }
        return reports
    }

    // MARK: Telemetry

    private func load(_ window: RecordingWindow) async throws -> IndexedRecording {
        try await source.settle()
        let recording = try await source.recording(window, itemsMax: options.itemsMax)
        return IndexedRecording(recording, windowStart: window.start)
    }

    private static func elapsed(from start: Timestamp, to end: Timestamp) -> Duration {
        .nanoseconds(end.nanoseconds - start.nanoseconds)
    }
}
