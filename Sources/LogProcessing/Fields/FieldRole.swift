/// What a field of a structured line says about the record.
enum FieldRole: UInt8 {
    case time
    case level
    /// A number of OTLP's severities.
    case severityNumber
    /// Python's numbers, which are other than bunyan's.
    case pythonLevel
    case message
    case service
    case traceID
    case datadogTraceID
    case spanID
    case datadogSpanID
    case traceParent
    case traceFlags
    case eventName
    /// `file.rs:12` in one text.
    case place
    /// Another name of an attribute.
    case alias
}

/// The names of fields with a role.
enum FieldNames {
    struct Entry {
        let name: StaticString
        let role: FieldRole
        /// Of two fields with one role that of the lower rank has it, and the other stays an attribute.
        let rank: UInt8
        /// What an alias stands for.
        let target: StaticString

        init(_ name: StaticString, _ role: FieldRole, _ rank: UInt8 = 0, _ target: StaticString = "") {
            self.name = name
            self.role = role
            self.rank = rank
            self.target = target
        }
    }

    /// The entry of a name; nil for names without a role.
    static func entry(_ name: Text) -> Entry? {
        guard name.count < byLength.count else { return nil }
        return byLength.withUnsafeBufferPointer { lists in
            let first = name.first
            for entry in lists[name.count] where entry.name.utf8Start.pointee == first && name.hasPrefix(entry.name) {
                return entry
            }
            return nil
        }
    }

    private static let byLength: [[Entry]] = {
        let longest = all.map(\.name.utf8CodeUnitCount).max() ?? 0
        return (0...longest).map { length in all.filter { $0.name.utf8CodeUnitCount == length } }
    }()

    private static let all: [Entry] = [
        // ECS and the seeds; then bunyan, pino, zap, slog, structlog, Serilog, log4j2, journald, GELF.
        Entry("@timestamp", .time, 0), Entry("timestamp", .time, 1), Entry("time", .time, 2), Entry("ts", .time, 3),
        Entry("datetime", .time, 4), Entry("date", .time, 5), Entry("Timestamp", .time, 1), Entry("@t", .time, 0),
        Entry("eventTime", .time, 4), Entry("event_time", .time, 4), Entry("asctime", .time, 4),
        Entry("timeMillis", .time, 3), Entry("time_unix_nano", .time, 2), Entry("timeUnixNano", .time, 2),
        Entry("__REALTIME_TIMESTAMP", .time, 2), Entry("_SOURCE_REALTIME_TIMESTAMP", .time, 1), Entry("t", .time, 7),
        Entry("log.level", .level, 0), Entry("level", .level, 1), Entry("severity", .level, 2),
        Entry("lvl", .level, 3), Entry("loglevel", .level, 3), Entry("logLevel", .level, 3),
        Entry("log_level", .level, 3), Entry("levelname", .level, 2), Entry("level_name", .level, 2),
        Entry("severity_text", .level, 1), Entry("severityText", .level, 1), Entry("Level", .level, 1),
        Entry("LogLevel", .level, 2), Entry("@l", .level, 0), Entry("PRIORITY", .level, 4),
        Entry("LEVEL", .level, 4), Entry("Severity", .level, 2), Entry("log.severity", .level, 3),
        Entry("severity_number", .severityNumber), Entry("severityNumber", .severityNumber),
        Entry("levelno", .pythonLevel),
        Entry("message", .message, 0), Entry("msg", .message, 1), Entry("@m", .message, 0),
        Entry("@mt", .message, 3), Entry("short_message", .message, 2), Entry("MESSAGE", .message, 1),
        Entry("Message", .message, 1), Entry("RenderedMessage", .message, 1), Entry("MessageTemplate", .message, 4),
        Entry("fields.message", .message, 2), Entry("textPayload", .message, 2), Entry("event", .message, 6),
        Entry("body", .message, 5), Entry("log", .message, 7), Entry("text", .message, 7),
        Entry("service.name", .service, 0), Entry("service", .service, 1), Entry("service_name", .service, 2),
        Entry("serviceName", .service, 3), Entry("resource.service.name", .service, 3),
        Entry("trace.id", .traceID, 0), Entry("trace_id", .traceID, 1), Entry("traceId", .traceID, 2),
        Entry("traceID", .traceID, 2), Entry("traceid", .traceID, 2), Entry("TraceId", .traceID, 2),
        Entry("trace-id", .traceID, 3), Entry("otelTraceID", .traceID, 3), Entry("otel_trace_id", .traceID, 3),
        Entry("otel.trace_id", .traceID, 3), Entry("@tr", .traceID, 2), Entry("fields.trace_id", .traceID, 4),
        Entry("span.trace_id", .traceID, 5), Entry("logging.googleapis.com/trace", .traceID, 3),
        Entry("X-B3-TraceId", .traceID, 4), Entry("context.trace_id", .traceID, 4),
        Entry("dd.trace_id", .datadogTraceID),
        Entry("span.id", .spanID, 0), Entry("span_id", .spanID, 1), Entry("spanId", .spanID, 2),
        Entry("spanID", .spanID, 2), Entry("spanid", .spanID, 2), Entry("SpanId", .spanID, 2),
        Entry("span-id", .spanID, 3), Entry("otelSpanID", .spanID, 3), Entry("otel_span_id", .spanID, 3),
        Entry("otel.span_id", .spanID, 3), Entry("@sp", .spanID, 2), Entry("fields.span_id", .spanID, 4),
        Entry("span.span_id", .spanID, 5), Entry("logging.googleapis.com/spanId", .spanID, 3),
        Entry("X-B3-SpanId", .spanID, 4), Entry("context.span_id", .spanID, 4), Entry("dd.span_id", .datadogSpanID),
        Entry("traceparent", .traceParent), Entry("trace_flags", .traceFlags), Entry("traceFlags", .traceFlags),
        Entry("otelTraceFlags", .traceFlags), Entry("event_name", .eventName), Entry("eventName", .eventName),
        Entry("caller", .place), Entry("otelServiceName", .service, 4),
        Entry("version", .alias, 0, "service.version"), Entry("service_version", .alias, 0, "service.version"),
        Entry("logger", .alias, 0, "log.logger"), Entry("logger_name", .alias, 0, "log.logger"),
        Entry("loggerName", .alias, 0, "log.logger"), Entry("thread", .alias, 0, "thread.name"),
        Entry("thread_name", .alias, 0, "thread.name"), Entry("threadName", .alias, 0, "thread.name"),
        Entry("thread_id", .alias, 0, "thread.id"), Entry("threadId", .alias, 0, "thread.id"),
        Entry("stack_trace", .alias, 0, "exception.stacktrace"),
        Entry("stackTrace", .alias, 0, "exception.stacktrace"),
        Entry("stacktrace", .alias, 0, "exception.stacktrace"), Entry("exc_info", .alias, 0, "exception.stacktrace"),
        Entry("@x", .alias, 0, "exception.stacktrace"), Entry("filename", .alias, 0, "code.file.path"),
        Entry("line_number", .alias, 0, "code.line.number"), Entry("lineno", .alias, 0, "code.line.number"),
        Entry("funcName", .alias, 0, "code.function.name"), Entry("source.file", .alias, 0, "code.file.path"),
        Entry("source.line", .alias, 0, "code.line.number"), Entry("source.function", .alias, 0, "code.function.name"),
        Entry("code.filepath", .alias, 0, "code.file.path"), Entry("code.lineno", .alias, 0, "code.line.number"),
        Entry("code.function", .alias, 0, "code.function.name"), Entry("pid", .alias, 0, "process.pid"),
    ]
}
