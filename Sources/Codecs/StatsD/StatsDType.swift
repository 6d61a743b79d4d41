/// What a StatsD line measures.
package enum StatsDType: UInt8, Sendable, CaseIterable {
    case counter, gauge, timer, histogram, distribution, set

    /// As the help texts call it.
    package var name: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .timer: "timer"
        case .histogram: "histogram"
        case .distribution: "distribution"
        case .set: "set"
        }
    }

    /// The letters between the bars: `c`, `g`, `ms`, `h`, `d`, `s`.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        switch range.count {
        case 1:
            switch bytes[range.lowerBound] {
            case UInt8(ascii: "c"): self = .counter
            case UInt8(ascii: "g"): self = .gauge
            case UInt8(ascii: "h"): self = .histogram
            case UInt8(ascii: "d"): self = .distribution
            case UInt8(ascii: "s"): self = .set
            default: return nil
            }
        case 2:
            guard bytes[range.lowerBound] == UInt8(ascii: "m"), bytes[range.lowerBound + 1] == UInt8(ascii: "s")
            else { return nil }
            self = .timer
        default: return nil
        }
    }
}
