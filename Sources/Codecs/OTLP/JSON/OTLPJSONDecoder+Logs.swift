import OTLPMessages

// Messages of logs.proto and logs_service.proto.

extension OTLPJSONDecoder {
    private enum RequestField: String, OTLPJSONField {
        case resourceLogs
        static let table = OTLPJSONFieldTable<Self>()
    }

    mutating func readLogsRequest() throws(DecodeError) -> OTLPLogsRequest {
        var request = OTLPLogsRequest()
        try readFields(of: RequestField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .resourceLogs:
                request.resourceLogs = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readResourceLogs()
                }
            }
        }
        return request
    }

    private enum ResourceLogsField: String, OTLPJSONField {
        case resource, scopeLogs, schemaUrl
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readResourceLogs() throws(DecodeError) -> OTLPResourceLogs {
        var resourceLogs = OTLPResourceLogs()
        try readFields(of: ResourceLogsField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .resource: resourceLogs.resource = try decoder.readResource()
            case .scopeLogs:
                resourceLogs.scopeLogs = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readScopeLogs()
                }
            case .schemaUrl: resourceLogs.schemaURL = try decoder.readString()
            }
        }
        return resourceLogs
    }

    private enum ScopeLogsField: String, OTLPJSONField {
        case scope, logRecords, schemaUrl
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readScopeLogs() throws(DecodeError) -> OTLPScopeLogs {
        var scopeLogs = OTLPScopeLogs()
        try readFields(of: ScopeLogsField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .scope: scopeLogs.scope = try decoder.readScope()
            case .logRecords:
                scopeLogs.logRecords = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readLogRecord()
                }
            case .schemaUrl: scopeLogs.schemaURL = try decoder.readString()
            }
        }
        return scopeLogs
    }

    private enum LogRecordField: String, OTLPJSONField {
        case timeUnixNano, observedTimeUnixNano, severityNumber, severityText, body
        case attributes, droppedAttributesCount, flags, traceId, spanId, eventName
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readLogRecord() throws(DecodeError) -> OTLPLogRecord {
        var record = OTLPLogRecord()
        var originalTraceID: String?
        try readFields(of: LogRecordField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .timeUnixNano: record.timeUnixNano = try decoder.readInteger()
            case .observedTimeUnixNano: record.observedTimeUnixNano = try decoder.readInteger()
            case .severityNumber:
                let number = try decoder.readEnum(Self.severityNames)
                record.severityNumber = OTLPSeverityNumber(rawValue: number) ?? .UNRECOGNIZED(number)
            case .severityText: record.severityText = try decoder.readString()
            case .body: record.body = try decoder.readAnyValue()
            case .attributes: record.attributes = try decoder.readAttributes()
            case .droppedAttributesCount: record.droppedAttributesCount = try decoder.readInteger()
            case .flags: record.flags = try decoder.readInteger()
            case .traceId: record.traceID = try decoder.readTraceID(original: &originalTraceID)
            case .spanId: record.spanID = try decoder.readSpanID()
            case .eventName: record.eventName = try decoder.readString()
            }
        }
        record.attributes.appendOriginalTraceID(originalTraceID)
        return record
    }

    private static let severityNames = OTLPJSONEnumNames(
        prefix: "SEVERITY_NUMBER_",
        names: [
            "UNSPECIFIED",
            "TRACE", "TRACE2", "TRACE3", "TRACE4",
            "DEBUG", "DEBUG2", "DEBUG3", "DEBUG4",
            "INFO", "INFO2", "INFO3", "INFO4",
            "WARN", "WARN2", "WARN3", "WARN4",
            "ERROR", "ERROR2", "ERROR3", "ERROR4",
            "FATAL", "FATAL2", "FATAL3", "FATAL4",
        ])
}
