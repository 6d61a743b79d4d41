import Foundation
import OTLPMessages
import TelemetryModel
import TraceQL

/// An attribute's value as a test gives it.
indirect enum GivenValue: Hashable {
    case string(String)
    case int(Int64)
    case double(Double)
    case bool(Bool)
    case bytes([UInt8])
    case array([GivenValue])
    case map([String: GivenValue])
    /// An `AnyValue` with nothing in it.
    case empty

    var message: OTLPAnyValue {
        var message = OTLPAnyValue()
        switch self {
        case .string(let text): message.stringValue = text
        case .int(let number): message.intValue = number
        case .double(let number): message.doubleValue = number
        case .bool(let flag): message.boolValue = flag
        case .bytes(let bytes): message.bytesValue = Data(bytes)
        case .array(let items): message.arrayValue.values = items.map(\.message)
        case .map(let members):
            message.kvlistValue.values = members.sorted { $0.key < $1.key }.map { Given.pair($0.key, $0.value) }
        case .empty: break
        }
        return message
    }

    /// As a query sees it.
    var value: Value {
        switch self {
        case .string(let text): .string(text)
        case .int(let number): .int(number)
        case .double(let number): .double(number)
        case .bool(let flag): .bool(flag)
        case .bytes(let bytes): .string(Data(bytes).base64EncodedString())
        case .array(let items):
            .list(
                items.compactMap {
                    switch $0 {
                    case .string, .int, .double, .bool: $0.value
                    default: nil
                    }
                })
        case .map(let members):
            // Maps of the tests have whole numbers only.
            .string(
                "{"
                    + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value.value)" }
                    .joined(separator: ",") + "}")
        case .empty: .none
        }
    }
}

typealias GivenAttributes = [(key: String, value: GivenValue)]

extension [(key: String, value: GivenValue)] {
    func value(_ key: String) -> Value { first { $0.key == key }?.value.value ?? .none }
    var messages: [OTLPKeyValue] { map { Given.pair($0.key, $0.value) } }
}

struct GivenSpan {
    struct Event {
        var time: Int64
        var name: String
        var attributes: GivenAttributes = []
    }

    struct Link {
        var trace: TraceID
        var span: SpanID
        var attributes: GivenAttributes = []
    }

    var trace: TraceID
    var id: SpanID
    var parent = SpanID.zero
    var start: Int64
    var duration: Int64 = 1_000_000
    var kind: Int32 = 0
    var status: Int32 = 0
    var name = "op"
    var message = ""
    var attributes: GivenAttributes = []
    var events: [Event] = []
    var links: [Link] = []
    /// Index into the resources and scopes of `Given`.
    var resource = 0
    var scope = 0

    var messageOfSpan: OTLPSpan {
        var span = OTLPSpan()
        span.traceID = Data(trace.bytes)
        span.spanID = Data(id.bytes)
        if !parent.isZero { span.parentSpanID = Data(parent.bytes) }
        span.name = name
        span.kind = .init(rawValue: Int(kind)) ?? .unspecified
        span.startTimeUnixNano = UInt64(start)
        span.endTimeUnixNano = UInt64(start + duration)
        span.status.code = .init(rawValue: Int(status)) ?? .unset
        span.status.message = message
        span.attributes = attributes.messages
        span.events = events.map { given in
            var event = OTLPSpan.Event()
            event.timeUnixNano = UInt64(given.time)
            event.name = given.name
            event.attributes = given.attributes.messages
            return event
        }
        span.links = links.map { given in
            var link = OTLPSpan.Link()
            link.traceID = Data(given.trace.bytes)
            link.spanID = Data(given.span.bytes)
            link.attributes = given.attributes.messages
            return link
        }
        return span
    }
}

/// Everything that a test stores: spans with their resources and scopes.
struct Given {
    struct Scope {
        var name = ""
        var version = ""
        var attributes: GivenAttributes = []
    }

    var resources: [GivenAttributes] = [[]]
    var scopes: [Scope] = [Scope()]
    var spans: [GivenSpan] = []

    func service(_ span: GivenSpan) -> String {
        guard let given = resources[span.resource].first(where: { $0.key == "service.name" })?.value else { return "" }
        if case .string(let text) = given { return text }
        if case .int(let number) = given { return "\(number)" }
        return ""
    }

    /// One group for each span, so that the order of the spans is the order of the rows.
    func request(_ spans: ArraySlice<GivenSpan>) -> OTLPTraceRequest {
        var request = OTLPTraceRequest()
        for span in spans {
            var group = OTLPResourceSpans()
            group.resource.attributes = resources[span.resource].messages
            var scope = OTLPScopeSpans()
            scope.scope.name = scopes[span.scope].name
            scope.scope.version = scopes[span.scope].version
            scope.scope.attributes = scopes[span.scope].attributes.messages
            scope.spans = [span.messageOfSpan]
            group.scopeSpans = [scope]
            request.resourceSpans.append(group)
        }
        return request
    }

    static func pair(_ key: String, _ value: GivenValue) -> OTLPKeyValue {
        var pair = OTLPKeyValue()
        pair.key = key
        pair.value = value.message
        return pair
    }
}
