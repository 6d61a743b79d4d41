package import PrometheusModel
import Synchronization

extension MetricStore {
    /// Ids of the stored series behind those that any of the selectors finds. A condition on a label that samples bring
    /// (`le`, `quantile`) does not count: such a series is found as a whole.
    package func storedSeries(matching selectors: [[LabelMatcher]]) async throws -> Set<UInt64> {
        try await refresh()
        return index.withLock { index in
            var ids: Set<UInt64> = []
            for selector in selectors {
                for place in index.select(selector) {
                    for source in index.entries[Int(place)].sources where source.part != .target {
                        ids.insert(source.id)
                    }
                }
            }
            return ids
        }
    }
}
