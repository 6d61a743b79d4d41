import TelemetryModel

/// The fields of a record by the names that configurations use: `message`, `@timestamp`, `log.level`, `service.name`,
/// `trace.id`, attributes by theirs, and then what the resource has.
extension LogDraft {
    private enum Place {
        case body, time, level, traceID, spanID, eventName
        case resource(Int)
        case attribute(Int)
        case none
    }

    private func place(_ name: String) -> Place {
        switch name {
        case "message", "body": return .body
        case "@timestamp": return .time
        case "log.level", "level", "severity_text": return .level
        case "trace.id", "trace_id": return traceID == nil ? attributePlace(name) : .traceID
        case "span.id", "span_id": return spanID == nil ? attributePlace(name) : .spanID
        case "event.name": return .eventName
        case "service": return attributePlace("service.name")
        default: return attributePlace(name)
        }
    }

    private func attributePlace(_ name: String) -> Place {
        if let index = attributes.firstIndex(where: { $0.name == name }) { return .attribute(index) }
        if let index = resource.firstIndex(where: { $0.name == name }) { return .resource(index) }
        return .none
    }

    /// Nil when there is none, or when it is empty as only fields of the record itself can be.
    func field(_ name: String) -> LogValue? {
        switch place(name) {
        case .body: .string(body)
        case .time: time.map { .string($0.rfc3339) }
        case .level: severityText.isEmpty ? nil : .string(severityText)
        case .traceID: traceID.map { .string($0.hex) }
        case .spanID: spanID.map { .string($0.hex) }
        case .eventName: eventName.isEmpty ? nil : .string(eventName)
        case .resource(let index): resource[index].value
        case .attribute(let index): attributes[index].value
        case .none: nil
        }
    }

    /// Whether there is a field of the name, or fields inside it.
    func hasField(_ name: String) -> Bool {
        if field(name) != nil { return true }
        return attributes.contains { Self.isInside($0.name, name) }
            || resource.contains { Self.isInside($0.name, name) }
    }

    /// - Returns: false when the value cannot be that of the field (an id that is none).
    @discardableResult
    mutating func setField(_ name: String, _ value: LogValue) -> Bool {
        switch name {
        case "message", "body": body = ValueText.plain(value)
        case "@timestamp":
            guard let time = FieldCollector.time(value, FormatContext(zone: .utc, readTime: observedTime)) else {
                return false
            }
            self.time = time
        case "log.level", "level", "severity_text":
            severityText = ValueText.plain(value)
            severityNumber = Severity.number(severityText)
        case "trace.id", "trace_id":
            var text = ValueText.plain(value)
            guard let id = text.withUTF8({ IdentifierText.traceID(Text($0).trimmed()) }) else { return false }
            traceID = id
        case "span.id", "span_id":
            var text = ValueText.plain(value)
            guard let id = text.withUTF8({ IdentifierText.spanID(Text($0).trimmed()) }) else { return false }
            spanID = id
        case "event.name": eventName = ValueText.plain(value)
        case "service.name", "service": setResource("service.name", value)
        default:
            if let index = resource.firstIndex(where: { $0.name == name }) {
                resource[index].value = value
            } else {
                self[name] = value
            }
        }
        return true
    }

    private mutating func setResource(_ name: String, _ value: LogValue) {
        if let index = resource.firstIndex(where: { $0.name == name }) {
            resource[index].value = value
        } else {
            resource.append(LogAttribute(name, value))
        }
    }

    /// Takes the field away, and those inside it; the time, and the resource's `service.name`, only become unknown.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    mutating func removeField(_ name: String) -> Bool {
        switch name {
        case "message", "body":
            defer { body = "" }
            return !body.isEmpty
        case "@timestamp":
            defer { time = nil }
            return time != nil
        case "log.level", "level", "severity_text":
            defer { (severityText, severityNumber) = ("", 0) }
            if !severityText.isEmpty { return true }
        case "trace.id", "trace_id":
            if traceID != nil {
                traceID = nil
                return true
            }
        case "span.id", "span_id":
            if spanID != nil {
                spanID = nil
                return true
            }
        case "event.name":
            defer { eventName = "" }
            return !eventName.isEmpty
        default: break
        }
        let before = attributes.count + resource.count
        attributes.removeAll { $0.name == name || Self.isInside($0.name, name) }
        resource.removeAll { ($0.name == name || Self.isInside($0.name, name)) && $0.name != "service.name" }
        return attributes.count + resource.count != before
    }

    /// `a.b` is inside `a`.
    private static func isInside(_ name: String, _ parent: String) -> Bool {
        name.utf8.count > parent.utf8.count && name.hasPrefix(parent)
            && name.utf8.dropFirst(parent.utf8.count).first == UInt8(ascii: ".")
    }
}
