package import Recordings
import TelemetryModel

/// The measured figures of the report's table, with what is acceptable.
package enum Figures {
    /// - Returns: Always the same figures in the same order; "not measured" and why where the source cannot say.
    package static func measure(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions = SuiteOptions()
    ) async -> [FigureReport] {
        [
            await delay(
                "Trace export latency", acceptable: "0–50 ms", limitMilliseconds: 50, source, options,
                sql: delaySQL(
                    "telemetry.spans", time: "start_time + toIntervalNanosecond(duration)", start: "start_time", options
                )),
            collectionInterval(recording),
            await delay(
                "Log processing delay", acceptable: "0–5 s", limitMilliseconds: 5000, source, options,
                sql: delaySQL("telemetry.logs", time: "time", start: "time", options)),
            overhead(options),
        ]
    }

    // MARK: Delays

    /// Milliseconds from the end of the item to its arrival:
    ///
    ///     SELECT count(), quantile(0.5)(d), quantile(0.95)(d), max(d)
    ///     FROM (SELECT (toUnixTimestamp64Nano(received_time) - toUnixTimestamp64Nano(<end>)) / 1e6 AS d FROM <table>
    ///           WHERE <start> >= … AND <start> < …)
    private static func delaySQL(_ table: String, time: String, start: String, _ options: SuiteOptions) -> String {
        var conditions: [String] = []
        if let from = options.window.start {
            conditions.append("\(start) >= fromUnixTimestamp64Nano(\(Int64(clamping: from)))")
        }
        if let to = options.window.end {
            conditions.append("\(start) < fromUnixTimestamp64Nano(\(Int64(clamping: to)))")
        }
        let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        return """
            SELECT count(), quantile(0.5)(d), quantile(0.95)(d), max(d) FROM (SELECT \
            (toUnixTimestamp64Nano(received_time) - toUnixTimestamp64Nano(\(time))) / 1000000 AS d FROM \(table)\(filter))
            """
    }

    /// Acceptable when the median is: the batch interval of an SDK is part of the tail.
    private static func delay(
        _ name: String, acceptable: String, limitMilliseconds: Double, _ source: any TelemetrySource,
        _ options: SuiteOptions, sql: String
    ) async -> FigureReport {
        func not(_ why: String) -> FigureReport {
            FigureReport(name: name, value: "not measured: \(why)", acceptable: acceptable, isAcceptable: nil)
        }
        let answer: RawAnswer?
        do {
            answer = try await source.answer(RawQuery(.sql, sql, window: options.window))
        } catch {
            return not("\(error)")
        }
        guard let answer else { return not("files have no times of arrival") }
        if let error = answer.error { return not(error) }
        let values = (answer.rows.first ?? []).map { Double($0) ?? .nan }
        guard values.count == 4, let count = values.first, count > 0, values.allSatisfy(\.isFinite) else {
            return not("nothing came")
        }
        // A clock that runs ahead at the sender gives times of arrival before the end.
        let skew = values[1] < 0 ? ", the sender's clock runs ahead" : ""
        return FigureReport(
            name: name,
            value:
                "p50 \(milliseconds(values[1])), p95 \(milliseconds(values[2])), max \(milliseconds(values[3]))\(skew)",
            acceptable: acceptable, isAcceptable: values[1] >= 0 && values[1] <= limitMilliseconds)
    }

    private static func milliseconds(_ value: Double) -> String {
        guard abs(value) < 1e12 else { return "\(value) ms" }
        if abs(value) >= 1000 { return "\((value / 10).rounded() / 100) s" }
        return value >= 10 ? "\(Int(value.rounded())) ms" : "\((value * 100).rounded() / 100) ms"
    }

    // MARK: Metrics

    /// An only gap that is shorter is none of an interval.
    private static let intervalMin: UInt64 = 1_000_000_000

    /// The median of the time from a point to the next of its series; without the last, where that is the shortest: an
    /// SDK sends once more when its process ends.
    private static func collectionInterval(_ recording: Recording) -> FigureReport {
        let name = "Metric collection interval"
        var gaps: [UInt64] = []
        for series in recording.series {
            var own: [UInt64] = []
            for index in series.points.indices.dropFirst() {
                let before = series.points[index - 1].time
                if series.points[index].time > before { own.append(series.points[index].time - before) }
            }
            if let last = own.last, last < own.dropLast().min() ?? intervalMin { own.removeLast() }
            gaps += own
        }
        guard !gaps.isEmpty else {
            return FigureReport(
                name: name, value: "not measured: no series has two points before its end", acceptable: "5–30 s",
                isAcceptable: nil)
        }
        gaps.sort()
        let median = Double(gaps[gaps.count / 2]) / 1e9
        return FigureReport(
            name: name, value: milliseconds(median * 1000), acceptable: "5–30 s",
            isAcceptable: median >= 5 && median <= 30)
    }

    // MARK: Overhead

    /// Nanoseconds: of less, one run differs from the next by more than telemetry costs.
    private static let overheadBaseMin = 50e6

    /// CPU time that the same command takes more with telemetry, in per cent of what it takes without.
    static func overhead(_ options: SuiteOptions) -> FigureReport {
        let name = "Telemetry overhead"
        guard let with = options.command, let without = options.commandWithoutTelemetry else {
            let why =
                options.command == nil
                ? "no command was run" : "--measure-overhead runs the command a second time without telemetry"
            return FigureReport(
                name: name, value: "not measured: \(why)", acceptable: "0–5 % CPU", isAcceptable: nil)
        }
        let base = Double(without.cpu.clampedNanoseconds)
        guard base >= overheadBaseMin else {
            return FigureReport(
                name: name, value: "not measured: the command takes too little CPU time to compare",
                acceptable: "0–5 % CPU", isAcceptable: nil)
        }
        let share = (Double(with.cpu.clampedNanoseconds) - base) / base * 100
        return FigureReport(
            name: name, value: "\((share * 10).rounded() / 10) % CPU", acceptable: "0–5 % CPU", isAcceptable: share <= 5
        )
    }
}
