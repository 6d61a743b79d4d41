import TelemetryModel

/// Takes the fields of a structured line one by one and gives them their place in the record.
///
/// A field with a role (time, level, message, service, ids) takes it when its value can be read so, and else stays an
/// attribute: nothing of the line is lost.
struct FieldCollector {
    private struct Candidate {
        var entry: FieldNames.Entry
        var value: LogValue
    }

    private(set) var attributes: [LogAttribute] = []
    private var time: Candidate?
    private var level: Candidate?
    private var message: Candidate?
    private var service: Candidate?
    private var traceID: Candidate?
    private var spanID: Candidate?
    /// The rarer roles.
    private var others: [Candidate] = []
    /// Whether fields stand in `fields`, as tracing-subscriber's JSON has them.
    private var hasTracingFields = false

    init() {
        attributes.reserveCapacity(12)
    }

    /// The field that is the message, and its name in the line.
    var messageField: (name: String, value: LogValue)? { message.map { ($0.entry.name.description, $0.value) } }
    var timeValue: LogValue? { time?.value }

    /// All fields by their names in the line, those with a role last.
    var all: [LogAttribute] {
        var all = attributes
        for candidate in [time, level, message, service, traceID, spanID].compactMap({ $0 }) + others {
            all.append(LogAttribute(candidate.entry.name.description, candidate.value))
        }
        return all
    }
    /// A level and a message, or the like: what a line needs to be one of a log and not just data.
    var isLogLike: Bool { time != nil || level != nil || message != nil }

    mutating func add(_ name: Text, _ value: LogValue) {
        guard let entry = FieldNames.entry(name) else {
            var name = name
            if name.take("fields.") { hasTracingFields = true }
            append(name.string, value)
            return
        }
        let candidate = Candidate(entry: entry, value: value)
        switch entry.role {
        case .time: keep(Self.settle(&time, candidate))
        case .level: keep(Self.settle(&level, candidate))
        case .message: keep(Self.settle(&message, candidate))
        case .service: keep(Self.settle(&service, candidate))
        case .traceID: keep(Self.settle(&traceID, candidate))
        case .spanID: keep(Self.settle(&spanID, candidate))
        case .alias: append(entry.target.description, value)
        default: others.append(candidate)
        }
        if entry.name.utf8CodeUnitCount > 7, name.hasPrefix("fields.") { hasTracingFields = true }
    }

    /// Gives the role to one of two fields; the other is returned.
    private static func settle(_ slot: inout Candidate?, _ candidate: Candidate) -> Candidate? {
        guard let held = slot else {
            slot = candidate
            return nil
        }
        if held.entry.name.utf8Start == candidate.entry.name.utf8Start {
            // The same key twice: the last counts, as in most readers of JSON.
            slot = candidate
            return nil
        }
        guard candidate.entry.rank < held.entry.rank || held.value == .null || held.value == .string("") else {
            return candidate
        }
        slot = candidate
        return held
    }

    private mutating func keep(_ candidate: Candidate?) {
        guard let candidate else { return }
        append(candidate.entry.name.description, candidate.value)
    }

    private mutating func append(_ name: String, _ value: LogValue) {
        attributes.append(LogAttribute(name, value))
    }

    // MARK: The record

    /// Puts what was collected into the record.
    ///
    /// - Parameter line: The body when no field is the message.
    mutating func finish(into draft: inout LogDraft, line: @autoclosure () -> String, context: FormatContext) {
        if let found = time {
            if let read = Self.time(found.value, context) { draft.time = read } else { keep(found) }
        }
        finishLevel(into: &draft)
        if let message {
            draft.body = ValueText.plain(message.value)
        } else {
            draft.body = line()
        }
        finishIdentifiers(into: &draft)
        for other in others { finish(other, into: &draft) }
        if hasTracingFields { renameTracing() }
        removeDuplicates()
        if let service {
            let name = ValueText.plain(service.value)
            if name.isEmpty || service.value == .null {
                keep(service)
            } else {
                append("service.name", .string(name))
            }
        }
        if draft.attributes.isEmpty {
            // The array moves, with the room it has.
            swap(&draft.attributes, &attributes)
        } else {
            draft.attributes += attributes
        }
    }

    private mutating func finishLevel(into draft: inout LogDraft) {
        guard let level else { return }
        switch level.value {
        case .string(let text):
            draft.severityText = text
            draft.severityNumber = Severity.number(text)
            if draft.severityNumber == 0, let number = Int64(text) { fallthroughNumber(number, into: &draft) }
        case .int(let number): fallthroughNumber(number, into: &draft)
        case .double(let number) where number.magnitude < 1e9: fallthroughNumber(Int64(number), into: &draft)
        default: keep(level)
        }
    }

    private func fallthroughNumber(_ number: Int64, into draft: inout LogDraft) {
        if let level = Severity.level(number) {
            draft.severityText = level.text
            draft.severityNumber = level.number
        } else {
            draft.severityText = "\(number)"
        }
    }

    private mutating func finishIdentifiers(into draft: inout LogDraft) {
        if let found = traceID {
            let read = withText(found.value) { text -> (TraceID, Bool)? in
                // Google's are `projects/<name>/traces/<id>`.
                var id = text
                while let place = id.distance(to: UInt8(ascii: "/")) { id.skip(place + 1) }
                return IdentifierText.traceID(id).map { ($0, id.count == text.count && id.count == 32) }
            }
            draft.traceID = read?.0
            // Other forms than the usual stay readable beside the id (seeds: ids of 64 digits).
            if read?.1 != true { keep(found) }
        }
        if let found = spanID {
            draft.spanID = withText(found.value) { IdentifierText.spanID($0) }
            if draft.spanID == nil { keep(found) }
        }
    }

    private mutating func finish(_ other: Candidate, into draft: inout LogDraft) {
        switch other.entry.role {
        case .severityNumber:
            if case .int(let number) = other.value, (1...24).contains(number) {
                draft.severityNumber = Int32(number)
                return
            }
        case .pythonLevel:
            if case .int(let number) = other.value, let level = Severity.pythonLevel(number) {
                if draft.severityText.isEmpty { draft.severityText = level.text }
                if draft.severityNumber == 0 { draft.severityNumber = level.number }
                return
            }
        case .datadogTraceID:
            let id = withText(other.value) { IdentifierText.datadogTraceID($0) }
            if draft.traceID == nil { draft.traceID = id }
        case .datadogSpanID:
            let id = withText(other.value) { IdentifierText.datadogSpanID($0) }
            if draft.spanID == nil { draft.spanID = id }
        case .traceParent:
            if let parent = withText(other.value, { IdentifierText.traceParent($0) }) {
                draft.traceID = draft.traceID ?? parent.trace
                draft.spanID = draft.spanID ?? parent.span
                draft.flags = parent.flags
            }
        case .traceFlags:
            if case .int(let number) = other.value, (0...255).contains(number) {
                draft.flags = UInt32(number)
                return
            }
            if case .string(let text) = other.value, let number = UInt32(text, radix: 16), number < 256 {
                draft.flags = number
                return
            }
        case .eventName:
            if case .string(let text) = other.value {
                draft.eventName = text
                return
            }
        case .place:
            if case .string(let text) = other.value, let (file, line) = CodePlace.split(text) {
                append("code.file.path", .string(file))
                append("code.line.number", .int(line))
                return
            }
        default: break
        }
        keep(other)
    }

    private func withText<Result>(_ value: LogValue, _ body: (Text) -> Result?) -> Result? {
        var text: String
        switch value {
        case .string(let string): text = string
        case .int(let number): text = "\(number)"
        default: return nil
        }
        return text.withUTF8 { body(Text($0).trimmed()) }
    }

    static func time(_ value: LogValue, _ context: FormatContext) -> Timestamp? {
        switch value {
        case .string(let text): TimeText.parse(text, zone: context.zone, readTime: context.readTime)
        case .int(let number): UnixTime.timestamp(number)
        case .double(let number): UnixTime.timestamp(number)
        default: nil
        }
    }

    /// tracing-subscriber: `target` is the logger.
    private mutating func renameTracing() {
        if let place = attributes.firstIndex(where: { $0.name == "target" }) {
            attributes[place].name = "log.logger"
        }
    }

    /// The last of several fields with one name counts; its place is that of the first.
    private mutating func removeDuplicates() {
        guard attributes.count > 1 else { return }
        if attributes.count <= 16 {
            var kept = 1
            for index in 1..<attributes.count {
                let attribute = attributes[index]
                if let place = attributes[0..<kept].firstIndex(where: { $0.name == attribute.name }) {
                    attributes[place].value = attribute.value
                } else {
                    if kept != index { attributes[kept] = attribute }
                    kept += 1
                }
            }
            attributes.removeLast(attributes.count - kept)
            return
        }
        var places: [String: Int] = [:]
        var result: [LogAttribute] = []
        result.reserveCapacity(attributes.count)
        for attribute in attributes {
            if let place = places[attribute.name] {
                result[place].value = attribute.value
            } else {
                places[attribute.name] = result.count
                result.append(attribute)
            }
        }
        attributes = result
    }
}
