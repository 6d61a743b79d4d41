package import OTLPMessages
import TelemetryModel

extension ColumnAppender {
    package mutating func append(_ request: OTLPLogsRequest) {
        for resourceLogs in request.resourceLogs {
            let service = resourceLogs.resource.serviceName
            let resourceID = id(of: resourceLogs.resource, schemaURL: resourceLogs.schemaURL)
            let level = resourceLogs.resource.streamLevel(schemaURL: resourceLogs.schemaURL)
            for scopeLogs in resourceLogs.scopeLogs {
                let scopeID = id(of: scopeLogs.scope, schemaURL: scopeLogs.schemaURL)
                for record in scopeLogs.logRecords {
                    append(record, service: service, level: level, resourceID: resourceID, scopeID: scopeID)
                }
            }
        }
    }

    private mutating func append(
        _ record: OTLPLogRecord, service: String, level: LogLevel, resourceID: UInt64, scopeID: UInt64
    ) {
        var attributes = record.attributes
        var traceID = TraceID.zero
        var spanID = SpanID.zero
        if !record.traceID.isEmpty {
            if let id = TraceID(bytes: record.traceID) {
                traceID = id
            } else {
                attributes.append(original: "martlet.original_trace_id", record.traceID)
                outcome.repairs.add(.logIDLength)
            }
        }
        if !record.spanID.isEmpty {
            if let id = SpanID(bytes: record.spanID) {
                spanID = id
            } else {
                attributes.append(original: "martlet.original_span_id", record.spanID)
                outcome.repairs.add(.logIDLength)
            }
        }
        let rows = batch.logs
        rows.receivedTime.append(receivedTime)
        // "Use Timestamp if it is present, otherwise use ObservedTimestamp" (OTLP logs.proto, LogRecord).
        let observed =
            record.observedTimeUnixNano == 0 ? receivedTime : Timestamp(clamping: record.observedTimeUnixNano)
        rows.time.append(record.timeUnixNano == 0 ? observed : Timestamp(clamping: record.timeUnixNano))
        rows.observedTime.append(observed)
        rows.traceID.append(StoredTraceID(traceID))
        rows.spanID.append(StoredSpanID(spanID))
        rows.flags.append(record.flags)
        rows.service.append(service)
        rows.severityNumber.append(Int32(truncatingIfNeeded: record.severityNumber.rawValue))
        rows.severityText.append(record.severityText)
        let body = AttributeText(record.body)
        rows.body.append(body.text)
        withUnsafePointer(to: body.type.rawValue) {
            rows.bodyType.append(utf8: UnsafeBufferPointer(start: $0, count: 1))
        }
        rows.eventName.append(record.eventName)
        rows.resourceID.append(resourceID)
        rows.scopeID.append(scopeID)
        append(attributes, to: rows.attributes)
        rows.droppedAttributes.append(record.droppedAttributesCount)
        logFacts.complete(rows, streamLevel: level)
        outcome.accepted += 1
    }
}

extension OTLPResource {
    /// The level that the labels of a stream name. A resource of OTLP's says nothing of its records' levels.
    func streamLevel(schemaURL: String) -> LogLevel {
        guard LogStreams.isStream(schemaURL: schemaURL) else { return .unknown }
        for attribute in attributes where LogStreams.levelLabels.contains(attribute.key) {
            return LogLevel(name: AttributeText(attribute.value).text)
        }
        return .unknown
    }
}
