/// Why a StatsD line counts for nothing; the rest of its datagram still counts.
package enum StatsDProblem: UInt8, Error, Sendable, CaseIterable {
    /// No `:` that ends a name.
    case noValue
    /// Nothing before the `:`.
    case emptyName
    /// A control character or a bar in the name.
    case badName
    /// No `|` and type after the value.
    case noType
    case unknownType
    /// No finite decimal number.
    case badNumber
    /// A timer below zero.
    case negativeTimer
    /// `@` with something that is no number above zero.
    case badRate
    /// An `_e{…}` line that is no event.
    case badEvent
    /// An `_sc|…` line that is no service check.
    case badServiceCheck
    /// A name or tag list longer than `StatsDLimits`.
    case tooLong

    /// The value for metric labels.
    package var label: String {
        switch self {
        case .noValue: "no_value"
        case .emptyName: "empty_name"
        case .badName: "bad_name"
        case .noType: "no_type"
        case .unknownType: "unknown_type"
        case .badNumber: "bad_number"
        case .negativeTimer: "negative_timer"
        case .badRate: "bad_rate"
        case .badEvent: "bad_event"
        case .badServiceCheck: "bad_service_check"
        case .tooLong: "too_long"
        }
    }
}

/// Bounds of one line. No well-behaved client comes near them.
package enum StatsDLimits {
    /// Bytes of a name with the tags that stand in it.
    package static let nameBytesMax = 2048
    /// Bytes of a `#` tag list. Datadog's clients stay below 8 KiB for a whole datagram.
    package static let tagBytesMax = 8192
    /// The smallest sample rate: one in a thousand million. A smaller one makes a single line outweigh everything.
    package static let rateMin = 1e-9
}
