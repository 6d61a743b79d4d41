/// Why one item of a request is not stored; the raw value is the metric label.
package enum RejectionReason: String, CaseIterable, Hashable, Sendable {
    case invalidTraceID = "invalid_trace_id"
    case invalidSpanID = "invalid_span_id"
    case missingMetricName = "missing_metric_name"
    case bucketCountMismatch = "bucket_count_mismatch"
    case boundsNotIncreasing = "bounds_not_increasing"
    case invalidHistogram = "invalid_histogram"

    /// For the sender, after the number of items.
    package var sentence: String {
        switch self {
        case .invalidTraceID: "with a trace id that is not 16 bytes or all zero"
        case .invalidSpanID: "with a span id that is not 8 bytes or all zero"
        case .missingMetricName: "of a metric without a name"
        case .bucketCountMismatch: "whose bucket counts are not one more than the bounds"
        case .boundsNotIncreasing: "whose bucket bounds do not increase"
        case .invalidHistogram: "whose native histogram contradicts itself"
        }
    }
}

/// What became of the items of one request.
package struct AppendOutcome: Sendable, Equatable {
    package var accepted = 0
    package private(set) var rejected: [RejectionReason: Int] = [:]
    package var repairs = RepairCounts()
    /// Of a remote write request.
    package var remoteWrite = RemoteWriteCounts()

    package init() {}

    package var rejectedCount: Int { rejected.values.reduce(0, +) }

    package mutating func reject(_ reason: RejectionReason, count: Int = 1) {
        guard count > 0 else { return }
        rejected[reason, default: 0] += count
    }

    /// One sentence for OTLP's `partial_success.error_message`; empty when nothing was rejected.
    package func message(noun: String) -> String {
        RejectionReason.allCases.compactMap { reason in
            rejected[reason].map { "\($0) \(noun) \(reason.sentence)" }
        }.joined(separator: "; ")
    }
}
