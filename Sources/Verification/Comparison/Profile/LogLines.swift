import Recordings
package import TelemetryModel

/// Log records as templates are made of them, in the order in which they came.
package struct LogLines: Sendable {
    package struct Line: Sendable {
        /// Index into `services`.
        var service: Int
        var level: LogLevel
        var text: String
        /// Which of the equal parts of the run's time it is in.
        var batch: Int
    }

    package var services: [String] = []
    package var lines: [Line] = []
    /// By service, level and part of the run's time; lines without room in `lines` count here, too.
    package var levels: [Key: [Int]] = [:]

    package struct Key: Sendable, Hashable {
        package var service: String
        package var level: LogLevel
    }
}

extension RunProfile {
    mutating func addLogs(_ recording: Recording, _ extent: (start: UInt64, end: UInt64), _ limits: ProfileLimits) {
        logCount = recording.logs.count
        var numbers: [String: Int] = [:]
        let length = extent.end > extent.start ? extent.end - extent.start : 1
        for log in recording.logs {
            let service =
                recording.resources.indices.contains(log.resource) ? recording.resources[log.resource].service : ""
            let level =
                log.severityNumber > 0
                ? LogLevel(severityNumber: Int32(clamping: log.severityNumber)) : LogLevel(name: log.severityText)
            let offset = Double(log.time > extent.start ? log.time - extent.start : 0) / Double(length)
            let batch = min(max(Int(offset * Double(Clusters.batches)), 0), Clusters.batches - 1)
            let empty = Array(repeating: 0, count: Clusters.batches)
            lines.levels[LogLines.Key(service: service, level: level), default: empty][batch] += 1
            count(log.attributes, at: .log(service: service), limits)
            guard lines.lines.count < limits.lines else { continue }
            let number = numbers[service] ?? lines.services.count
            if number == lines.services.count {
                lines.services.append(service)
                numbers[service] = number
            }
            lines.lines.append(
                LogLines.Line(service: number, level: level, text: Self.text(log), batch: batch))
        }
        if recording.logs.count > limits.lines {
            notes.append("patterns are made of the first \(limits.lines) log records")
        }
    }

    /// The words of a record: its body, or what stands for a message in a structured body; else the event's name.
    private static func text(_ log: RecordedLog) -> String {
        switch log.body {
        case .string(let text) where !text.isEmpty: return text
        case .map(let members):
            for key in ["message", "msg", "body", "event"] {
                if case .string(let text)? = members[key] { return text }
            }
            return members.entries.map(\.key).sorted().joined(separator: " ")
        case .int(let number): return String(number)
        case .double(let number): return String(number)
        case .bool(let value): return value ? "true" : "false"
        default: return log.eventName
        }
    }
}
