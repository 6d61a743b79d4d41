/// A log record that a receiver makes of a line, before it is a row: what processors change.
package struct LogDraft: Sendable, Equatable {
    /// The time in the line; nil when it has none (then the time of reading stands in).
    package var time: Timestamp?
    package var observedTime: Timestamp
    /// The level as the source names it; empty when it names none.
    package var severityText = ""
    /// 1-4 trace 5 debug 9 info 13 warn 17 error 21 fatal; 0 unknown (OTLP logs.proto, `SeverityNumber`).
    package var severityNumber: Int32 = 0
    /// The message. Valid UTF-8.
    package var body = ""
    /// The text that the body is a part of, when the time, the level and the like were taken off: what Filebeat's
    /// `message` is. It is not stored.
    package var originalText: String?
    package var eventName = ""
    package var traceID: TraceID?
    package var spanID: SpanID?
    /// W3C trace flags.
    package var flags: UInt32 = 0
    package var attributes: [LogAttribute] = []
    /// Of the source: `service.name`, `host.name`, …; records of one source have the same.
    package var resource: [LogAttribute] = []

    package init(observedTime: Timestamp) {
        self.observedTime = observedTime
    }

    /// The value of an attribute; nil when there is none.
    package subscript(_ name: String) -> LogValue? {
        get { attributes.first { $0.name == name }?.value }
        set {
            if let place = attributes.firstIndex(where: { $0.name == name }) {
                if let newValue { attributes[place].value = newValue } else { attributes.remove(at: place) }
            } else if let newValue {
                attributes.append(LogAttribute(name, newValue))
            }
        }
    }
}

package struct LogAttribute: Sendable, Equatable {
    package var name: String
    package var value: LogValue

    package init(_ name: String, _ value: LogValue) {
        self.name = name
        self.value = value
    }
}

/// A value as OTLP's `AnyValue` has it.
package indirect enum LogValue: Sendable, Equatable {
    case null
    case string(String)
    case int(Int64)
    case double(Double)
    case bool(Bool)
    case list([LogValue])
    case object([LogAttribute])
}
