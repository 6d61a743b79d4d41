import Codecs
import TelemetryModel

/// A line of the Collector's file exporter: an `ExportLogsServiceRequest` in OTLP's JSON.
///
/// - Spec: OTLP 1.x, "JSON Protobuf Encoding", with 64-bit numbers as numbers or texts, and both spellings of names.
enum OTLPLogFile {
    static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, observedTime: Timestamp
    ) -> Result<[LogDraft], DecodeError> {
        var reader = JSONReader(bytes, depthMax: JSONFormat.depthMax)
        do throws(DecodeError) {
            let root = try JSONFormat.value(&reader)
            try reader.finish()
            return .success(drafts(root, observedTime))
        } catch {
            return .failure(error)
        }
    }

    private static func drafts(_ root: LogValue, _ observedTime: Timestamp) -> [LogDraft] {
        var drafts: [LogDraft] = []
        for resourceLogs in list(root, "resourceLogs", "resource_logs") {
            let resource = attributes(member(resourceLogs, "resource", "resource"))
            for scopeLogs in list(resourceLogs, "scopeLogs", "scope_logs") {
                let scope = member(scopeLogs, "scope", "scope")
                var shared = attributes(scope)
                if let name = text(member(scope, "name", "name")), !name.isEmpty {
                    shared.append(LogAttribute("scope_name", .string(name)))
                }
                if let version = text(member(scope, "version", "version")), !version.isEmpty {
                    shared.append(LogAttribute("scope_version", .string(version)))
                }
                for record in list(scopeLogs, "logRecords", "log_records") {
                    drafts.append(draft(record, resource: resource, shared: shared, observedTime))
                }
            }
        }
        return drafts
    }

    private static func draft(
        _ record: LogValue, resource: [LogAttribute], shared: [LogAttribute], _ observedTime: Timestamp
    ) -> LogDraft {
        var draft = LogDraft(observedTime: observedTime)
        draft.resource = resource
        if let time = integer(member(record, "timeUnixNano", "time_unix_nano")), time > 0 {
            draft.time = Timestamp(nanoseconds: time)
        }
        if let time = integer(member(record, "observedTimeUnixNano", "observed_time_unix_nano")), time > 0 {
            draft.observedTime = Timestamp(nanoseconds: time)
            if draft.time == nil { draft.time = draft.observedTime }
        }
        draft.severityText = text(member(record, "severityText", "severity_text")) ?? ""
        if let number = integer(member(record, "severityNumber", "severity_number")), (1...24).contains(number) {
            draft.severityNumber = Int32(number)
        } else {
            draft.severityNumber = Severity.number(draft.severityText)
        }
        draft.body = member(record, "body", "body").map { ValueText.plain(anyValue($0)) } ?? ""
        draft.eventName = text(member(record, "eventName", "event_name")) ?? ""
        if let flags = integer(member(record, "flags", "flags")), (0...Int64(UInt32.max)).contains(flags) {
            draft.flags = UInt32(flags)
        }
        if var id = text(member(record, "traceId", "trace_id")) {
            draft.traceID = id.withUTF8 { IdentifierText.traceID(Text($0)) }
        }
        if var id = text(member(record, "spanId", "span_id")) {
            draft.spanID = id.withUTF8 { IdentifierText.spanID(Text($0)) }
        }
        draft.attributes = attributes(record)
        for attribute in shared where draft[attribute.name] == nil { draft.attributes.append(attribute) }
        return draft
    }

    // MARK: Members

    private static func member(_ value: LogValue?, _ name: String, _ other: String) -> LogValue? {
        guard case .object(let members)? = value else { return nil }
        return members.last { $0.name == name || $0.name == other }?.value
    }

    private static func list(_ value: LogValue?, _ name: String, _ other: String) -> [LogValue] {
        guard case .list(let values)? = member(value, name, other) else { return [] }
        return values
    }

    private static func text(_ value: LogValue?) -> String? {
        guard case .string(let text)? = value else { return nil }
        return text
    }

    private static func integer(_ value: LogValue?) -> Int64? {
        switch value {
        case .int(let number): number
        case .string(let text): Int64(text)
        default: nil
        }
    }

    private static func attributes(_ value: LogValue?) -> [LogAttribute] {
        list(value, "attributes", "attributes").compactMap { attribute in
            guard let key = text(member(attribute, "key", "key")) else { return nil }
            return LogAttribute(key, member(attribute, "value", "value").map(anyValue) ?? .null)
        }
    }

    /// An `AnyValue`, whose nesting the reader bounded.
    private static func anyValue(_ value: LogValue) -> LogValue {
        guard case .object(let members) = value, let member = members.first else { return .null }
        switch member.name {
        case "stringValue", "string_value", "bytesValue", "bytes_value": return member.value
        case "intValue", "int_value": return integer(member.value).map { .int($0) } ?? member.value
        case "boolValue", "bool_value": return member.value
        case "doubleValue", "double_value":
            if case .int(let number) = member.value { return .double(Double(number)) }
            return member.value
        case "arrayValue", "array_value": return .list(list(member.value, "values", "values").map(anyValue))
        case "kvlistValue", "kvlist_value":
            return .object(
                list(member.value, "values", "values").compactMap { pair in
                    guard let key = text(self.member(pair, "key", "key")) else { return nil }
                    return LogAttribute(key, self.member(pair, "value", "value").map(anyValue) ?? .null)
                })
        default: return .null
        }
    }
}
