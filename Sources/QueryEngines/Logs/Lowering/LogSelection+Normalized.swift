import LogQL
import PrometheusModel
import TelemetryModel

extension LogSelection {
    /// With trace and span ids as they are stored, whatever form they were asked for in: a UUID, 64 digits, capitals.
    var normalized: LogSelection {
        var result = self
        result.stages = stages.map { stage in
            guard case .labelFilter(let filter) = stage else { return stage }
            return .labelFilter(filter.normalized)
        }
        return result
    }
}

extension LabelFilter {
    fileprivate var normalized: LabelFilter {
        switch self {
        case .and(let left, let right): .and(left.normalized, right.normalized)
        case .or(let left, let right): .or(left.normalized, right.normalized)
        case .matcher(let matcher) where matcher.kind == .equal && matcher.name == "trace_id":
            .either(matcher, TraceID(anyForm: matcher.value)?.hex)
        case .matcher(let matcher) where matcher.kind == .equal && matcher.name == "span_id":
            .either(matcher, matcher.value.utf8.count == 16 ? matcher.value.lowercased() : nil)
        default: self
        }
    }

    private static func either(_ matcher: LabelMatcher, _ text: String?) -> LabelFilter {
        guard let text, text != matcher.value else { return .matcher(matcher) }
        return .or(.matcher(matcher), .matcher(LabelMatcher(equal: matcher.name, text)))
    }
}
