#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Whether values of one sample tend to be larger than those of another.
///
/// The test of E. Brunner and U. Munzel, "The nonparametric Behrens-Fisher problem", Biometrical Journal 42 (2000): it
/// estimates P(X < Y) + P(X = Y) / 2 by ranks and does not assume that both samples have the same spread, as that of
/// Mann and Whitney does. Values that belong together enter the variance as sums (N. A. Obuchowski, "Nonparametric
/// analysis of clustered ROC curve data", Biometrics 53, 1997).
package enum LocationTest {
    package struct Result: Sendable, Equatable {
        package var pValue: Double
        /// The smallest p value that samples of this size can give.
        package var smallestPValue: Double
        /// The chance that a value of the second sample is larger than one of the first.
        package var superiority: Double
    }

    /// With fewer independent values on a side, Student's distribution is no good approximation.
    package static let clustersMin = 10

    /// - Parameters:
    ///   - first, second: not empty.
    package static func compare(_ first: Observations, _ second: Observations) -> Result {
        // Of each value, the share of the other side that is below it; ties count half.
        let firstPlaces = places(first.values, among: second.sorted)
        let secondPlaces = places(second.values, among: first.sorted)
        let superiority = secondPlaces.reduce(0, +) / Double(second.values.count)
        let smallest = smallestPValue(first.clusterCount, second.clusterCount)
        guard min(first.clusterCount, second.clusterCount) >= clustersMin else {
            return Result(pValue: 1, smallestPValue: 1, superiority: superiority)
        }
        var pValue = student(
            superiority, firstPlaces, first.clusters, first.clusterCount, secondPlaces, second.clusters,
            second.clusterCount)
        if !first.batches.isEmpty, !second.batches.isEmpty {
            let batched = student(
                superiority, firstPlaces, first.batches, Clusters.batches, secondPlaces, second.batches,
                Clusters.batches)
            pValue = max(pValue, batched)
        }
        return Result(pValue: max(pValue, smallest), smallestPValue: smallest, superiority: superiority)
    }

    private static func student(
        _ superiority: Double, _ firstPlaces: [Double], _ firstClusters: [Int32], _ firstCount: Int,
        _ secondPlaces: [Double], _ secondClusters: [Int32], _ secondCount: Int
    ) -> Double {
        guard superiority != 0.5 else { return 1 }
        let one = variance(firstPlaces, firstClusters, firstCount)
        let two = variance(secondPlaces, secondClusters, secondCount)
        // Samples that do not overlap: the bound by their size is all that can be said.
        guard one + two > 0 else { return 0 }
        let degrees =
            (one + two) * (one + two)
            / (one * one / Double(firstCount - 1) + two * two / Double(secondCount - 1))
        return StudentDistribution.twoSided(
            (superiority - 0.5) / (one + two).squareRoot(), degreesOfFreedom: degrees)
    }

    /// The variance of the mean of places.
    private static func variance(_ places: [Double], _ clusters: [Int32], _ count: Int) -> Double {
        let mean = places.reduce(0, +) / Double(places.count)
        var sums = Array(repeating: 0.0, count: count)
        for (place, cluster) in zip(places, clusters) { sums[Int(cluster)] += place - mean }
        let squares = sums.reduce(0) { $0 + $1 * $1 }
        return squares * Double(count) / Double(count - 1) / Double(places.count) / Double(places.count)
    }

    private static func places(_ values: [Double], among sorted: [Double]) -> [Double] {
        values.map { value in
            let below = firstIndex(in: sorted) { $0 >= value }
            let through = firstIndex(in: sorted) { $0 > value }
            return (Double(below) + Double(through)) / 2 / Double(sorted.count)
        }
    }

    private static func firstIndex(in sorted: [Double], where isPast: (Double) -> Bool) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if isPast(sorted[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Of the ways to divide so many values, two are the most extreme.
    private static func smallestPValue(_ first: Int, _ second: Int) -> Double {
        let ways =
            IncompleteBeta.logGamma(Double(first + second) + 1) - IncompleteBeta.logGamma(Double(first) + 1)
            - IncompleteBeta.logGamma(Double(second) + 1)
        return min(1, 2 * exp(-ways))
    }
}
