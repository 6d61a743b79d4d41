import TelemetryModel

/// Memory of the remote write decoder that outlives a request.
struct RemoteWriteScratch {
    /// Of the present request (2.0).
    var symbols: [UnsafeBufferPointer<UInt8>] = []
    var symbolHashes: [UInt64] = []
    /// References or label messages of the present series.
    var references: [Int] = []
    var labels: [(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>)] = []
    var lastSamples = LastSamples()
}

/// The newest sample of each series that was written from afar: another value at the same time is a conflict.
struct LastSamples {
    /// 24 bytes each. Past it the memory starts anew, and a conflict may go unseen.
    private static let seriesMax = 1 << 20
    private var samples: [UInt64: (time: Int64, bits: UInt64)] = [:]

    /// True when the series has another value at this time; otherwise the sample is noted if it is newer.
    mutating func conflicts(_ series: UInt64, time: Int64, value: Double) -> Bool {
        if let last = samples[series] {
            if time == last.time { return last.bits != value.bitPattern }
            if time < last.time { return false }
        } else if samples.count >= Self.seriesMax {
            samples.removeAll()
        }
        samples[series] = (time, value.bitPattern)
        return false
    }

    mutating func removeAll() { samples.removeAll() }
}
