import Recordings
import TelemetryModel

/// A span of a recording.
struct SpanItem: RecordedItem {
    static let noun = "span"
    static let nouns = "spans"

    var index: Int

    static func all(in recording: IndexedRecording) -> [SpanItem] {
        recording.recording.spans.indices.map { SpanItem(index: $0) }
    }

    func span(in recording: IndexedRecording) -> RecordedSpan { recording.recording.spans[index] }

    func service(in recording: IndexedRecording) -> String? {
        recording.service(recording.recording.spans[index].resource)
    }

    /// `span "POST /orders" server ok 12 ms shop trace=… span=…`
    func text(in recording: IndexedRecording) -> String {
        let span = span(in: recording)
        let service = recording.service(span.resource)
        return "span \(Quoted.text(span.name)) \(span.kind) \(span.status) "
            + FigureText.duration(Double(span.duration)) + (service.isEmpty ? " without service" : " of \(service)")
            + " trace=\(span.traceID.hex) span=\(span.spanID.hex)"
    }
}

/// An event of a span.
struct EventItem: ReportedItem {
    static let noun = "event"
    static let nouns = "events"

    var event: RecordedSpan.Event
    /// Of the span that it is of.
    var spanStart: UInt64

    func text(in recording: IndexedRecording) -> String { "event \(Quoted.text(event.name))" }

    /// Nanoseconds from the start of the span; negative before it.
    var delay: Int64 {
        event.time >= spanStart
            ? Int64(clamping: event.time - spanStart) : -Int64(clamping: spanStart - event.time)
    }
}

/// A link of a span.
struct LinkItem: ReportedItem {
    static let noun = "link"
    static let nouns = "links"

    var link: RecordedSpan.Link
    var span: SpanItem

    func text(in recording: IndexedRecording) -> String {
        "link to trace=\(link.traceID.hex) span=\(link.spanID.hex)"
    }
}
