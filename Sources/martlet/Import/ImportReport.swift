import Codecs
import TelemetryFiles
import TelemetryModel

/// What `import` and `replay` say at the end.
struct ImportReport: Sendable {
    /// Problems that are shown to a person.
    private static let problemsShown = 20

    let url: String
    let transport: OTLPProtocol
    let files: ImportFiles
    let tally: ImportTally
    let seconds: Double
    /// By how much times were moved; nil when they were kept.
    let shift: TimeShift?
    let flush: FlushAnswer?
    /// Ended by Ctrl-C.
    var wasStopped = false
    /// Of a replay: items behind newer ones, and how often all was sent.
    var replay: (outOfOrder: Int, rounds: Int)?

    /// Goes on until it is stopped, which is no failure then.
    var isEndless = false

    /// Why the verb ends with exit code 1; nil when everything is there.
    var problem: String? {
        let total = tally.total
        var parts: [String] = []
        if wasStopped, !isEndless { parts.append("stopped") }
        if tally.badTotal > 0 { parts.append("\(HumanText.count(tally.badTotal)) lines or messages could not be read") }
        if total.rejected > 0 { parts.append("\(HumanText.count(total.rejected)) items were left out") }
        if total.failed > 0 { parts.append("\(HumanText.count(total.failed)) items were refused") }
        if total.unknown > 0 { parts.append("\(HumanText.count(total.unknown)) items got no answer") }
        let rest = total.read - total.sent
        if rest > 0, !isEndless { parts.append("\(HumanText.count(rest)) items were not sent") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// For a person.
    func text(width: Int?) -> String {
        let rows = Signal.allCases.compactMap { signal -> [String]? in
            let counts = tally.counts[signal] ?? .init()
            let bad = tally.bad[signal] ?? 0
            guard counts != .init() || bad > 0 else { return nil }
            return row(signal.rawValue, counts, bad: bad)
        }
        var all = rows
        if let bad = tally.bad[nil], bad > 0 { all.append(row("not known", .init(), bad: bad)) }
        let table = TextTable(
            columns: [
                ("SIGNAL", .left), ("READ", .right), ("SENT", .right), ("ACCEPTED", .right), ("REJECTED", .right),
                ("REFUSED", .right), ("NO ANSWER", .right), ("BAD", .right),
            ], rows: all)
        let names = files.files.count == 1 ? files.files[0].path : "\(files.files.count) files"
        var text = "\(names) → \(url) (\(transport.rawValue))\n\n" + table.text(width: width) + "\n"
        if let shift { text += "times moved by \(Self.signed(shift))\n" }
        if let replay {
            if replay.rounds > 1 { text += "sent \(HumanText.count(replay.rounds)) times\n" }
            if replay.outOfOrder > 0 {
                text += "\(HumanText.count(replay.outOfOrder)) items were out of order and late\n"
            }
        }
        for (kind, count) in tally.repairs { text += "repaired: \(kind.rawValue), \(HumanText.count(count))\n" }
        for (signal, message) in tally.rejections.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            text += "left out of \(signal.rawValue): \(TerminalText.escaped(message))\n"
        }
        for (kind, failure) in tally.failures.sorted(by: { $0.key < $1.key }) {
            text +=
                "\(kind): \(HumanText.count(failure.count)) requests, the first: \(TerminalText.escaped(failure.example))\n"
        }
        for skipped in files.skipped { text += "passed over \(skipped.path): \(skipped.reason)\n" }
        for problem in tally.problems.prefix(Self.problemsShown) { text += "bad: \(problem)\n" }
        let more = tally.badTotal - min(Self.problemsShown, tally.problems.count)
        if more > 0 { text += "… and \(HumanText.count(more)) more\n" }
        let perSecond = seconds > 0 ? " (\(HumanText.count(Int(Double(tally.total.accepted) / seconds))) a second)" : ""
        text += "\(HumanText.duration(.seconds(seconds)))\(perSecond)\n"
        if let flush { text += String(decoding: FlushCommand.sentence(flush), as: UTF8.self) }
        return text
    }

    private func row(_ name: String, _ counts: ImportTally.Counts, bad: Int) -> [String] {
        [name]
            + [
                counts.read, counts.sent, counts.accepted, counts.rejected, counts.failed, counts.unknown, bad,
            ].map { HumanText.count($0) }
    }

    static func signed(_ shift: TimeShift) -> String {
        (shift.nanoseconds < 0 ? "" : "+") + HumanText.duration(shift.nanoseconds)
    }

    /// For programs.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("endpoint")
        writer.string(url)
        writer.key("protocol")
        writer.string(transport.rawValue)
        writer.key("ok")
        writer.bool(problem == nil)
        writer.key("stopped")
        writer.bool(wasStopped)
        writer.key("files")
        writer.open("[")
        for file in files.files {
            writer.separate()
            writer.string(file.path)
        }
        writer.close("]")
        writer.key("skipped")
        writer.open("[")
        for skipped in files.skipped {
            writer.separate()
            writer.open("{")
            writer.key("path")
            writer.string(skipped.path)
            writer.key("reason")
            writer.string(skipped.reason)
            writer.close("}")
        }
        writer.close("]")
        writer.key("shiftNanoseconds")
        writer.quotedInteger(shift?.nanoseconds ?? 0)
        writer.key("signals")
        writer.open("{")
        for signal in Signal.allCases {
            let counts = tally.counts[signal] ?? .init()
            writer.member(signal.rawValue)
            writer.open("{")
            let members: [(StaticString, Int)] = [
                ("read", counts.read), ("sent", counts.sent), ("accepted", counts.accepted),
                ("rejected", counts.rejected), ("refused", counts.failed), ("noAnswer", counts.unknown),
                ("bad", tally.bad[signal] ?? 0),
            ]
            for (name, value) in members {
                writer.key(name)
                writer.integer(value)
            }
            writer.close("}")
        }
        writer.close("}")
        writer.key("badOfUnknownSignal")
        writer.integer(tally.bad[nil] ?? 0)
        writer.key("problems")
        writer.open("[")
        for problem in tally.problems {
            writer.separate()
            writer.open("{")
            writer.key("path")
            writer.string(problem.position.path)
            writer.member(problem.position.unit == .line ? "line" : "message")
            writer.integer(problem.position.number)
            writer.key("reason")
            writer.string(problem.reason)
            writer.close("}")
        }
        writer.close("]")
        writer.key("repairs")
        writer.open("{")
        for (kind, count) in tally.repairs {
            writer.member(kind.rawValue)
            writer.integer(count)
        }
        writer.close("}")
        writer.key("requests")
        writer.integer(tally.requests)
        writer.key("retries")
        writer.integer(tally.retries)
        writer.key("failures")
        writer.open("{")
        for (kind, failure) in tally.failures.sorted(by: { $0.key < $1.key }) {
            writer.member(kind)
            writer.open("{")
            writer.key("requests")
            writer.integer(failure.count)
            writer.key("example")
            writer.string(failure.example)
            writer.close("}")
        }
        writer.close("}")
        if let replay {
            writer.key("rounds")
            writer.integer(replay.rounds)
            writer.key("outOfOrder")
            writer.integer(replay.outOfOrder)
        }
        writer.key("seconds")
        writer.double((seconds * 1000).rounded() / 1000)
        writer.key("flushed")
        writer.bool(flush != nil)
        writer.close("}")
        writer.bytes.append(UInt8(ascii: "\n"))
        return writer.bytes
    }
}
