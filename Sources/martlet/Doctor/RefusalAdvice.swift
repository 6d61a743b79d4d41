/// What to do about the reasons of the ledger.
enum RefusalAdvice {
    /// A sentence that follows the reason, or nothing.
    static func text(_ reason: String) -> String {
        let advice =
            switch reason {
            case "content_encoding": "compress with gzip or zstd, or not at all"
            case "content_type": "send application/x-protobuf or application/json"
            case "malformed": "the body is not what its content type says; look at the sender's log for the answer"
            case "too_large": "make batches smaller, or otlp.max_body_bytes larger"
            case "too_slow", "incomplete": "the body did not come whole in time (otlp.body_timeout)"
            case "overloaded", "no_memory":
                "senders are asked to come again; give more memory (ingest.memory_bytes) or send less"
            case "store_failed": "the store does not take data; its log says why (martlet logs)"
            case "log", "log_full": "the log cannot be written: look for room on the disk"
            case "invalid_trace_id": "a trace id is 16 bytes, not all zero"
            case "invalid_span_id": "a span id is 8 bytes, not all zero"
            case "missing_metric_name": "give the metric a name"
            case "bucket_count_mismatch", "bounds_not_increasing", "invalid_histogram":
                "the instrument's buckets contradict themselves"
            default: ""
            }
        return advice.isEmpty ? "" : ". \(advice.prefix(1).uppercased())\(advice.dropFirst())"
    }
}
