import Codecs
import OTLPMessages

/// Events and service checks of DogStatsD as OTLP log records.
///
/// The title is the event's name, the text the body; what else the line says are attributes: the tags under their own
/// keys, the rest under `dogstatsd.…`.
enum StatsDLogMessages {
    static func resourceLogs(_ records: [StatsDLogRecord]) -> OTLPResourceLogs {
        var scopeLogs = OTLPScopeLogs()
        scopeLogs.scope.name = "martlet.statsd"
        scopeLogs.logRecords = records.map(message)
        var resourceLogs = OTLPResourceLogs()
        resourceLogs.scopeLogs = [scopeLogs]
        return resourceLogs
    }

    private static func message(_ record: StatsDLogRecord) -> OTLPLogRecord {
        var message = OTLPLogRecord()
        let received = nanoseconds(record.receivedTime)
        message.observedTimeUnixNano = received
        message.timeUnixNano = record.time.map(nanoseconds) ?? received
        message.body.stringValue = record.text.isEmpty ? record.title : record.text
        var attributes = record.tags.map { ($0.key, $0.value) }
        if !record.host.isEmpty { attributes.append(("host.name", record.host)) }
        if !record.container.isEmpty { attributes.append(("container.id", record.container)) }
        switch record.kind {
        case .event(let event):
            message.eventName = "dogstatsd.event"
            (message.severityNumber, message.severityText) = severity(event.alert)
            attributes += [
                ("dogstatsd.title", record.title), ("dogstatsd.alert_type", event.alert.rawValue),
                ("dogstatsd.priority", event.priority), ("dogstatsd.aggregation_key", event.aggregationKey),
                ("dogstatsd.source_type", event.sourceType),
            ]
        case .serviceCheck(let status):
            message.eventName = "dogstatsd.service_check"
            (message.severityNumber, message.severityText) = severity(status)
            attributes += [("dogstatsd.check", record.title), ("dogstatsd.status", "\(status)")]
        }
        message.attributes = attributes.filter { !$0.1.isEmpty }.map { key, value in
            var pair = OTLPKeyValue()
            pair.key = key
            pair.value.stringValue = value
            return pair
        }
        return message
    }

    /// Spec: OTLP logs data model, "Severity Fields".
    private static func severity(_ alert: StatsDLogRecord.Event.Alert) -> (OTLPSeverityNumber, String) {
        switch alert {
        case .error: (.error, "ERROR")
        case .warning: (.warn, "WARN")
        case .info, .success: (.info, "INFO")
        }
    }

    private static func severity(_ status: StatsDLogRecord.CheckStatus) -> (OTLPSeverityNumber, String) {
        switch status {
        case .ok: (.info, "INFO")
        case .warning, .unknown: (.warn, "WARN")
        case .critical: (.error, "ERROR")
        }
    }

    private static func nanoseconds(_ milliseconds: Int64) -> UInt64 {
        let (product, overflow) = UInt64(clamping: milliseconds).multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max : product
    }
}
