package import Recordings
import TelemetryModel

/// Whether everything that was sent is there: in the ledger, the store and the files, in traces and over the signals.
package struct CompletenessSuite: BuiltInSuite {
    package static let name = "completeness"
    package static let title = "Nothing was lost, traces are whole, and every operation gives telemetry."

    package init() {}

    package func run(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> SuiteReport {
        let ledger = try await asking { try await source.ledger() }
        let stored = try await Self.stored(source, ledger, recording, options)
        let recording = recording.sent
        let index = SpanIndex(recording)
        return SuiteReport(
            Self.self,
            [
                Self.balance(ledger),
                Self.losses(ledger),
                stored,
                Self.files(recording, options),
                Self.arrivals(recording, options),
                Self.roots(recording),
                Self.parents(recording, index),
                Self.duplicates(recording),
                Self.operations(recording),
                Self.errors(recording),
            ])
    }

    // MARK: Ledger, store, files

    private static func balance(_ ledger: [LedgerFigures]?) -> CheckReport {
        let name = "the ledger adds up"
        guard let ledger else { return .skipped(name, "the source has no ledger") }
        var findings = Findings()
        for figures in ledger where figures.received > 0 {
            findings.examined += 1
            let rejected = figures.rejected.values.reduce(0, +)
            let dropped = figures.dropped.values.reduce(0, +)
            let line =
                "\(figures.signal): \(figures.received) received, \(figures.stored) stored, \(rejected) rejected"
                + "\(reasons(figures.rejected)), \(dropped) dropped\(reasons(figures.dropped))"
            if figures.received == figures.stored + rejected + dropped {
                findings.fact(line)
            } else {
                let missing = figures.received - figures.stored - rejected - dropped
                findings.problem("\(line): \(missing) are nowhere")
            }
        }
        return findings.report(
            name, expected: "received = stored + rejected + dropped", noun: "signals",
            nothing: "the server has received nothing")
    }

    private static func reasons(_ reasons: [String: Int]) -> String {
        let texts = reasons.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return texts.isEmpty ? "" : " (\(texts.joined(separator: ", ")))"
    }

    private static func losses(_ ledger: [LedgerFigures]?) -> CheckReport {
        let name = "nothing was rejected or dropped"
        guard let ledger else { return .skipped(name, "the source has no ledger") }
        var findings = Findings()
        for figures in ledger {
            findings.examined += figures.received
            for (verb, reasons) in [("rejected", figures.rejected), ("dropped", figures.dropped)] {
                for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) where count > 0 {
                    findings.problem("\(count) \(figures.signal.itemNoun) \(verb): \(reason)")
                }
            }
            for (repair, count) in figures.repaired.sorted(by: { $0.key < $1.key }) where count > 0 {
                findings.fact("\(count) \(figures.signal.itemNoun) mended: \(repair)")
            }
        }
        return findings.report(
            name, expected: "0 rejected, 0 dropped", noun: "items", nothing: "the server has received nothing")
    }

    private static func items(_ recording: Recording) -> [Signal: Int] {
        [
            .traces: recording.spans.count,
            .metrics: recording.series.reduce(0) { $0 + $1.points.count },
            .logs: recording.logs.count,
        ]
    }

    /// How often the store is read again, and the most that is read then.
    private static let readsMax = 3
    private static let itemsMax = 1_000_000

    /// The server goes on making metrics of spans while it is asked, so a difference counts only when the ledger was the
    /// same before and after the store was read.
    private static func stored(
        _ source: any TelemetrySource, _ ledger: [LedgerFigures]?, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> CheckReport {
        let name = "the store holds what the ledger says"
        guard let ledger else { return .skipped(name, "the source has no ledger") }
        guard options.isWholeLife, options.window.services.isEmpty else {
            return .skipped(name, "only a part of what the server was sent is looked at")
        }
        var report = compare(ledger, items(recording), options, name)
        var before = ledger
        for _ in 0..<readsMax where report.outcome == .failed {
            try await asking { try await source.settle() }
            let read = try await asking { try await source.recording(options.window, itemsMax: itemsMax) }
            guard let after = try await asking({ try await source.ledger() }) else { break }
            report = compare(after, items(read), options, name)
            if after == before { break }
            before = after
        }
        return report
    }

    private static func compare(
        _ ledger: [LedgerFigures], _ items: [Signal: Int], _ options: SuiteOptions, _ name: String
    ) -> CheckReport {
        var findings = Findings()
        for figures in ledger where options.window.signals.contains(figures.signal) && figures.received > 0 {
            findings.examined += 1
            let count = items[figures.signal] ?? 0
            let line = "\(count) \(figures.signal.itemNoun) read, \(figures.stored) stored"
            if count == figures.stored { findings.fact(line) } else { findings.problem(line) }
        }
        return findings.report(
            name, expected: "as many items as were stored", noun: "signals", nothing: "the server has received nothing")
    }

    private static func files(_ recording: Recording, _ options: SuiteOptions) -> CheckReport {
        let name = "the files hold what the store holds"
        guard let directory = options.filesDirectory else { return .skipped(name, "no directory of files is known") }
        guard options.isWholeLife, options.window.services.isEmpty else {
            return .skipped(name, "only a part of what the server was sent is looked at")
        }
        let counts: [Signal: Int]
        do {
            counts = try MirrorFiles.items(directory)
        } catch {
            var report = CheckReport(name: name, outcome: .broken, message: "\(error)")
            report.expected = "files that can be read"
            return report
        }
        let items = items(recording)
        var findings = Findings()
        for signal in Signal.allCases where options.window.signals.contains(signal) {
            let inStore = items[signal] ?? 0
            let inFiles = counts[signal] ?? 0
            guard inStore > 0 || inFiles > 0 else { continue }
            findings.examined += 1
            let line = "\(inFiles) \(signal.itemNoun) in files, \(inStore) in the store"
            if inStore == inFiles { findings.fact(line) } else { findings.problem(line) }
        }
        return findings.report(
            name, expected: "as many items in both", noun: "signals", nothing: "neither store nor files hold anything")
    }

    private static func arrivals(_ recording: Recording, _ options: SuiteOptions) -> CheckReport {
        let name = "every expected service sent traces, metrics and logs"
        guard !options.services.isEmpty else { return .skipped(name, "no services were named") }
        var findings = Findings()
        func services(_ resources: some Sequence<Int>) -> Set<String> { Set(resources.map { recording.service($0) }) }
        let senders: [Signal: Set<String>] = [
            .traces: services(recording.spans.lazy.map(\.resource)),
            .metrics: services(recording.series.lazy.map(\.resource)),
            .logs: services(recording.logs.lazy.map(\.resource)),
        ]
        for service in options.services {
            for signal in Signal.allCases where options.window.signals.contains(signal) {
                findings.examined += 1
                if !(senders[signal]?.contains(service) ?? false) { findings.problem("\(service): no \(signal)") }
            }
        }
        return findings.report(
            name, expected: "all signals of \(options.services.joined(separator: ", "))", noun: "signals of services",
            nothing: "no services were named")
    }

    // MARK: Traces

    private static func roots(_ recording: Recording) -> CheckReport {
        var roots: [TraceID: Int] = [:]
        for span in recording.spans { roots[span.traceID, default: 0] += span.parentSpanID.isZero ? 1 : 0 }
        var findings = Findings()
        findings.examined = roots.count
        for (trace, count) in roots.filter({ $0.value != 1 }).sorted(by: { $0.key.hex < $1.key.hex }) {
            findings.problem("trace \(trace.hex): \(count == 0 ? "no root" : "\(count) roots")")
        }
        return findings.report(
            "every trace has one root", expected: "one span without a parent", noun: "traces", nothing: "no span came",
            isOptional: recording.items > 0)
    }

    private static func parents(_ recording: Recording, _ index: SpanIndex) -> CheckReport {
        Findings.missingParents(recording, index).report(
            "no parent is missing", expected: "every parent among the spans of its trace", noun: "spans with a parent",
            nothing: "no span has a parent", isOptional: recording.items > 0)
    }

    private static func duplicates(_ recording: Recording) -> CheckReport {
        var seen: Set<SpanIndex.Key> = []
        var findings = Findings()
        for span in recording.spans {
            findings.examined += 1
            if !seen.insert(SpanIndex.Key(trace: span.traceID, span: span.spanID)).inserted {
                findings.problem("\(recording.describe(span)): came twice")
            }
        }
        return findings.report(
            "no span came twice", expected: "each span id once in its trace", noun: "spans", nothing: "no span came",
            isOptional: recording.items > 0)
    }
}
