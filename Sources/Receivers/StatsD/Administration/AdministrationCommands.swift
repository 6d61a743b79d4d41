import Codecs
import Synchronization

/// The commands of the original server's administration port: a line in, text out.
///
/// - Spec: statsd/statsd, "Admin interface": answers end with `END` and an empty line, but for `help`, `health` and
///   errors. Dumps are one JSON object; sums are those since the series began, not since the last flush.
final class AdministrationCommands: Sendable {
    struct Answer: Equatable {
        var text: String
        var closes = false
    }

    /// Series in one dump.
    static let seriesMax = 10_000

    private let intake: StatsDIntake
    private let configuration: [(String, String)]
    /// Milliseconds since the Unix epoch.
    private let startTime: Int64
    private let isUp = Mutex(true)
    private let boundPort = Mutex<Int?>(nil)

    init(_ intake: StatsDIntake, configuration: [(String, String)]) {
        self.intake = intake
        self.configuration = configuration
        startTime = intake.clock()
    }

    var healthText: String { isUp.withLock { $0 } ? "up" : "down" }

    /// Whether a command shows and changes nothing that is anybody's.
    static func isOpen(_ line: String) -> Bool {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map { $0.lowercased() }
        return words.isEmpty || words == ["health"] || words[0] == "help" || words[0] == "quit"
    }

    /// Says the port that the system chose.
    func setPort(_ port: Int) { boundPort.withLock { $0 = port } }

    func answer(_ line: String) -> Answer {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard let command = words.first else { return Answer(text: "") }
        let names = Array(words.dropFirst())
        switch command.lowercased() {
        case "help":
            return Answer(
                text: "Commands: stats, counters, timers, gauges, sets, delcounters, deltimers, delgauges, delsets, "
                    + "health, config, quit\n\n")
        case "stats": return Answer(text: statsText + Self.end)
        case "counters": return dump([.counter])
        case "gauges": return dump([.gauge])
        case "timers": return dump([.timer, .histogram])
        case "sets": return dump([.set])
        case "delcounters": return delete(names, [.counter])
        case "delgauges": return delete(names, [.gauge])
        case "deltimers": return delete(names, [.timer, .histogram])
        case "delsets": return delete(names, [.set])
        case "health":
            if let wanted = names.first?.lowercased(), wanted == "up" || wanted == "down" {
                isUp.withLock { $0 = wanted == "up" }
            }
            return Answer(text: "health: \(healthText)\n")
        case "config": return Answer(text: String(decoding: configurationJSON, as: UTF8.self) + "\n" + Self.end)
        case "quit": return Answer(text: "", closes: true)
        default: return Answer(text: "ERROR\n")
        }
    }

    private static let end = "END\n\n"

    private func dump(_ kinds: Set<StatsDKind>) -> Answer {
        Answer(text: String(decoding: series(kinds), as: UTF8.self) + "\n" + Self.end)
    }

    private func delete(_ names: [String], _ kinds: Set<StatsDKind>) -> Answer {
        var text = ""
        for name in names {
            let prefix = name.hasSuffix("*") ? String(name.dropLast()) : nil
            let matches: (StatsDSeriesInfo) -> Bool = { info in
                guard kinds.contains(info.kind) else { return false }
                if let prefix { return info.sentName.hasPrefix(prefix) }
                return info.sentName == name || info.sentKey == name
            }
            let deleted = intake.with { aggregator in
                var keys: [String] = []
                _ = aggregator.delete { info in
                    let isMeant = matches(info)
                    if isMeant { keys.append(info.sentKey) }
                    return isMeant
                }
                return keys
            }
            if deleted.isEmpty { text += "metric \(name) not found\n" }
            for key in deleted.sorted() { text += "deleted: \(key)\n" }
        }
        return Answer(text: text + Self.end)
    }

    // MARK: JSON

    /// `{"a.b;tag=x":7}`, timers `{"count":…,"sum":…}`; sorted by name.
    func series(_ kinds: Set<StatsDKind>) -> [UInt8] {
        let found = intake.with { aggregator in
            var found: [(StatsDSeriesInfo, [Double])] = []
            aggregator.forEachSeries { info, values in
                if kinds.contains(info.kind), found.count < Self.seriesMax { found.append((info, values)) }
            }
            return found
        }
        let rows = found.map { (key: $0.0.sentKey, values: $0.1) }.sorted { $0.0 < $1.0 }
        var writer = JSONWriter()
        writer.open("{")
        for row in rows {
            writer.separate()
            writer.string(row.key)
            writer.bytes.append(UInt8(ascii: ":"))
            if row.values.count == 2 {
                writer.open("{")
                writer.key("count")
                writer.double(row.values[0])
                writer.key("sum")
                writer.double(row.values[1])
                writer.close("}")
            } else {
                writer.double(row.values.first ?? 0)
            }
        }
        writer.close("}")
        return writer.bytes
    }

    private var facts: [(String, Int)] {
        let statistics = intake.statistics
        let now = intake.clock()
        func age(_ time: Int64) -> Int { time == 0 ? 0 : Int(max(0, now - time) / 1000) }
        return [
            ("uptime", age(startTime)),
            ("messages.last_msg_seen", age(statistics.lastLineTime)),
            ("messages.bad_lines_seen", statistics.badLineCount),
            ("messages.lines", statistics.lines),
            ("messages.datagrams", statistics.datagrams),
            ("messages.kernel_drops", statistics.kernelDrops),
            ("messages.truncated_datagrams", statistics.truncatedDatagrams),
            ("messages.events", statistics.events),
            ("messages.service_checks", statistics.serviceChecks),
            ("counters_held", statistics.countersHeld),
            ("series", intake.seriesCount),
        ]
            + StatsDProblem.allCases.filter { statistics[$0] > 0 }.map { ("bad_lines.\($0.label)", statistics[$0]) }
            + StatsDRejection.allCases.filter { statistics[$0] > 0 }.map { ("bad_lines.\($0.label)", statistics[$0]) }
    }

    private var statsText: String {
        var text = facts.reduce(into: "") { $0 += "\($1.0): \($1.1)\n" }
        for line in intake.statistics.badLines { text += "bad line (\(line.reason)): \(Self.printable(line.text))\n" }
        return text
    }

    /// The statistics and the newest bad lines.
    var statsJSON: [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("health")
        writer.string(healthText)
        for (name, value) in facts {
            writer.separate()
            writer.string(name)
            writer.bytes.append(UInt8(ascii: ":"))
            writer.integer(value)
        }
        writer.key("last_bad_lines")
        writer.open("[")
        for line in intake.statistics.badLines {
            writer.separate()
            writer.open("{")
            writer.key("reason")
            writer.string(line.reason)
            writer.key("line")
            writer.string(line.text)
            writer.close("}")
        }
        writer.close("]")
        writer.close("}")
        return writer.bytes
    }

    var configurationJSON: [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        let port = boundPort.withLock { $0 }
        for (name, value) in configuration {
            writer.separate()
            writer.string(name)
            writer.bytes.append(UInt8(ascii: ":"))
            writer.string(name == "mgmt_port" ? port.map(String.init) ?? value : value)
        }
        writer.close("}")
        return writer.bytes
    }

    /// Control characters could move a terminal's cursor.
    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "." : $0 }))
    }
}
