import PromQL
import PrometheusModel

/// The selectors of `match[]`.
enum SelectorParameter {
    /// - Throws: `badData` when one is no selector, or has no condition that an absent label fails: it would select
    ///   everything.
    static func parse(_ texts: [String]) throws(PrometheusFailure) -> [[LabelMatcher]] {
        let selectors = try parseAny(texts)
        guard selectors.allSatisfy({ $0.contains { !$0.matches("") } }) else {
            throw PrometheusFailure(.badData, "match[] must contain at least one non-empty matcher")
        }
        return selectors
    }

    /// The same, and takes one that selects everything.
    static func parseAny(_ texts: [String]) throws(PrometheusFailure) -> [[LabelMatcher]] {
        var selectors: [[LabelMatcher]] = []
        for text in texts {
            do {
                selectors.append(try QueryText.selector(text))
            } catch {
                throw PrometheusFailure(.badData, error.message)
            }
        }
        return selectors
    }
}
