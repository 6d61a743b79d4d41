import TelemetryModel
import Verification

/// What `martlet run` says on standard error when the command has ended: how it ended, and what came.
struct RunSummary {
    let words: [String]
    let result: CommandRun.Result
    let totals: RunTotals
    let notices: [String]

    /// - Parameter width: columns of the terminal; nil cuts nothing.
    func text(width: Int?) -> String {
        let command = TerminalText.escaped(words.joined(separator: " "))
        var text = "martlet: `\(command)` \(Self.sentence(result.end)) after \(Self.time(result.duration))"
        text += ", CPU \(Self.time(result.cpu))\n"
        if result.hadLeftovers { text += "  processes that it left behind were ended\n" }
        for notice in notices { text += "  note: \(TerminalText.escaped(notice))\n" }
        if totals.items == 0 {
            text +=
                "  no telemetry came: does the command use an OpenTelemetry SDK, and does it flush before it ends?\n"
        } else {
            text += table(width)
        }
        for loss in totals.losses { text += "  \(loss)\n" }
        return text
    }

    private func table(_ width: Int?) -> String {
        let rows = totals.services.map { service in
            [service.counts.name.isEmpty ? "(no service.name)" : service.counts.name]
                + [service.counts.spans, service.counts.points, service.counts.logs, service.errors].map {
                    $0 == 0 ? "-" : HumanText.count($0)
                }
        }
        let table = TextTable(
            columns: [
                ("service", .left), ("spans", .right), ("points", .right), ("logs", .right), ("errors", .right),
            ], rows: rows)
        let lines = table.text(width: width.map { $0 - 2 }).split(separator: "\n")
        return lines.map { "  \($0)\n" }.joined()
    }

    static func sentence(_ end: CommandEnd) -> String {
        switch end {
        case .exited(0): "succeeded"
        case .exited(let code): "failed with exit code \(code)"
        case .signalled(let number): "was ended by signal \(number)"
        case .timedOut: "took too long and was ended"
        }
    }

    private static func time(_ duration: Duration) -> String { HumanText.duration(duration.wholeNanoseconds) }
}

extension Duration {
    /// Of a time that a process took.
    var wholeNanoseconds: Int64 { components.seconds &* 1_000_000_000 &+ components.attoseconds / 1_000_000_000 }
}
