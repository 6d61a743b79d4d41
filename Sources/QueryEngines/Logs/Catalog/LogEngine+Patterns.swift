import ClickHouse
import LogPatterns
import LogQL
import LogQLEvaluation
import PrometheusModel
import SQLSyntax
import TelemetryModel
import TelemetryStore

extension LogEngine {
    /// Templates are made of the newest lines, of as many as there may be.
    package func patterns(_ request: LogPatternsRequest) async throws -> LogPatternsResult {
        try await answering {
            let snapshot = try await streams.snapshot()
            let selection = request.selection.normalized
            let condition = condition(of: selection, request.range, snapshot)
            var collector = try EntryCollector(
                selection.stages, limit: limits.patternLinesMax, now: Timestamp.now().nanoseconds)
            var limitsOfPatterns = PatternLimits()
            limitsOfPatterns.patterns = max(1, request.limit)
            var miner = PatternMiner(step: request.step, limits: limitsOfPatterns)
            let needs = RecordNeeds(
                lines: true, metadata: selection.stages.isEmpty ? .names(["detected_level"]) : .all)
            try await read(
                condition, needs, snapshot, shown: ShownLabels(selection),
                order: [.init(.column("time"), descending: true)],
                limit: condition.isExact ? limits.patternLinesMax : nil
            ) { records in
                try collector.add(records)
                for entry in collector.take().entries {
                    let level = entry.metadata.first { $0.name == "detected_level" }.map { LogLevel(name: $0.value) }
                    miner.add(line: entry.line, level: (level ?? .unknown).rawValue, time: entry.time)
                }
                return miner.lines < limits.patternLinesMax
            }
            let total =
                miner.lines < limits.patternLinesMax
                ? miner.lines : try await count(condition, atLeast: miner.lines)
            return LogPatternsResult(
                patterns: miner.patterns().map { mined in
                    LogPatternsResult.Pattern(
                        pattern: mined.pattern, level: (LogLevel(rawValue: mined.level) ?? .unknown).name,
                        count: mined.count,
                        samples: mined.samples.map { ($0.time / 1_000_000_000, $0.count) }, example: mined.example)
                }, lines: miner.lines, linesTotal: total)
        }
    }

    /// Records for which a condition holds; of one that is not exact some may not count.
    private func count(_ condition: RowCondition, atLeast: Int) async throws -> Int {
        let select = Select(
            [.init(.call("count"))], from: TelemetrySchema.logs.name, where: condition.isAlways ? nil : condition.sql)
        let rows = try await rows(select)
        return max(atLeast, Int(clamping: rows.first?.first?.unsignedInteger ?? 0))
    }
}
