import TelemetryModel

/// The traces that a search found: a line each, below it the spans that matched with what the query shows of them.
///
/// ```
/// start                     trace                             duration  root            matched  services  errors
/// ────────────────────────  ────────────────────────────────  ────────  ──────────────  ───────  ────────  ──────
/// 2026-01-02T03:04:05.678Z  0123456789abcdef0123456789abcdef     12 ms  shop: checkout        4         2       1
///   pay    +3.00 ms   7.00 ms  http.response.status_code=500
///   price     +0 ns  850 µs
///   … 2 more
/// ```
struct FoundTracesView {
    private enum Column: CaseIterable {
        case start, trace, duration, root, matched, services, errors

        /// Those that are left out first when the terminal is narrow.
        static let optional: [Column] = [.services, .matched, .errors]
    }

    private static let rootWidthMin = 16
    private static let nameWidthMax = 36
    private static let numberWidth = 9

    let traces: [TraceSearchAnswer.Trace]
    /// What was asked for at most.
    var limit: Int?
    /// Columns of the terminal; nil cuts nothing.
    var width: Int?

    var text: String {
        guard !traces.isEmpty else { return "no traces\n" }
        var text = ""
        // One line for each row, after the header and the line below it.
        let lines = table.text(width: nil).split(separator: "\n")
        for (index, line) in lines.enumerated() {
            text += fitted(String(line))
            guard index >= 2, index - 2 < traces.count else { continue }
            for line in spanLines(of: traces[index - 2]) { text += fitted(line) }
        }
        let isCut = traces.count == limit
        return text + "\n" + TraceFacts.number(traces.count, "trace")
            + (isCut ? ", the newest; there may be more: --limit\n" : "\n")
    }

    // MARK: Traces

    private var table: TextTable {
        var columns = Column.allCases
        var hasShortStart = false
        var rootWidth = Int.max
        if let width {
            for step in 0...(Column.optional.count + 1) {
                if step == 1 { hasShortStart = true }
                if step > 1 { columns.removeAll { $0 == Column.optional[step - 2] } }
                let others = columns.filter { $0 != .root }
                let taken = others.reduce(0) { sum, column in
                    sum
                        + (traces.map { TerminalText.width(cell(column, $0, hasShortStart)) } + [
                            title(column).utf8.count
                        ])
                        .reduce(0, max) + 2
                }
                rootWidth = max(Self.rootWidthMin, width - taken)
                if width - taken >= Self.rootWidthMin { break }
            }
        }
        let rows = traces.map { trace in
            columns.map { column in
                let text = cell(column, trace, hasShortStart)
                return column == .root ? TerminalText.cut(text, to: rootWidth) : text
            }
        }
        return TextTable(
            columns: columns.map { column in
                let isText = [.start, .trace, .root].contains(column)
                return (title: title(column), alignment: isText ? TextTable.Alignment.left : .right)
            }, rows: rows)
    }

    private func title(_ column: Column) -> String { "\(column)" }

    private func cell(_ column: Column, _ trace: TraceSearchAnswer.Trace, _ hasShortStart: Bool) -> String {
        switch column {
        case .start:
            let text = Timestamp(nanoseconds: trace.start).rfc3339
            // Month, day and time to the second.
            return hasShortStart ? "\(text.dropFirst(5).prefix(5)) \(text.dropFirst(11).prefix(8))" : text
        // Without its leading zeros an id is no use elsewhere.
        case .trace: return TraceID(hex: trace.id)?.hex ?? TerminalText.escaped(trace.id)
        case .duration:
            // The API has no more than milliseconds to tell.
            let (nanoseconds, overflow) = trace.durationMilliseconds.multipliedReportingOverflow(by: 1_000_000)
            return trace.durationMilliseconds == 0 ? "< 1 ms" : HumanText.duration(overflow ? .max : nanoseconds)
        case .root:
            return TerminalText.escaped(
                [trace.rootService, trace.rootName].filter { !$0.isEmpty }.joined(separator: ": "))
        case .matched: return HumanText.count(trace.matched)
        case .services: return HumanText.count(trace.services)
        case .errors: return HumanText.count(trace.errors)
        }
    }

    // MARK: Spans

    private func spanLines(of trace: TraceSearchAnswer.Trace) -> [String] {
        let spans = trace.spansets.flatMap(\.spans)
        let nameWidth = min(
            Self.nameWidthMax, spans.map { TerminalText.width(TerminalText.escaped($0.name)) }.max() ?? 0)
        var lines: [String] = []
        for spanset in trace.spansets {
            if !spanset.attributes.isEmpty {
                lines.append("  \(Self.text(spanset.attributes)) · \(HumanText.count(spanset.matched)) matched")
            }
            let indent = spanset.attributes.isEmpty ? "  " : "    "
            for span in spanset.spans {
                let name = TerminalText.cut(TerminalText.escaped(span.name), to: nameWidth)
                let (offset, overflow) = span.start.subtractingReportingOverflow(trace.start)
                let figures = [
                    "+" + HumanText.duration(overflow ? .max : max(0, offset)), HumanText.duration(span.duration),
                ]
                lines.append(
                    indent + TerminalText.padded(name, to: nameWidth)
                        + figures.map { "  " + TerminalText.padded($0, to: Self.numberWidth, right: true) }.joined()
                        + "  " + Self.text(span.attributes))
            }
            let hidden = spanset.matched - Int64(spanset.spans.count)
            if hidden > 0 { lines.append("\(indent)… \(HumanText.count(hidden)) more") }
        }
        return lines
    }

    private static func text(_ attributes: [AttributeText]) -> String {
        attributes.map { attribute in
            let value = TerminalText.escaped(attribute.value)
            let isPlain = !value.isEmpty && !value.contains { $0 == " " || $0 == "\"" || $0 == "=" }
            return "\(TerminalText.escaped(attribute.name))=\(isPlain ? value : "\"\(value)\"")"
        }.joined(separator: " ")
    }

    private func fitted(_ line: String) -> String {
        TerminalText.trimmingTrailingSpaces(width.map { TerminalText.cut(line, to: max(1, $0)) } ?? line) + "\n"
    }
}
