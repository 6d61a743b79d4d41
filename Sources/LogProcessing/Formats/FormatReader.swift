import Codecs
import TelemetryModel

/// Recognises the format of an event and reads it.
struct FormatReader {
    let format: LogFormat
    let context: FormatContext
    private(set) var problems: [LogProblem] = []

    /// Frames inside each other: Docker's JSON around a line of JSON.
    private static let framesMax = 4

    init(format: LogFormat, zone: LogTimeZone, readTime: Timestamp) {
        self.format = format
        context = FormatContext(zone: zone, readTime: readTime, isForced: format != .auto)
    }

    /// The records of an event, none of which has a resource yet.
    mutating func read(_ text: String) -> [LogDraft] {
        var draft = LogDraft(observedTime: context.readTime)
        if format == .json || format == .otlpJSON || format == .docker || format == .auto {
            if let drafts = readJSON(text, into: draft, frames: 0) { return drafts }
        }
        readText(text, format: format, into: &draft, frames: 0)
        return [draft]
    }

    // MARK: JSON

    /// Nil when the event is no JSON.
    private mutating func readJSON(_ text: String, into template: LogDraft, frames: Int) -> [LogDraft]? {
        var text = text
        var problem: String?
        let drafts = text.withUTF8 { bytes -> [LogDraft]? in
            let inner = Text(bytes).trimmed()
            guard inner.first == UInt8(ascii: "{") else {
                if context.isForced, frames == 0 { problem = "no json object" }
                return nil
            }
            let document = UnsafeBufferPointer(rebasing: bytes[inner.start..<inner.end])
            var fields = FieldCollector()
            switch JSONFormat.read(document, into: &fields) {
            case .otlp:
                switch OTLPLogFile.read(document, observedTime: template.observedTime) {
                case .success(let drafts): return drafts
                case .failure(let error): problem = error.message
                }
                return nil
            case .fields:
                if let frame = fields.dockerFrame() { return [readDocker(frame, template, frames)] }
                var draft = template
                fields.finish(
                    into: &draft, line: String(decoding: document, as: UTF8.self), context: context)
                return [draft]
            case .malformed(let message):
                // Braces begin other texts too; these say that it was meant to be JSON.
                var start = inner.dropping(1)
                start.skipSpaces()
                if context.isForced || start.first == UInt8(ascii: "\"") { problem = message }
                return nil
            }
        }
        if let drafts { return drafts }
        guard let problem, frames == 0 else { return nil }
        problems.append(LogProblem("json"))
        var draft = template
        draft.body = text
        // As Filebeat's `add_error_key` has it.
        draft["error.message"] = .string("Error decoding JSON: \(problem)")
        draft["error.type"] = .string("json")
        return [draft]
    }

    private mutating func readDocker(_ frame: DockerFrame, _ template: LogDraft, _ frames: Int) -> LogDraft {
        var draft = template
        draft["log.iostream"] = .string(frame.stream)
        for attribute in frame.attributes { draft[attribute.name] = attribute.value }
        let outerTime = frame.time.flatMap { FieldCollector.time($0, context) }
        draft.time = nil
        var line = frame.line
        while let last = line.utf8.last, last == 0x0A || last == 0x0D { line.unicodeScalars.removeLast() }
        readInner(line, into: &draft, frames: frames + 1)
        if draft.time == nil { draft.time = outerTime }
        return draft
    }

    /// A line inside a frame.
    private mutating func readInner(_ line: String, into draft: inout LogDraft, frames: Int) {
        if frames < Self.framesMax, let inner = readJSON(line, into: draft, frames: frames)?.first {
            draft = inner
            return
        }
        readText(line, format: .auto, into: &draft, frames: frames)
    }

    // MARK: Plain lines

    private mutating func readText(_ text: String, format: LogFormat, into draft: inout LogDraft, frames: Int) {
        guard format != .plain else {
            draft.body = text
            return
        }
        var text = text
        var frame: String?
        var logfmt: FieldCollector?
        let body = text.withUTF8 { bytes -> String? in
            let lineEnd = Text(bytes).distance(to: 0x0A) ?? bytes.count
            var line = Text(bytes, 0..<lineEnd)
            if line.distance(to: ANSIEscapes.escape, limit: 256) != nil {
                return coloured(line, of: bytes, format: format, into: &draft)
            }
            if line.last == UInt8(ascii: "\r") { line.end -= 1 }
            if format == .auto || format == .cri, Bytes.isDigit(line.first),
                let message = CRILog.read(line, into: &draft, context: context)
            {
                frame = Text(bytes, message.start..<bytes.count).string
                return nil
            }
            if format == .auto || format == .logfmt, lineEnd == bytes.count || format == .logfmt,
                let fields = logfmtFields(line, format)
            {
                logfmt = fields
                return nil
            }
            guard let message = message(line, format: format, into: &draft) else { return nil }
            return message.start == 0 ? nil : Self.body(message, lineEnd: line.end, of: bytes)
        }
        if let frame {
            let outerTime = draft.time
            draft.time = nil
            readInner(frame, into: &draft, frames: frames + 1)
            if draft.time == nil { draft.time = outerTime }
        } else if var logfmt {
            logfmt.finish(into: &draft, line: text, context: context)
            if draft.body != text { draft.originalText = text }
        } else if let body {
            draft.body = body
            draft.originalText = text
        } else {
            draft.body = text
        }
    }

    /// The message and the lines after the first.
    private static func body(_ message: Text, lineEnd: Int, of bytes: UnsafeBufferPointer<UInt8>) -> String {
        if message.end == lineEnd { return Text(bytes, message.start..<bytes.count).string }
        return message.string + Text(bytes, lineEnd..<bytes.count).string
    }

    private func logfmtFields(_ line: Text, _ format: LogFormat) -> FieldCollector? {
        if format == .logfmt { return LogfmtFormat.read(line, isForced: true) }
        // A pair has to be the first word.
        var word = line
        let name = word.take { $0 > 0x20 && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "\"") }
        guard !name.isEmpty, word.first == UInt8(ascii: "=") else { return nil }
        return LogfmtFormat.read(line, isForced: false)
    }

    /// A line with terminal escapes is recognised without them, and its message goes without them, too: they would stand
    /// in the middle of the words and ids that somebody looks for.
    private func coloured(
        _ line: Text, of bytes: UnsafeBufferPointer<UInt8>, format: LogFormat, into draft: inout LogDraft
    ) -> String? {
        let source = UnsafeBufferPointer(rebasing: bytes[line.start..<line.end])
        guard let plain = ANSIEscapes.stripped(source) else { return nil }
        return plain.withUnsafeBufferPointer { plainBytes -> String? in
            guard let message = message(Text(plainBytes), format: format, into: &draft), message.start > 0 else {
                return nil
            }
            let body = Text(plainBytes, message.start..<plainBytes.count).string
            guard line.end < bytes.count else { return body }
            let rest = UnsafeBufferPointer(rebasing: bytes[line.end...])
            guard let plainRest = ANSIEscapes.stripped(rest) else {
                return body + Text(bytes, line.end..<bytes.count).string
            }
            return body + String(decoding: plainRest, as: UTF8.self)
        }
    }

    private func message(_ line: Text, format: LogFormat, into draft: inout LogDraft) -> Text? {
        func first(_ formats: [any LineFormat.Type]) -> Text? {
            for format in formats {
                if let message = format.read(line, into: &draft, context: context) { return message }
            }
            return nil
        }
        switch format {
        case .auto, .docker, .cri: return recognised(line, into: &draft)
        case .plain, .json, .logfmt, .otlpJSON: return nil
        case .rust: return first([RustTracing.self, LeadingLevel.self])
        case .python: return first([PythonLogging.self, LeadingLevel.self])
        case .java: return first([JavaLogging.self, LeadingLevel.self])
        case .go: return first([GoLog.self, LeadingLevel.self])
        case .klog: return Klog.read(line, into: &draft, context: context)
        case .accessLog: return AccessLog.read(line, into: &draft, context: context)
        case .errorLog: return first([NginxError.self, ApacheError.self])
        case .syslog: return SyslogFile.read(line, into: &draft, context: context)
        case .postgresql: return PostgreSQLLog.read(line, into: &draft, context: context)
        case .clickhouse: return ClickHouseLog.read(line, into: &draft, context: context)
        }
    }

    /// The formats that can begin so, the strictest first.
    private func recognised(_ line: Text, into draft: inout LogDraft) -> Text? {
        let byte = line.first
        if Bytes.isDigit(byte) {
            switch line[4] {
            case UInt8(ascii: "-"):
                return PostgreSQLLog.read(line, into: &draft, context: context)
                    ?? RustTracing.read(line, into: &draft, context: context)
                    ?? PythonLogging.read(line, into: &draft, context: context)
                    ?? JavaLogging.read(line, into: &draft, context: context)
                    ?? SyslogFile.read(line, into: &draft, context: context)
                    ?? LeadingLevel.read(line, into: &draft, context: context)
            case UInt8(ascii: "/"):
                return NginxError.read(line, into: &draft, context: context)
                    ?? PythonLogging.read(line, into: &draft, context: context)
                    ?? JavaLogging.read(line, into: &draft, context: context)
                    ?? GoLog.read(line, into: &draft, context: context)
            default: break
            }
            if line[4] == UInt8(ascii: "."), let message = ClickHouseLog.read(line, into: &draft, context: context) {
                return message
            }
            if line[2] == UInt8(ascii: ":") { return JavaLogging.read(line, into: &draft, context: context) }
            return AccessLog.read(line, into: &draft, context: context)
                ?? LeadingLevel.read(line, into: &draft, context: context)
        }
        switch byte {
        case UInt8(ascii: "["):
            return ApacheError.read(line, into: &draft, context: context)
                ?? BracketedTime.read(line, into: &draft, context: context)
        case UInt8(ascii: "<"): return SyslogFile.read(line, into: &draft, context: context)
        case UInt8(ascii: " "): return RustTracing.read(line, into: &draft, context: context)
        case UInt8(ascii: ":"): return AccessLog.read(line, into: &draft, context: context)
        default:
            guard Bytes.isLetter(byte) else { return nil }
            if byte < 0x60 {
                if let message = Klog.read(line, into: &draft, context: context)
                    ?? SyslogFile.read(line, into: &draft, context: context)
                    ?? PythonLogging.read(line, into: &draft, context: context)
                    ?? RustTracing.read(line, into: &draft, context: context)
                {
                    return message
                }
            }
            return LeadingLevel.read(line, into: &draft, context: context)
                ?? AccessLog.read(line, into: &draft, context: context)
        }
    }
}
