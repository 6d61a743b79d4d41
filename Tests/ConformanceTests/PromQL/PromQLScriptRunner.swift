import PrometheusModel
import PromQLEvaluation

/// Runs a script against the engine.
struct PromQLScriptRunner {
    struct Failure: CustomStringConvertible {
        let place: String
        let query: String
        let difference: String

        var description: String { "\(place) \(query)\n    \(difference)" }
    }

    struct Outcome {
        var evals = 0
        var skipped = 0
        var failures: [Failure] = []
    }

    let name: String
    let script: PromQLScript
    /// Compare values only, not annotations and the texts of errors: those are of one version.
    var comparesOnlyValues = false
    /// Original lines of queries that Prometheus 3.5 answers otherwise than the script says.
    var skippedLines: Set<Int> = []

    func run() async throws -> Outcome {
        var outcome = Outcome()
        var loaded = LoadedSeries()
        var lacksData = false
        for command in script.commands {
            switch command {
            case .clear:
                loaded = LoadedSeries()
                lacksData = false
            case .load(let load): try loaded.load(load)
            case .unreadable(let isLoad): if isLoad { lacksData = true } else { outcome.skipped += 1 }
            case .eval(let eval):
                if lacksData || skippedLines.contains(eval.originalLine) {
                    outcome.skipped += 1
                    continue
                }
                outcome.evals += 1
                let engine = PromQLEngine(source: loaded, options: Self.options)
                if let difference = await difference(of: eval, with: engine) {
                    let original = eval.originalLine > 0 ? " (L\(eval.originalLine))" : ""
                    outcome.failures.append(
                        Failure(
                            place: "\(name):\(eval.line)\(original)", query: eval.query, difference: difference))
                }
            }
        }
        return outcome
    }

    /// As the reference's runner sets its engine.
    private static var options: EvaluationOptions { EvaluationOptions() }

    private func difference(of eval: PromQLScript.Eval, with engine: PromQLEngine) async -> String? {
        switch eval.times {
        case .range(let start, let end, let step):
            let result: QueryResult
            do {
                result = try await engine.range(eval.query, start: start, end: end, step: step)
            } catch {
                return failure(error, eval)
            }
            if eval.mustFail { return "expected an error, got none" }
            return annotations(result, eval) ?? comparison(eval).difference(from: result.value)
        case .instant(let time):
            if let difference = await instantDifference(of: eval, eval.query, at: time, with: engine) {
                return difference
            }
            // The time of a range vector's samples is that of the evaluation, so it is compared once.
            if eval.mustFail || eval.rangeVector != nil || comparesOnlyValues { return nil }
            guard let (query, times) = StepInvariantQueries.pinned(eval.query, to: time) else { return nil }
            for time in times {
                if let difference = await instantDifference(of: eval, query, at: time, with: engine) {
                    return "as \(query) at \(time): \(difference)"
                }
            }
            return nil
        }
    }

    private func comparison(_ eval: PromQLScript.Eval) -> ResultComparison {
        ResultComparison(eval: eval, comparesCounterResets: !comparesOnlyValues)
    }

    private func instantDifference(
        of eval: PromQLScript.Eval, _ query: String, at time: Int64, with engine: PromQLEngine
    ) async -> String? {
        let comparison = self.comparison(eval)
        let result: QueryResult
        do {
            result = try await engine.instant(query, at: time)
        } catch {
            return failure(error, eval)
        }
        if eval.mustFail { return "expected an error, got none" }
        if let difference = annotations(result, eval) ?? comparison.difference(from: result.value) { return difference }
        // An order is of instant queries only, strings and range vectors have no range query, and range() differs.
        if eval.isOrdered || eval.rangeVector != nil || eval.string != nil || query.contains("range()") { return nil }
        let minute: Int64 = 60_000
        let ranged: QueryResult
        do {
            ranged = try await engine.range(query, start: time - minute, end: time + minute, step: minute)
        } catch {
            return "as a range query: \(error)"
        }
        guard case .matrix(let set) = ranged.value else { return "as a range query: no matrix" }
        if let unsorted = ResultComparison.unsortedPlace(set) { return "as a range query: series \(unsorted) unsorted" }
        let samples = Self.samples(of: set, at: time)
        if case .scalar = result.value {
            guard let first = samples.first else { return "as a range query: nothing at \(time)" }
            return comparison.difference(from: .scalar(time: time, value: first.value)).map {
                "as a range query: \($0)"
            }
        }
        return comparison.difference(from: samples).map { "as a range query: \($0)" }
    }

    private static func samples(of set: SeriesSet, at time: Int64) -> [VectorSample] {
        (0..<set.seriesCount).compactMap { series in
            let range = set.bounds[series]..<set.bounds[series + 1]
            return range.first { set.times[$0] == time }.map { place in
                VectorSample(
                    labels: set.labels[series], time: time, value: set.values[place],
                    histogram: set.histograms.isEmpty ? nil : set.histograms[place])
            }
        }
    }

    private func failure(_ error: QueryError, _ eval: PromQLScript.Eval) -> String? {
        guard eval.mustFail else { return "failed: \(error.message)" }
        if comparesOnlyValues { return nil }
        for expected in eval.failures where !expected.accepts(error.message) {
            return "expected the error \(expected.text), got \(error.message)"
        }
        return nil
    }

    private func annotations(_ result: QueryResult, _ eval: PromQLScript.Eval) -> String? {
        if comparesOnlyValues { return nil }
        return annotations(
            "warning", result.warnings, wanted: eval.mustWarn, unwanted: eval.mustNotWarn, eval.warnings)
            ?? annotations(
                "info", result.infos, wanted: eval.mustInform, unwanted: eval.mustNotInform, eval.infos)
    }

    private func annotations(
        _ kind: String, _ found: [String], wanted: Bool, unwanted: Bool, _ expected: [PromQLScript.Message]
    ) -> String? {
        if wanted, found.isEmpty { return "expected an annotation (\(kind)), got none" }
        if unwanted, !found.isEmpty { return "expected no annotation (\(kind)), got \(found)" }
        // The scripts of 3.5 compare annotations before their position is attached, newer ones after.
        func isExpected(_ text: String, by message: PromQLScript.Message) -> Bool {
            message.accepts(text) || message.accepts(Self.withoutPosition(text))
        }
        for message in expected where !found.contains(where: { isExpected($0, by: message) }) {
            return "expected the \(kind) \(message.text), got \(found)"
        }
        guard !expected.isEmpty else { return nil }
        return found.first { text in !expected.contains { isExpected(text, by: $0) } }.map {
            "unexpected \(kind) \($0)"
        }
    }

    /// Without ` (1:15)` at the end.
    static func withoutPosition(_ text: String) -> String {
        guard text.hasSuffix(")"), let open = text.lastIndex(of: "(") else { return text }
        let inside = text[text.index(after: open)...].dropLast()
        guard inside.contains(":"), inside.allSatisfy({ $0.isNumber || $0 == ":" }) else { return text }
        return String(text[..<open].dropLast())
    }
}
