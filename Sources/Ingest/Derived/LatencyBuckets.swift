import PrometheusModel

/// Upper bounds of a classic histogram of durations.
package struct LatencyBuckets: Sendable, Equatable {
    /// In seconds, ascending, without `+Inf`.
    package let bounds: [Double]
    /// The longest duration in nanoseconds that each bound includes.
    let nanoseconds: [Int64]
    /// The label `le` of each bucket, that of `+Inf` at the end.
    let boundLabels: [Label]

    package static let spanMetricsDefault = LatencyBuckets(first: 0.002, doubled: 13)
    package static let serviceGraphDefault = LatencyBuckets(first: 0.1, doubled: 7)

    /// Bounds of one histogram; more are cut off.
    static let boundsMax = 200

    /// Bounds that are not positive finite numbers, or not greater than the one before, are left out.
    package init(_ bounds: [Double]) {
        var kept: [Double] = []
        for bound in bounds where bound.isFinite && bound > kept.last ?? 0 && kept.count < Self.boundsMax {
            kept.append(bound)
        }
        self.bounds = kept
        nanoseconds = kept.map(Self.longest)
        boundLabels = (kept.map(NumberText.plain) + ["+Inf"]).map { Label("le", $0) }
    }

    init(first: Double, doubled times: Int) {
        self.init((0...times).map { first * Double(1 << $0) })
    }

    /// Buckets, the one to `+Inf` included.
    var count: Int { nanoseconds.count + 1 }

    /// The first bucket that holds a duration.
    @inline(__always)
    func index(of duration: Int64) -> Int {
        nanoseconds.withUnsafeBufferPointer { bounds in
            var index = 0
            // Without a branch for each bound: that is faster than a search, as durations are hard to predict.
            for bound in bounds { index &+= duration > bound ? 1 : 0 }
            return index
        }
    }

    /// The bound in seconds is compared as a float; the same decision in whole nanoseconds.
    private static func longest(_ bound: Double) -> Int64 {
        guard bound < 9e9 else { return .max }
        var guess = Int64((bound * 1e9).rounded(.down))
        while seconds(guess + 1) <= bound { guess += 1 }
        while guess > 0, seconds(guess) > bound { guess -= 1 }
        return guess
    }

    @inline(__always)
    static func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e9 }
}
