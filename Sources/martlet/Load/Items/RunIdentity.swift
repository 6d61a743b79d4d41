import TelemetryModel

/// The ids of a run's items: none twice within a run, and none in two runs.
///
/// Span ids are a bijection of the item's number. Trace ids and log ids are a bijection of (run id, number) on 128 bits,
/// a Feistel network, so those of runs with different ids cannot meet; still they look random, as a store has to take
/// them.
struct RunIdentity: Sendable {
    /// Items a run can number; the bit above is free for a second draw (see `spanID`).
    static let itemsMax = UInt64(1) << 62
    /// The resource attribute that all items of a run carry.
    static let attribute = "martlet.load.run"

    let id: UInt64
    private let spanKey: UInt64

    init(id: UInt64) {
        self.id = id
        spanKey = Self.mix(id)
    }

    /// 16 hexadecimal digits.
    var hex: String { SpanID(value: id).hex }

    /// The id of a span; never zero, which OTLP calls invalid.
    @inline(__always)
    func spanID(_ item: UInt64) -> UInt64 {
        let id = Self.mix(spanKey &+ item)
        // One number of all is mapped to zero; a number that no item has stands in.
        return id != 0 ? id : Self.mix(spanKey &+ (item | Self.itemsMax << 1))
    }

    /// The id of a trace.
    @inline(__always)
    func traceID(_ trace: UInt64) -> TraceID {
        let words = network(trace, tweak: 0x7472_6163_6573_0000)
        return TraceID(high: words.high, low: words.low)
    }

    /// The value of `log.record.uid`, as two words.
    @inline(__always)
    func logID(_ item: UInt64) -> (high: UInt64, low: UInt64) { network(item, tweak: 0x6C6F_6773_0000_0000) }

    /// Four rounds of a Feistel network over (run id, number); the round function need not be a bijection.
    @inline(__always)
    private func network(_ number: UInt64, tweak: UInt64) -> (high: UInt64, low: UInt64) {
        var high = id
        var low = number
        high ^= Self.mix(low ^ tweak)
        low ^= Self.mix(high &+ 0x9E37_79B9_7F4A_7C15)
        high ^= Self.mix(low &+ 0x3C6E_F372_FE94_F82A)
        low ^= Self.mix(high &+ 0xDAA6_6D2C_7DDF_743F)
        return (high, low)
    }

    /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection.
    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
