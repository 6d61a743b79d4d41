import Codecs
import PrometheusModel
import TelemetryModel

/// Lines and bytes by service and level.
struct LogStatistics {
    struct Service: Equatable {
        var name: String
        var lines: [LogLevel: Double] = [:]
        var bytes = 0.0

        var total: Double { lines.values.reduce(0, +) }
    }

    private var services: [String: Service] = [:]

    /// The most lines first.
    var sorted: [Service] {
        services.values.sorted { $0.total == $1.total ? $0.name < $1.name : $0.total > $1.total }
    }

    /// LogQL for one value of each service and level over the whole time.
    static func query(_ function: String, _ question: LogQuestion, _ times: TraceTimes) -> String {
        let range = max(1, (times.end - times.start) / 1_000_000)
        return "sum by (service_name, detected_level) (\(function)(\(question.text) [\(range)ms]))"
    }

    mutating func add(_ answer: PromQLAnswer, isBytes: Bool) {
        for series in answer.series {
            guard case .number(let value)? = series.points.last?.value, value.isFinite else { continue }
            let name = series.labels["service_name"]
            if isBytes {
                services[name, default: Service(name: name)].bytes += value
            } else {
                let level = LogLevel(name: series.labels["detected_level"])
                services[name, default: Service(name: name)].lines[level, default: 0] += value
            }
        }
    }

    func text(width: Int?) -> String {
        let services = sorted
        guard !services.isEmpty else { return "no lines\n" }
        let levels = LogLevel.allCases.reversed().filter { level in services.contains { $0.lines[level] ?? 0 > 0 } }
        let rows = services.map { service in
            [service.name, Self.count(service.total), HumanText.bytes(Self.whole(service.bytes))]
                + levels.map { level in service.lines[level].map(Self.count) ?? "" }
        }
        let table = TextTable(
            columns: [("service", .left), ("lines", .right), ("bytes", .right)]
                + levels.map { (title: $0.name, alignment: TextTable.Alignment.right) }, rows: rows)
        let total = services.reduce(0) { $0 + $1.total }, bytes = services.reduce(0) { $0 + $1.bytes }
        return table.text(width: width)
            + "\n\(TraceFacts.number(services.count, "service")), \(Self.count(total)) lines, "
            + "\(HumanText.bytes(Self.whole(bytes)))\n"
    }

    /// A service a line.
    var json: [UInt8] {
        sorted.flatMap { service -> [UInt8] in
            var writer = JSONWriter()
            writer.open("{")
            writer.key("service")
            writer.string(service.name)
            writer.key("lines")
            writer.integer(Self.whole(service.total))
            writer.key("bytes")
            writer.integer(Self.whole(service.bytes))
            writer.key("levels")
            writer.open("{")
            for level in LogLevel.allCases.reversed() {
                guard let count = service.lines[level] else { continue }
                writer.separate()
                writer.string(level.name)
                writer.bytes.append(UInt8(ascii: ":"))
                writer.integer(Self.whole(count))
            }
            writer.close("}")
            writer.close("}")
            return writer.bytes + [UInt8(ascii: "\n")]
        }
    }

    private static func whole(_ value: Double) -> UInt64 { value >= 0 && value < 0x1p63 ? UInt64(value) : 0 }
    private static func count(_ value: Double) -> String { HumanText.count(whole(value)) }
}
