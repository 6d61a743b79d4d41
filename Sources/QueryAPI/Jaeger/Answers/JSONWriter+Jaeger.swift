import Codecs
import TelemetryModel

/// Traces as Jaeger's web page reads them.
///
/// - Spec: Jaeger, the types of `internal/uimodel`: times and durations are whole microseconds, lists are never null,
///   `warnings` is null when there are none.
extension JSONWriter {
    /// Times below the first microsecond are rounded down.
    private static func microseconds(_ nanoseconds: Int64) -> Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    mutating func jaegerTrace(_ trace: JaegerTrace) {
        jaegerTraceStart(trace.id)
        for span in trace.spans { jaegerSpan(span) }
        jaegerTraceEnd(trace.processes, warnings: trace.warnings)
    }

    /// To be followed by spans, and `jaegerTraceEnd`.
    mutating func jaegerTraceStart(_ id: TraceID) {
        separate()
        open("{")
        key("traceID")
        string(id.jaegerText)
        key("spans")
        open("[")
    }

    mutating func jaegerTraceEnd(_ processes: [JaegerProcess], warnings: [String]) {
        close("]")
        key("processes")
        open("{")
        for (index, process) in processes.enumerated() {
            key(dynamic: "p\(index + 1)")
            open("{")
            key("serviceName")
            string(process.serviceName)
            key("tags")
            jaegerTags(process.tags)
            close("}")
        }
        close("}")
        jaegerWarnings(warnings)
        close("}")
    }

    mutating func jaegerSpan(_ span: JaegerSpan) {
        separate()
        open("{")
        key("traceID")
        string(span.traceID.jaegerText)
        key("spanID")
        string(span.spanID.hex)
        if span.flags != 0 {
            key("flags")
            integer(span.flags)
        }
        key("operationName")
        string(span.operationName)
        key("references")
        open("[")
        for reference in span.references {
            separate()
            open("{")
            key("refType")
            string(reference.kind.rawValue)
            key("traceID")
            string(reference.traceID.jaegerText)
            key("spanID")
            string(reference.spanID.hex)
            close("}")
        }
        close("]")
        key("startTime")
        integer(Self.microseconds(span.startNanoseconds))
        key("duration")
        integer(max(0, span.durationNanoseconds) / 1000)
        key("tags")
        jaegerTags(span.tags)
        key("logs")
        open("[")
        for log in span.logs {
            separate()
            open("{")
            key("timestamp")
            integer(Self.microseconds(log.nanoseconds))
            key("fields")
            jaegerTags(log.fields)
            close("}")
        }
        close("]")
        key("processID")
        string("p\(span.process + 1)")
        jaegerWarnings(span.warnings)
        close("}")
    }

    private mutating func jaegerWarnings(_ warnings: [String]) {
        key("warnings")
        if warnings.isEmpty { raw("null") } else { list(warnings) }
    }

    private mutating func jaegerTags(_ tags: [JaegerTag]) {
        open("[")
        for tag in tags {
            separate()
            open("{")
            key("key")
            string(tag.key)
            switch tag.value {
            case .string(let text):
                raw(",\"type\":\"string\",\"value\":")
                string(text)
            case .bool(let flag):
                raw(",\"type\":\"bool\",\"value\":")
                bool(flag)
            case .int64(let number):
                raw(",\"type\":\"int64\",\"value\":")
                // A browser keeps numbers in doubles: past 2^53 - 1 it would lose digits.
                if number.magnitude < 1 << 53 { integer(number) } else { quotedInteger(number) }
            case .float64(let number):
                raw(",\"type\":\"float64\",\"value\":")
                double(number)
            case .binary(let bytes):
                raw(",\"type\":\"binary\",\"value\":")
                string(Base64.encode(bytes))
            }
            close("}")
        }
        close("]")
    }
}
