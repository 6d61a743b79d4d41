import LogProcessing
import TelemetryModel

/// Records of texts, for tests.
enum TestEvents {
    /// 2024-05-25T00:00:00Z.
    static let readTime = Timestamp(nanoseconds: 1_716_595_200_000_000_000)
    static let source = LogSource(path: "/var/log/app/app.log", inode: 7, hostName: "h")

    static func process(
        _ text: String, _ change: (inout LineProcessorOptions) -> Void = { _ in }, source: LogSource = source
    ) throws -> ProcessedEvent {
        var options = LineProcessorOptions()
        change(&options)
        return try process(Array(text.utf8), options, source: source)
    }

    static func process(
        _ bytes: [UInt8], _ options: LineProcessorOptions = LineProcessorOptions(), source: LogSource = source
    ) throws -> ProcessedEvent {
        let lines = bytes.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        let event = AssembledEvent(bytes: bytes, start: 0, end: bytes.count + 1, lines: lines)
        return try LineProcessor(options).process(event, source: source, readTime: readTime)
    }

    static func draft(_ text: String, _ format: LogFormat = .auto) throws -> LogDraft {
        let event = try process(text) { $0.format = format }
        return event.drafts.first ?? LogDraft(observedTime: Timestamp(nanoseconds: -1))
    }
}

extension LogDraft {
    var service: LogValue? { resource.first { $0.name == "service.name" }?.value }
    var timeText: String? { time?.rfc3339 }

    func text(_ name: String) -> String? {
        switch self[name] {
        case .string(let text): text
        case .int(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .double(let number): "\(number)"
        default: nil
        }
    }
}
