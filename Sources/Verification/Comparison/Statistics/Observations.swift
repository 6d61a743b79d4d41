/// Measured values of one side, in the order in which they were made.
package struct Observations: Sendable {
    package let values: [Double]
    /// What each value belongs to: numbers from 0, below `clusterCount`.
    package let clusters: [Int32]
    package let clusterCount: Int
    package let sorted: [Double]
    let batches: [Int32]

    /// Fewer values are not divided into batches: there would be one or two in each.
    private static let batchedMin = 60

    /// - Parameter groups: names of what each value belongs to; nil when all are independent.
    package init(values: [Double], groups: [UInt64]? = nil) {
        self.values = values
        sorted = values.sorted()
        var numbers: [UInt64: Int32] = [:]
        var clusters: [Int32] = []
        clusters.reserveCapacity(values.count)
        if let groups, groups.count == values.count {
            for group in groups {
                let next = Int32(truncatingIfNeeded: numbers.count)
                let number = numbers[group] ?? next
                if number == next { numbers[group] = next }
                clusters.append(number)
            }
            clusterCount = numbers.count
        } else {
            clusters = values.indices.map { Int32(truncatingIfNeeded: $0) }
            clusterCount = values.count
        }
        self.clusters = clusters
        batches = values.count >= Self.batchedMin ? Clusters.batchNumbers(values.count) : []
    }

    /// The larger of the design effects of clusters and batches for a share of the values.
    func designEffect(hits: [Bool]) -> Double {
        let own =
            clusterCount < values.count
            ? Clusters.designEffect(hits: hits, clusters: clusters, count: clusterCount) : 1
        guard !batches.isEmpty else { return own }
        return max(own, Clusters.designEffect(hits: hits, clusters: batches, count: Clusters.batches))
    }
}
