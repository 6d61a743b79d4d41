import OTLPMessages

// Messages of trace.proto and trace_service.proto.

extension OTLPJSONDecoder {
    private enum RequestField: String, OTLPJSONField {
        case resourceSpans
        static let table = OTLPJSONFieldTable<Self>()
    }

    mutating func readTraceRequest() throws(DecodeError) -> OTLPTraceRequest {
        var request = OTLPTraceRequest()
        try readFields(of: RequestField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .resourceSpans:
                request.resourceSpans = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readResourceSpans()
                }
            }
        }
        return request
    }

    private enum ResourceSpansField: String, OTLPJSONField {
        case resource, scopeSpans, schemaUrl
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readResourceSpans() throws(DecodeError) -> OTLPResourceSpans {
        var resourceSpans = OTLPResourceSpans()
        try readFields(of: ResourceSpansField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .resource: resourceSpans.resource = try decoder.readResource()
            case .scopeSpans:
                resourceSpans.scopeSpans = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readScopeSpans()
                }
            case .schemaUrl: resourceSpans.schemaURL = try decoder.readString()
            }
        }
        return resourceSpans
    }

    private enum ScopeSpansField: String, OTLPJSONField {
        case scope, spans, schemaUrl
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readScopeSpans() throws(DecodeError) -> OTLPScopeSpans {
        var scopeSpans = OTLPScopeSpans()
        try readFields(of: ScopeSpansField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .scope: scopeSpans.scope = try decoder.readScope()
            case .spans:
                scopeSpans.spans = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readSpan()
                }
            case .schemaUrl: scopeSpans.schemaURL = try decoder.readString()
            }
        }
        return scopeSpans
    }

    private enum SpanField: String, OTLPJSONField {
        case traceId, spanId, traceState, parentSpanId, flags, name, kind, startTimeUnixNano, endTimeUnixNano
        case attributes, droppedAttributesCount, events, droppedEventsCount, links, droppedLinksCount, status
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readSpan() throws(DecodeError) -> OTLPSpan {
        var span = OTLPSpan()
        var originalTraceID: String?
        try readFields(of: SpanField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .traceId: span.traceID = try decoder.readTraceID(original: &originalTraceID)
            case .spanId: span.spanID = try decoder.readSpanID()
            case .traceState: span.traceState = try decoder.readString()
            case .parentSpanId: span.parentSpanID = try decoder.readSpanID()
            case .flags: span.flags = try decoder.readInteger()
            case .name: span.name = try decoder.readString()
            case .kind:
                let number = try decoder.readEnum(Self.spanKindNames)
                span.kind = OTLPSpan.SpanKind(rawValue: number) ?? .UNRECOGNIZED(number)
            case .startTimeUnixNano: span.startTimeUnixNano = try decoder.readInteger()
            case .endTimeUnixNano: span.endTimeUnixNano = try decoder.readInteger()
            case .attributes: span.attributes = try decoder.readAttributes()
            case .droppedAttributesCount: span.droppedAttributesCount = try decoder.readInteger()
            case .events:
                span.events = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readEvent()
                }
            case .droppedEventsCount: span.droppedEventsCount = try decoder.readInteger()
            case .links:
                span.links = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readLink()
                }
            case .droppedLinksCount: span.droppedLinksCount = try decoder.readInteger()
            case .status: span.status = try decoder.readStatus()
            }
        }
        span.attributes.appendOriginalTraceID(originalTraceID)
        return span
    }

    private static let spanKindNames = OTLPJSONEnumNames(
        prefix: "SPAN_KIND_", names: ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"])

    private enum EventField: String, OTLPJSONField {
        case timeUnixNano, name, attributes, droppedAttributesCount
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readEvent() throws(DecodeError) -> OTLPSpan.Event {
        var event = OTLPSpan.Event()
        try readFields(of: EventField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .timeUnixNano: event.timeUnixNano = try decoder.readInteger()
            case .name: event.name = try decoder.readString()
            case .attributes: event.attributes = try decoder.readAttributes()
            case .droppedAttributesCount: event.droppedAttributesCount = try decoder.readInteger()
            }
        }
        return event
    }

    private enum LinkField: String, OTLPJSONField {
        case traceId, spanId, traceState, attributes, droppedAttributesCount, flags
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readLink() throws(DecodeError) -> OTLPSpan.Link {
        var link = OTLPSpan.Link()
        var originalTraceID: String?
        try readFields(of: LinkField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .traceId: link.traceID = try decoder.readTraceID(original: &originalTraceID)
            case .spanId: link.spanID = try decoder.readSpanID()
            case .traceState: link.traceState = try decoder.readString()
            case .attributes: link.attributes = try decoder.readAttributes()
            case .droppedAttributesCount: link.droppedAttributesCount = try decoder.readInteger()
            case .flags: link.flags = try decoder.readInteger()
            }
        }
        link.attributes.appendOriginalTraceID(originalTraceID)
        return link
    }

    private enum StatusField: String, OTLPJSONField {
        case message, code
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readStatus() throws(DecodeError) -> OTLPStatus {
        var status = OTLPStatus()
        try readFields(of: StatusField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .message: status.message = try decoder.readString()
            case .code:
                let number = try decoder.readEnum(Self.statusCodeNames)
                status.code = OTLPStatus.StatusCode(rawValue: number) ?? .UNRECOGNIZED(number)
            }
        }
        return status
    }

    private static let statusCodeNames = OTLPJSONEnumNames(prefix: "STATUS_CODE_", names: ["UNSET", "OK", "ERROR"])
}
