/// Bounds of what one question of the Loki API may ask for; where Loki has one, it is Loki's default.
package enum LokiLimits {
    /// Lines of an answer.
    package static let entriesDefault = 100
    package static let entriesMax = 5000
    /// Steps of a series.
    static let pointsMax: Int64 = 11_000
    /// Series of an answer about volume.
    static let volumeSeriesDefault = 100
    static let volumeSeriesMax = 10_000
    /// Fields or values that are found in lines, and lines that are looked at for them.
    static let fieldsDefault = 1000
    static let fieldsMax = 10_000
    static let lineLimitDefault = 1000
    static let lineLimitMax = 5000
    /// Templates of lines.
    static let patternsMax = 300
    /// Selectors of a question for series.
    static let selectorsMax = 100
    /// Seconds that a tail may be told to wait for late lines.
    static let tailDelayMax = 5
    /// Nanoseconds.
    static let hour: Int64 = 3_600_000_000_000
}
