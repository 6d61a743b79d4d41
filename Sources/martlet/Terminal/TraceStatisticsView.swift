import TelemetryModel

/// What many traces tell: a line of facts, a table, and what it leaves out.
///
/// ```
/// 200 traces · 12,345 spans · 2026-01-02T03:04:05Z to 2026-01-02T04:04:05Z
///
/// service  operation  count    rate  errors      p50      p95      p99  self
/// ───────  ─────────  ─────  ──────  ──────  ───────  ───────  ───────  ────
/// shop     checkout     200  0.06/s   1.0 %  12.0 ms  35.0 ms  81.0 ms  42 %
///
/// of the newest 200 traces; --limit reads more
/// ```
struct TraceStatisticsView {
    /// What of the traces is shown.
    enum Kind: String, CaseIterable {
        case operations, services, statements, repeated, flame
        case criticalPath = "critical-path"
    }

    let statistics: TraceStatistics
    let kind: Kind
    /// Columns of the terminal; nil cuts nothing.
    var width: Int?

    var text: String {
        guard statistics.traces > 0 else { return "no traces\n" }
        let facts = [
            TraceFacts.number(Int(clamping: statistics.traces), "trace"),
            TraceFacts.number(Int(clamping: statistics.spans), "span"),
            "\(Self.second(statistics.start)) to \(Self.second(statistics.end))",
        ]
        var text = fitted(facts.joined(separator: " · ")) + "\n"
        switch kind {
        case .operations: text += operations
        case .services: text += services
        case .statements: text += statements
        case .repeated: text += repeated
        case .flame: text += FlameView(nodes: statistics.nodes, width: width).text
        case .criticalPath: text += criticalPath
        }
        if let omitted {
            text += fitted("… \(omitted); --top shows more")
        }
        if statistics.hasMoreTraces {
            let count = TraceFacts.number(Int(clamping: statistics.traces), "trace")
            text += "\n" + fitted("of the newest \(count); --limit reads more")
        }
        return text
    }

    /// What the list leaves out.
    private var omitted: String? {
        guard let other = statistics.other else { return nil }
        let noun: String
        switch kind {
        case .operations, .services, .criticalPath: noun = "operation"
        case .statements: noun = "statement"
        case .repeated: noun = "repetition"
        case .flame: noun = "span"
        }
        return other.entries > 0
            ? "\(HumanText.count(other.entries)) more \(noun)\(other.entries == 1 ? "" : "s")" : "more \(noun)s"
    }

    // MARK: Tables

    private var operations: String {
        guard !statistics.operations.isEmpty else { return "no operations\n" }
        let own = ownTotal
        return TextTable(
            columns: [
                ("service", .left), ("operation", .left), ("count", .right), ("rate", .right), ("errors", .right),
                ("p50", .right), ("p95", .right), ("p99", .right), ("self", .right),
            ],
            rows: statistics.operations.map { one in
                [
                    one.service, one.name, HumanText.count(one.count), Self.rate(one.rate),
                    Self.errors(one.errors, of: one.count), HumanText.duration(one.p50), HumanText.duration(one.p95),
                    HumanText.duration(one.p99), Self.share(Double(one.own), of: own),
                ]
            }
        ).text(width: width)
    }

    /// Sums of the operations: quantiles cannot be added up, so there are none.
    private var services: String {
        guard !statistics.operations.isEmpty else { return "no services\n" }
        struct Service {
            var operations = 0
            var count = 0.0
            var errors = 0.0
            var rate = 0.0
            var own = 0.0
        }
        var services: [String: Service] = [:]
        for one in statistics.operations {
            services[one.service, default: Service()].operations += 1
            services[one.service]?.count += Double(one.count)
            services[one.service]?.errors += Double(one.errors)
            services[one.service]?.rate += one.rate ?? 0
            services[one.service]?.own += Double(one.own)
        }
        let own = ownTotal
        let sorted = services.sorted { ($1.value.own, $0.key) < ($0.value.own, $1.key) }
        return TextTable(
            columns: [
                ("service", .left), ("operations", .right), ("spans", .right), ("rate", .right), ("errors", .right),
                ("self time", .right), ("self", .right),
            ],
            rows: sorted.map { name, one in
                let count = Int64(exactly: one.count.rounded()) ?? .max
                return [
                    name, HumanText.count(one.operations), HumanText.count(count), Self.rate(one.rate),
                    Self.errors(Int64(exactly: one.errors.rounded()) ?? .max, of: count),
                    HumanText.duration(Int64(exactly: one.own.rounded()) ?? .max), Self.share(one.own, of: own),
                ]
            }
        ).text(width: width)
    }

    private var statements: String {
        guard !statistics.statements.isEmpty else { return "no statements\n" }
        return TextTable(
            columns: [
                ("count", .right), ("total", .right), ("p50", .right), ("p95", .right), ("max", .right),
                ("errors", .right), ("statement", .left),
            ],
            rows: statistics.statements.map { one in
                [
                    HumanText.count(one.count), HumanText.duration(one.total), HumanText.duration(one.p50),
                    HumanText.duration(one.p95), HumanText.duration(one.max), Self.errors(one.errors, of: one.count),
                    Self.line(one.text),
                ]
            }
        ).text(width: width)
    }

    /// Each with where it happens and the statement on a line below.
    private var repeated: String {
        guard !statistics.repeated.isEmpty else { return "no repeated statements\n" }
        let table = TextTable(
            columns: [
                ("count", .right), ("total", .right), ("elapsed", .right), ("pattern", .left), ("trace", .left),
            ],
            rows: statistics.repeated.map { one in
                [
                    HumanText.count(one.count), HumanText.duration(one.total), HumanText.duration(one.elapsed),
                    one.pattern, one.trace,
                ]
            })
        var text = ""
        for (index, line) in table.text(width: nil).split(separator: "\n").enumerated() {
            text += fitted(String(line))
            guard index >= 2, index - 2 < statistics.repeated.count else { continue }
            let one = statistics.repeated[index - 2]
            let place = [one.service, one.name].filter { !$0.isEmpty }.joined(separator: ": ")
            text += fitted("  \(TerminalText.escaped(place)) → \(TerminalText.escaped(Self.line(one.text)))")
        }
        return text
    }

    private var criticalPath: String {
        guard !statistics.operations.isEmpty else { return "no critical paths\n" }
        let most = statistics.operations.map(\.share).max() ?? 0
        return TextTable(
            columns: [
                ("time", .right), ("share", .right), ("", .left), ("traces", .right), ("service", .left),
                ("operation", .left),
            ],
            rows: statistics.operations.map { one in
                [
                    HumanText.duration(one.time), Self.share(one.share, of: 1),
                    FlameView.bar(most > 0 ? one.share / most : 0, width: 16), HumanText.count(one.traces), one.service,
                    one.name,
                ]
            }
        ).text(width: width)
    }

    // MARK: Figures

    private var ownTotal: Double {
        statistics.operations.reduce(Double(statistics.other?.own ?? 0)) { $0 + Double($1.own) }
    }

    /// What is there and rounds to nothing is not nothing.
    static func share(_ part: Double, of total: Double) -> String {
        guard total > 0, part > 0, (part / total).isFinite else { return "0 %" }
        let percent = (part / total * 100).rounded()
        return percent < 1 ? "< 1 %" : "\(HumanText.count(Int(min(percent, 1e15)))) %"
    }

    /// With one digit below 10 %: of errors a thousandth matters.
    static func errors(_ errors: Int64, of count: Int64) -> String {
        guard errors > 0, count > 0 else { return "" }
        let tenths = (Double(errors) / Double(count) * 1000).rounded()
        if tenths < 1 { return "< 0.1 %" }
        return tenths < 100 ? "\(Int(tenths) / 10).\(Int(tenths) % 10) %" : "\(Int((tenths / 10).rounded())) %"
    }

    private static func rate(_ rate: Double?) -> String {
        guard let rate, rate.isFinite else { return "" }
        if rate > 0, rate < 0.01 { return "< 0.01/s" }
        // To three digits: more say nothing about a rate.
        let scale = rate < 10 ? 100.0 : rate < 100 ? 10 : 1
        return "\(PromQLTable.shortText((rate * scale).rounded() / scale))/s"
    }

    /// A time to the second.
    private static func second(_ nanoseconds: Int64) -> String { "\(TraceTimes.text(nanoseconds).prefix(19))Z" }

    /// White space in a statement is layout.
    private static func line(_ text: String) -> String {
        text.split { $0 == " " || $0.isNewline || $0 == "\t" }.joined(separator: " ")
    }

    private func fitted(_ line: String) -> String {
        TerminalText.trimmingTrailingSpaces(width.map { TerminalText.cut(line, to: max(1, $0)) } ?? line) + "\n"
    }
}
