import Recordings
import TelemetryModel

/// A log record of a recording.
struct LogItem: RecordedItem {
    static let noun = "log record"
    static let nouns = "log records"

    var index: Int

    static func all(in recording: IndexedRecording) -> [LogItem] {
        recording.recording.logs.indices.map { LogItem(index: $0) }
    }

    func log(in recording: IndexedRecording) -> RecordedLog { recording.recording.logs[index] }

    func service(in recording: IndexedRecording) -> String? {
        recording.service(recording.recording.logs[index].resource)
    }

    func span(in recording: IndexedRecording) -> SpanItem? {
        let log = log(in: recording)
        guard !log.traceID.isZero, !log.spanID.isZero else { return nil }
        return recording.span(log.traceID, log.spanID).map { SpanItem(index: $0) }
    }

    /// OTLP's number; that of the text when the record has none.
    func severity(in recording: IndexedRecording) -> Int {
        let log = log(in: recording)
        return (1...24).contains(log.severityNumber)
            ? log.severityNumber : Int(LogLevel(name: log.severityText).severityNumber)
    }

    /// `log error "no stock" of shop trace=… span=…`
    func text(in recording: IndexedRecording) -> String {
        let log = log(in: recording)
        let service = recording.service(log.resource)
        return "log \(SeverityText.print(severity(in: recording))) \(Quoted.text(ValueText.plain(log.body)))"
            + (service.isEmpty ? " without service" : " of \(service)")
            + (log.traceID.isZero ? "" : " trace=\(log.traceID.hex)")
            + (log.spanID.isZero ? "" : " span=\(log.spanID.hex)")
    }
}

/// Severities in messages.
enum SeverityText {
    /// `error`, `error+2`, `unknown`.
    ///
    /// - Spec: OTLP logs data model, "SeverityNumber": four numbers a level.
    static func print(_ number: Int) -> String {
        guard (1...24).contains(number) else { return "unknown" }
        let level = LogLevel(severityNumber: Int32(number)).name
        let step = (number - 1) % 4
        return step == 0 ? level : "\(level)+\(step)"
    }
}
