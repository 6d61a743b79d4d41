/// Bounds of what one question of the Tempo API may ask for.
package enum TempoLimits {
    /// Traces of a search; the default is Tempo's.
    package static let tracesDefault = 20
    /// One answer is held in memory as a whole.
    package static let tracesMax = 10_000
    /// Spans shown of each spanset; the default is Tempo's.
    package static let spansPerSpansetDefault = 3
    /// Also what `spss=0`, all of them, stands for.
    package static let spansPerSpansetMax = 10_000
    /// Spans shown in one answer: `limit` times `spss`.
    package static let shownSpansMax = 1_000_000
    /// Samples of a series: Tempo's `max_intervals`.
    package static let samplesMax: Int64 = 10_000
    /// Exemplars of an answer: Tempo's `max_exemplars`, which is its default, too.
    package static let exemplarsMax = 100
    /// Bytes of a query; longer ones are no person's and no dashboard's.
    package static let queryBytesMax = 128 << 10
    /// Pairs of `tags`.
    static let tagsMax = 100
    /// Conditions that are looked at in an incomplete filter, and the parentheses around them.
    static let filterPartsMax = 200
    static let filterDepthMax = 16
}
