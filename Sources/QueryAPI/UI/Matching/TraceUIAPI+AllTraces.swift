import QueryEngines
import TraceAnalysis

extension TraceUIAPI {
    /// `GET /api/ui/traces/flame?nodes=`
    func flame(_ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let nodes = try parameters.count("nodes", default: TraceUILimits.nodesDefault, max: TraceUILimits.nodesMax)
        return try await answer(parameters, FlameGraph()) { graph, _, tree in
            graph.add(tree)
        } write: { graph, _, _, writer in
            FlameAnswer(graph: graph, nodesMax: nodes).write(into: &writer)
        }
    }

    /// `GET /api/ui/traces/critical-path?top=`
    func criticalPaths(_ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let top = try parameters.count("top", default: TraceUILimits.operationsDefault, max: TraceUILimits.topMax)
        return try await answer(parameters, AggregatedCriticalPath()) { path, _, tree in
            path.add(tree)
        } write: { path, _, _, writer in
            writer.member("total", path.total)
            return CriticalPathAnswer(path: path, top: top).write("operations", into: &writer)
        }
    }

    /// `GET /api/ui/traces/operations?top=&only=matched`: of all spans of the traces, or of those that match alone.
    func operations(_ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let top = try parameters.count("top", default: TraceUILimits.operationsDefault, max: TraceUILimits.topMax)
        let onlyMatched: Bool
        switch parameters["only"] {
        case nil: onlyMatched = false
        case "matched": onlyMatched = true
        default: throw TraceUIFailure.parameter("only", "is \"matched\" or absent")
        }
        return try await answer(parameters, OperationSummary()) { summary, trace, tree in
            summary.statistics.add(tree, rows: onlyMatched ? trace.matched : nil)
            summary.earliest = min(summary.earliest, tree.start)
        } write: { summary, selection, visit, writer in
            // When there are more traces than were read, it is the newest that were: they say how many there are since
            // the earliest of them, not since the start.
            let start =
                visit.isComplete ? selection.range.lowerBound : max(selection.range.lowerBound, summary.earliest)
            let seconds = Double(max(0, selection.range.upperBound - start)) / 1e9
            writer.member("seconds", seconds)
            return OperationsAnswer(statistics: summary.statistics, top: top, seconds: seconds).write(into: &writer)
        }
    }

    /// `GET /api/ui/traces/statements?top=`
    func statements(_ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let top = try parameters.count("top", default: TraceUILimits.statementsDefault, max: TraceUILimits.topMax)
        let start = StatementSummary(countMin: nil, wantsStatistics: true)
        return try await answer(parameters, start) { summary, trace, tree in
            summary.add(trace, tree)
        } write: { summary, _, _, writer in
            StatementsAnswer(statistics: summary.statistics, top: top).write(into: &writer)
        }
    }

    /// `GET /api/ui/traces/repeated-statements?top=&min=`
    func repeatedStatements(_ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let top = try parameters.count("top", default: TraceUILimits.statementsDefault, max: TraceUILimits.topMax)
        let countMin = try parameters.repetitionsMin()
        let start = StatementSummary(repetitionsMax: top, countMin: countMin, wantsStatistics: false)
        return try await answer(parameters, start) { summary, trace, tree in
            summary.add(trace, tree)
        } write: { summary, _, _, writer in
            summary.repetitions.write(into: &writer)
        }
    }
}

/// Operations of traces, and since when.
private struct OperationSummary: Sendable {
    var statistics = OperationStatistics()
    /// Nanoseconds since the Unix epoch.
    var earliest = Int64.max
}
