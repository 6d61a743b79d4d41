import OTLPMessages

// Messages of logs.proto.

extension OTLPJSONEncoder {
    mutating func write(_ resourceLogs: OTLPResourceLogs) {
        object {
            $0.message("resource", resourceLogs.hasResource ? resourceLogs.resource : nil) { $0.write($1) }
            $0.list("scopeLogs", resourceLogs.scopeLogs) { $0.write($1) }
            $0.string("schemaUrl", resourceLogs.schemaURL)
        }
    }

    private mutating func write(_ scopeLogs: OTLPScopeLogs) {
        object {
            $0.message("scope", scopeLogs.hasScope ? scopeLogs.scope : nil) { $0.write($1) }
            $0.list("logRecords", scopeLogs.logRecords) { $0.write($1) }
            $0.string("schemaUrl", scopeLogs.schemaURL)
        }
    }

    private mutating func write(_ record: OTLPLogRecord) {
        object {
            $0.uint64("timeUnixNano", record.timeUnixNano)
            $0.uint64("observedTimeUnixNano", record.observedTimeUnixNano)
            $0.enumeration("severityNumber", record.severityNumber)
            $0.string("severityText", record.severityText)
            $0.message("body", record.hasBody ? record.body : nil) { $0.write($1) }
            $0.attributes("attributes", record.attributes)
            $0.uint32("droppedAttributesCount", record.droppedAttributesCount)
            $0.uint32("flags", record.flags)
            $0.identifier("traceId", record.traceID)
            $0.identifier("spanId", record.spanID)
            $0.string("eventName", record.eventName)
        }
    }
}
