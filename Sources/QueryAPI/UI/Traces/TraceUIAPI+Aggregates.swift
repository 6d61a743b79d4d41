import Codecs
import QueryEngines
import TelemetryModel
import TraceAnalysis
import TraceQL

extension TraceUIAPI {
    /// `GET /api/ui/trace/{id}/flame?nodes=&spans=`: spans of one trace that were reached by the same path are one node.
    func flame(_ id: TraceID, _ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let nodes = try parameters.count("nodes", default: TraceUILimits.nodesDefault, max: TraceUILimits.nodesMax)
        let tree = try await tree(id, parameters)
        return try await work.run(tree.count) {
            var graph = FlameGraph()
            graph.add(tree)
            return .json { writer in
                writer.member("traceId", id.hex)
                writer.member("traces", 1)
                writer.member("spans", tree.count)
                let isComplete = FlameAnswer(graph: graph, nodesMax: nodes).write(into: &writer)
                writer.member("complete", isComplete)
            }
        }
    }

    /// `GET /api/ui/trace/{id}/statistics?top=&spans=`: counts and durations by operation.
    func statistics(_ id: TraceID, _ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let top = try parameters.count("top", default: TraceUILimits.operationsDefault, max: TraceUILimits.topMax)
        let tree = try await tree(id, parameters)
        return try await work.run(tree.count) {
            var statistics = OperationStatistics()
            statistics.add(tree)
            return .json { writer in
                writer.member("traceId", id.hex)
                writer.member("spans", tree.count)
                let isComplete = OperationsAnswer(statistics: statistics, top: top).write(into: &writer)
                writer.member("complete", isComplete)
            }
        }
    }

    /// `GET /api/ui/trace/{id}/statements?top=&min=`: the statements of one trace, and those that it repeats.
    func statements(_ id: TraceID, _ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let top = try parameters.count("top", default: TraceUILimits.statementsDefault, max: TraceUILimits.topMax)
        let countMin = try parameters.repetitionsMin()
        let query = Query(
            body: .search(
                Pipeline([
                    .spansets(
                        .filter(
                            .comparison(
                                .attribute(Attribute(.intrinsic(.traceID))), .equal, .literal(.string(id.hex)))))
                ])))
        let start = StatementSummary(repetitionsMax: top, countMin: countMin, wantsStatistics: true)
        let (summary, visit) = try await visitTraces(answering: query, .all, limit: 1, start) { $0.add($1, $2) }
        guard visit.traces > 0 else { throw TraceUIFailure.noTrace(id) }
        return try await work.run(visit.spans) {
            .json { writer in
                writer.member("traceId", id.hex)
                writer.member("spans", visit.spans)
                var isComplete = StatementsAnswer(statistics: summary.statistics, top: top).write(into: &writer)
                isComplete = summary.repetitions.write(into: &writer) && isComplete
                writer.member("complete", isComplete)
            }
        }
    }
}

extension TraceUIParameters {
    /// `min`: fewer executions of a statement are no repetition.
    func repetitionsMin() throws(TraceUIFailure) -> Int {
        let count = try count("min", default: RepeatedStatements.countMinDefault, max: 1_000_000)
        guard count >= 2 else { throw .parameter("min", "has to be at least 2") }
        return count
    }
}

/// The statements of traces, taken together, and what single traces repeat.
struct StatementSummary: Sendable {
    private(set) var statistics = StatementStatistics(statementsMax: TraceUILimits.statementsKept)
    private(set) var repetitions: RepetitionList
    private var fingerprints = StatementFingerprintCache()
    /// Nil: repetitions are not looked for.
    private let countMin: Int?
    private let wantsStatistics: Bool

    init(repetitionsMax: Int = 0, countMin: Int?, wantsStatistics: Bool) {
        repetitions = RepetitionList(max: repetitionsMax)
        self.countMin = countMin
        self.wantsStatistics = wantsStatistics
    }

    mutating func add(_ trace: AnalysedTrace, _ tree: TraceTree) {
        var executions: [(row: Int, fingerprint: UInt64)] = []
        var texts: [UInt64: String] = [:]
        let skeleton = tree.skeleton
        for statement in trace.statements where skeleton.starts.indices.contains(statement.row) {
            let fingerprint = fingerprints.fingerprint(
                statement.text, dialect: StatementAttribute.dialect(key: statement.key, system: statement.system))
            if countMin != nil {
                executions.append((statement.row, fingerprint.hash))
                texts[fingerprint.hash] = fingerprint.text
            }
            guard wantsStatistics else { continue }
            statistics.add(
                fingerprint, statement: statement.text, service: skeleton.serviceName(of: statement.row),
                duration: skeleton.durations[statement.row], isError: tree.flags[statement.row].contains(.error),
                system: statement.system, trace: trace.id, span: skeleton.spanIDs[statement.row])
        }
        guard let countMin, executions.count >= countMin else { return }
        let repeated = RepeatedStatements(tree, statements: executions, countMin: countMin)
        repetitions.add(
            repeated.findings.map { finding in
                StatementRepetition(
                    trace: trace.id, finding: finding, parentSpan: skeleton.spanIDs[finding.parent],
                    service: skeleton.serviceName(of: finding.parent), name: skeleton.operationName(of: finding.parent),
                    text: texts[finding.fingerprint] ?? "")
            }, omitted: repeated.omitted)
    }
}
