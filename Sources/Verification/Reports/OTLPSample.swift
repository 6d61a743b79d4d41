import Codecs
import Recordings
import TelemetryModel

/// Writes one span or log record as OTLP JSON, small enough for a person: of many attributes the first, of long values
/// the beginning.
///
/// - Spec: OTLP 1.x, "JSON Protobuf Encoding": ids are hexadecimal, 64-bit numbers are strings.
struct OTLPSample {
    /// Of attributes of one thing, and of values in a list.
    private let entriesMax: Int
    private let textMax: Int
    private var json = JSONWriter()

    /// Tries smaller and smaller samples until one fits.
    static func fitting(_ bytesMax: Int, _ write: (inout OTLPSample) -> Void) -> String {
        var text = ""
        for (entries, length) in [(24, 200), (10, 100), (5, 60), (2, 30)] {
            var sample = OTLPSample(entriesMax: entries, textMax: length)
            write(&sample)
            let compact = String(decoding: sample.json.bytes, as: UTF8.self)
            text = JSONLayout.lines(compact) ?? compact
            if text.utf8.count <= bytesMax { return text }
        }
        return ReportExamples.cut(text, bytes: bytesMax)
    }

    private init(entriesMax: Int, textMax: Int) {
        self.entriesMax = entriesMax
        self.textMax = textMax
    }

    mutating func request(_ span: RecordedSpan, _ recording: Recording) {
        wrap("resourceSpans", "scopeSpans", "spans", recording, resource: span.resource, scope: span.scope) {
            $0.write(span)
        }
    }

    mutating func request(_ log: RecordedLog, _ recording: Recording) {
        wrap("resourceLogs", "scopeLogs", "logRecords", recording, resource: log.resource, scope: log.scope) {
            $0.write(log)
        }
    }

    private mutating func wrap(
        _ resources: StaticString, _ scopes: StaticString, _ items: StaticString, _ recording: Recording,
        resource: Int, scope: Int, _ item: (inout OTLPSample) -> Void
    ) {
        json.open("{")
        json.key(resources)
        json.open("[")
        json.open("{")
        json.key("resource")
        json.open("{")
        if recording.resources.indices.contains(resource) { attributes(recording.resources[resource].attributes) }
        json.close("}")
        json.key(scopes)
        json.open("[")
        json.open("{")
        if recording.scopes.indices.contains(scope), !recording.scopes[scope].name.isEmpty {
            json.key("scope")
            json.open("{")
            text("name", recording.scopes[scope].name)
            text("version", recording.scopes[scope].version)
            json.close("}")
        }
        json.key(items)
        json.open("[")
        item(&self)
        for bracket: Unicode.Scalar in ["]", "}", "]", "}", "]", "}"] { json.close(bracket) }
    }

    // MARK: Items

    private mutating func write(_ span: RecordedSpan) {
        json.open("{")
        text("traceId", span.traceID.hex)
        text("spanId", span.spanID.hex)
        if !span.parentSpanID.isZero { text("parentSpanId", span.parentSpanID.hex) }
        text("name", span.name)
        json.key("kind")
        json.integer(span.kind.rawValue)
        number("startTimeUnixNano", span.startTime)
        number("endTimeUnixNano", span.endTime)
        attributes(span.attributes)
        list("events", span.events) { event, sample in
            sample.number("timeUnixNano", event.time)
            sample.text("name", event.name)
            sample.attributes(event.attributes)
        }
        list("links", span.links) { link, sample in
            sample.text("traceId", link.traceID.hex)
            sample.text("spanId", link.spanID.hex)
            sample.attributes(link.attributes)
        }
        if span.status != .unset {
            json.key("status")
            json.open("{")
            json.key("code")
            json.integer(span.status.rawValue)
            text("message", span.statusMessage)
            json.close("}")
        }
        json.close("}")
    }

    private mutating func write(_ log: RecordedLog) {
        json.open("{")
        number("timeUnixNano", log.time)
        if log.observedTime != 0 { number("observedTimeUnixNano", log.observedTime) }
        if log.severityNumber != 0 {
            json.key("severityNumber")
            json.integer(log.severityNumber)
        }
        text("severityText", log.severityText)
        text("eventName", log.eventName)
        json.key("body")
        value(log.body)
        attributes(log.attributes)
        if !log.traceID.isZero { text("traceId", log.traceID.hex) }
        if !log.spanID.isZero { text("spanId", log.spanID.hex) }
        json.close("}")
    }

    // MARK: Parts

    /// Nothing for an empty text, as the proto3 JSON mapping has it.
    private mutating func text(_ key: StaticString, _ text: String) {
        guard !text.isEmpty else { return }
        json.key(key)
        json.string(cut(text))
    }

    private mutating func number(_ key: StaticString, _ number: UInt64) {
        json.key(key)
        json.quotedInteger(number)
    }

    private mutating func list<Element>(
        _ key: StaticString, _ elements: [Element], _ write: (Element, inout OTLPSample) -> Void
    ) {
        guard !elements.isEmpty else { return }
        json.key(key)
        json.open("[")
        for element in elements.prefix(entriesMax) {
            json.separate()
            json.open("{")
            write(element, &self)
            json.close("}")
        }
        json.close("]")
    }

    private mutating func attributes(_ attributes: RecordedAttributes) {
        guard !attributes.isEmpty else { return }
        json.key("attributes")
        entries(attributes)
    }

    private mutating func entries(_ attributes: RecordedAttributes) {
        json.open("[")
        for entry in attributes.entries.prefix(entriesMax) {
            json.separate()
            json.open("{")
            text("key", entry.key)
            json.key("value")
            value(entry.value)
            json.close("}")
        }
        json.close("]")
    }

    /// Recursion is as deep as the value, which `RecordingBuilder` and the decoders bound.
    private mutating func value(_ value: RecordedValue) {
        json.open("{")
        switch value {
        case .string(let text):
            json.key("stringValue")
            json.string(cut(text))
        case .int(let number):
            json.key("intValue")
            json.quotedInteger(number)
        case .double(let number):
            json.key("doubleValue")
            json.double(number)
        case .bool(let flag):
            json.key("boolValue")
            json.bool(flag)
        case .bytes(let bytes):
            json.key("bytesValue")
            json.string(RecordedValue.bytes(Array(bytes.prefix(textMax))).text)
        case .array(let values):
            json.key("arrayValue")
            json.open("{")
            json.key("values")
            json.open("[")
            for element in values.prefix(entriesMax) {
                json.separate()
                self.value(element)
            }
            json.close("]")
            json.close("}")
        case .map(let attributes):
            json.key("kvlistValue")
            json.open("{")
            json.key("values")
            entries(attributes)
            json.close("}")
        case .empty: break
        }
        json.close("}")
    }

    private func cut(_ text: String) -> String {
        text.count > textMax ? String(text.prefix(textMax)) + "…" : text
    }
}
