import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import TraceMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Traces as Jaeger's web page downloads them and its HTTP API answers: `{"data":[trace, …]}`, a trace, a span.
///
/// - Ids are hexadecimal, leading zeros may be cut; times and durations are microseconds; a number may be a string.
/// - A tag without type has that of its JSON value.
/// - Spec: Jaeger, the types of its `uimodel`; those of its JSON in other stores differ in what is added.
enum JaegerJSON {
    static func request(_ bytes: [UInt8]) throws(DecodeError) -> OTLPTraceRequest {
        try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
            var decoder = JaegerJSONDecoder(reader: JSONReader(buffer))
            try decoder.readDocument()
            try decoder.reader.finish()
            return decoder.spans.request
        }
    }
}

private struct JaegerJSONDecoder {
    var reader: JSONReader
    var spans = JaegerSpans()
    /// Spans and tags so far; bounded as those of an OTLP request.
    private var messages = 0

    init(reader: JSONReader) { self.reader = reader }

    /// An object of which the members say what it is: an envelope has `data`, a trace `spans`, a span `spanID`.
    mutating func readDocument() throws(DecodeError) {
        var trace = Trace()
        var single = Span()
        var isSpan = false
        try members { (decoder, key) throws(DecodeError) in
            switch key {
            case "data":
                guard try !decoder.reader.readNull() else { return }
                var list = try decoder.reader.beginList()
                while try decoder.reader.nextElement(&list) { try decoder.readDocument() }
            case "spans": trace.spans = try decoder.readSpans()
            case "processes": trace.processes = try decoder.readProcesses()
            case "warnings", "total", "limit", "offset", "errors": try decoder.reader.skipValue()
            default:
                isSpan = isSpan || key == "spanID"
                try decoder.readMember(key, of: &single)
            }
        }
        for span in trace.spans { spans.add(span.message, process: span.process ?? trace.processes[span.processID]) }
        setParent(&single)
        if isSpan { spans.add(single.message, process: single.process) }
    }

    // MARK: Traces

    private struct Trace {
        var spans: [Span] = []
        var processes: [String: JaegerProtoProcess] = [:]
    }

    private struct Span {
        var message = JaegerProtoSpan()
        var processID = ""
        var process: JaegerProtoProcess?
        var parent: Data?
    }

    private mutating func readSpans() throws(DecodeError) -> [Span] {
        try list { (decoder) throws(DecodeError) in
            var span = Span()
            try decoder.members { (decoder, key) throws(DecodeError) in
                if key == "warnings" {
                    span.message.warnings = try decoder.list { (decoder) throws(DecodeError) in
                        try decoder.reader.readString()
                    }
                } else {
                    try decoder.readMember(key, of: &span)
                }
            }
            decoder.setParent(&span)
            return span
        }
    }

    /// Before it had references, a span named its parent.
    private func setParent(_ span: inout Span) {
        guard let parent = span.parent, !span.message.references.contains(where: { $0.refType == .childOf }) else {
            return
        }
        var reference = JaegerProtoSpanRef()
        reference.traceID = span.message.traceID
        reference.spanID = parent
        span.message.references.insert(reference, at: 0)
    }

    private mutating func readMember(_ key: String, of span: inout Span) throws(DecodeError) {
        guard try !reader.readNull() else { return }
        switch key {
        case "traceID": span.message.traceID = try readID(16)
        case "spanID": span.message.spanID = try readID(8)
        case "parentSpanID":
            let parent = try readID(8)
            if parent.contains(where: { $0 != 0 }) { span.parent = parent }
        case "flags": span.message.flags = UInt32(clamping: try readInteger())
        case "operationName": span.message.operationName = try reader.readString()
        case "references":
            span.message.references = try list { (decoder) throws(DecodeError) in try decoder.readReference() }
        case "startTime": span.message.startTime = Self.time(microseconds: try readInteger())
        case "duration":
            let microseconds = try readInteger()
            span.message.duration.seconds = microseconds / 1_000_000
            span.message.duration.nanos = Int32(microseconds % 1_000_000) * 1000
        case "tags": span.message.tags = try readTags()
        case "logs":
            span.message.logs = try list { (decoder) throws(DecodeError) in
                var log = JaegerProtoLog()
                try decoder.members { (decoder, key) throws(DecodeError) in
                    switch key {
                    case "timestamp": log.timestamp = Self.time(microseconds: try decoder.readInteger())
                    case "fields": log.fields = try decoder.readTags()
                    default: try decoder.reader.skipValue()
                    }
                }
                return log
            }
        case "processID": span.processID = try reader.readString()
        case "process":
            span.process = try readProcess()
        default: try reader.skipValue()
        }
    }

    private mutating func readReference() throws(DecodeError) -> JaegerProtoSpanRef {
        var reference = JaegerProtoSpanRef()
        try members { (decoder, key) throws(DecodeError) in
            switch key {
            case "refType":
                let type = try decoder.reader.readString().uppercased()
                reference.refType = type == "FOLLOWS_FROM" ? .followsFrom : .childOf
            case "traceID": reference.traceID = try decoder.readID(16)
            case "spanID": reference.spanID = try decoder.readID(8)
            default: try decoder.reader.skipValue()
            }
        }
        return reference
    }

    private mutating func readProcesses() throws(DecodeError) -> [String: JaegerProtoProcess] {
        var processes: [String: JaegerProtoProcess] = [:]
        try members { (decoder, key) throws(DecodeError) in processes[key] = try decoder.readProcess() }
        return processes
    }

    private mutating func readProcess() throws(DecodeError) -> JaegerProtoProcess {
        var process = JaegerProtoProcess()
        try members { (decoder, key) throws(DecodeError) in
            switch key {
            case "serviceName": process.serviceName = try decoder.reader.readString()
            case "tags": process.tags = try decoder.readTags()
            default: try decoder.reader.skipValue()
            }
        }
        return process
    }

    // MARK: Tags

    private mutating func readTags() throws(DecodeError) -> [JaegerProtoKeyValue] {
        try list { (decoder) throws(DecodeError) in
            var tag = JaegerProtoKeyValue()
            var type: String?
            var value: JSONReader.Mark?
            try decoder.members { (decoder, key) throws(DecodeError) in
                switch key {
                case "key": tag.key = try decoder.reader.readString()
                case "type": type = try decoder.reader.readString().lowercased()
                case "value":
                    // The type may stand behind it.
                    value = decoder.reader.mark
                    try decoder.reader.skipValue()
                default: try decoder.reader.skipValue()
                }
            }
            let end = decoder.reader.mark
            if let value {
                decoder.reader.rewind(to: value)
                try decoder.readValue(of: &tag, type: type)
                decoder.reader.rewind(to: end)
            }
            return tag
        }
    }

    private mutating func readValue(of tag: inout JaegerProtoKeyValue, type: String?) throws(DecodeError) {
        let kind = try reader.nextKind()
        switch (kind, type) {
        case (.boolean, _):
            tag.vType = .bool
            tag.vBool = try reader.readBool()
        case (.number, "float64"), (.number, "double"), (.number, "float"):
            tag.vType = .float64
            tag.vFloat64 = try reader.readNumber().double ?? .infinity
        case (.number, _):
            let number = try reader.readNumber()
            if case .value(let magnitude, let isNegative) = number.integer,
                let value = Int64(exactly: isNegative ? -Int128(magnitude) : Int128(magnitude))
            {
                tag.vType = .int64
                tag.vInt64 = value
            } else {
                tag.vType = .float64
                tag.vFloat64 = number.double ?? .infinity
            }
        case (.string, _):
            let text = try reader.readString()
            Self.set(text, type, &tag)
        case (.null, _): try reader.skipValue()
        // Not Jaeger's: a value of its own stays as its text.
        case (.object, _), (.list, _): try reader.skipValue()
        }
    }

    /// A text that is a number or bytes by its type; what does not read so stays a text.
    private static func set(_ text: String, _ type: String?, _ tag: inout JaegerProtoKeyValue) {
        switch type {
        case "int64", "long", "int":
            if let number = Int64(text) {
                tag.vType = .int64
                tag.vInt64 = number
                return
            }
        case "float64", "double", "float":
            if let number = Double(text) {
                tag.vType = .float64
                tag.vFloat64 = number
                return
            }
        case "bool":
            if text == "true" || text == "false" {
                tag.vType = .bool
                tag.vBool = text == "true"
                return
            }
        case "binary":
            var text = text
            if let data = text.withUTF8({ Base64.decode($0) }) {
                tag.vType = .binary
                tag.vBinary = data
                return
            }
        default: break
        }
        tag.vStr = text
    }

    // MARK: Values

    /// Members that are null are as if they were not there.
    private mutating func members(
        _ member: (inout JaegerJSONDecoder, String) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        var object = try reader.beginObject()
        while let key = try reader.nextKey(&object) {
            let name = try reader.withBytes(of: key) { (bytes) throws(DecodeError) in
                String(decoding: bytes, as: UTF8.self)
            }
            if try reader.readNull() { continue }
            try member(&self, name)
        }
    }

    private mutating func list<Element>(
        _ element: (inout JaegerJSONDecoder) throws(DecodeError) -> Element
    ) throws(DecodeError) -> [Element] {
        var elements: [Element] = []
        var list = try reader.beginList()
        while try reader.nextElement(&list) {
            messages += 1
            guard messages <= Limits.messagesPerRequest else {
                throw DecodeError(
                    code: .tooLarge, message: "trace has more than \(Limits.messagesPerRequest) elements in its lists",
                    offset: reader.position)
            }
            elements.append(try element(&self))
        }
        return elements
    }

    /// An id that is none becomes no bytes, which the receiver refuses and counts.
    private mutating func readID(_ count: Int) throws(DecodeError) -> Data {
        let text = try reader.readString()
        return Hex.decode(text, paddedTo: count).map { Data($0) } ?? Data()
    }

    private mutating func readInteger() throws(DecodeError) -> Int64 {
        let start = reader.position
        if try reader.nextKind() == .string {
            let text = try reader.readString()
            guard let value = Int64(text) else {
                throw DecodeError(code: .malformed, message: "expected a whole number", offset: start)
            }
            return value
        }
        let number = try reader.readNumber()
        if case .value(let magnitude, let isNegative) = number.integer {
            return Int64(clamping: isNegative ? -Int128(magnitude) : Int128(magnitude))
        }
        guard let value = number.double, value.magnitude < 0x1p62 else {
            throw DecodeError(code: .malformed, message: "expected a whole number", offset: start)
        }
        return Int64(value)
    }

    private static func time(microseconds: Int64) -> Google_Protobuf_Timestamp {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return Google_Protobuf_Timestamp(seconds: seconds, nanos: Int32(rest) * 1000)
    }
}
