import Codecs
package import TelemetryModel

/// A record as Filebeat writes it: one JSON line with flat dotted keys, as the seeds' `filebeat-processed-logs.jsonl`
/// has them, where all values are strings but those that ECS defines as numbers.
///
/// - Spec: Elastic Common Schema 8.11; the seeds, section 1.5.
package struct ECSDocument: Sendable {
    /// What the seeds' documents name as the shipper.
    package static let agentVersion = "8.11.0"

    /// In the order of the line.
    package private(set) var fields: [(name: String, value: LogValue)] = []
    private var places: [String: Int] = [:]

    package init(_ draft: LogDraft, _ source: LogSource) {
        add("@timestamp", .string((draft.time ?? draft.observedTime).rfc3339))
        if !draft.severityText.isEmpty {
            add("log.level", .string(draft.severityText))
        } else if let name = Self.levelName(draft.severityNumber) {
            add("log.level", .string(name))
        }
        if let service = draft.resource.first(where: { $0.name == "service.name" }) {
            add("service.name", service.value)
        }
        // Lines that are not JSON keep their text, as in Filebeat.
        add("message", .string(draft.originalText ?? draft.body))
        if let id = draft.traceID { add("trace.id", .string(id.hex)) }
        if let id = draft.spanID { add("span.id", .string(id.hex)) }
        if !draft.eventName.isEmpty { add("event.action", .string(draft.eventName)) }
        for attribute in draft.attributes { addFlat(ECSNames.name(of: attribute.name), attribute.value, depth: 0) }
        for attribute in draft.resource { addFlat(ECSNames.name(of: attribute.name), attribute.value, depth: 0) }
        if !source.path.isEmpty { add("log.file.path", .string(source.path)) }
        if !source.hostName.isEmpty { add("host.name", .string(source.hostName)) }
        add("input.type", .string(source.inputType))
        add("agent.type", .string("filebeat"))
        add("agent.version", .string(Self.agentVersion))
        if !source.hostName.isEmpty { add("agent.name", .string(source.hostName)) }
        add("ecs.version", .string("8.0.0"))
    }

    /// The field's value; nil when there is none.
    package subscript(_ name: String) -> LogValue? { places[name].map { fields[$0].value } }

    /// The line, without a line break.
    package var line: String {
        var writer = JSONWriter()
        writer.open("{")
        for field in fields {
            writer.separate()
            writer.string(field.name)
            writer.bytes.append(UInt8(ascii: ":"))
            ValueText.write(field.value, to: &writer)
        }
        writer.close("}")
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// What is there stays: what the record itself says comes first.
    private mutating func add(_ name: String, _ value: LogValue) {
        guard places[name] == nil else { return }
        places[name] = fields.count
        fields.append((name, value))
    }

    private mutating func addFlat(_ name: String, _ value: LogValue, depth: Int) {
        if case .object(let members) = value, depth < 8, !members.isEmpty, name.utf8.count < 256 {
            for member in members { addFlat(name + "." + member.name, member.value, depth: depth + 1) }
            return
        }
        switch value {
        case .null: return
        case .list where ECSNames.isList(name): add(name, value)
        case .int where ECSNames.isNumber(name): add(name, value)
        default:
            let text = ValueText.plain(value)
            if ECSNames.isNumber(name), let number = Int64(text) {
                add(name, .int(number))
            } else {
                add(name, .string(text))
            }
        }
    }

    /// ECS's `log.level` of records that have a number only.
    private static func levelName(_ number: Int32) -> String? {
        switch number {
        case 1...4: "trace"
        case 5...8: "debug"
        case 9...12: "info"
        case 13...16: "warn"
        case 17...20: "error"
        case 21...24: "fatal"
        default: nil
        }
    }
}
