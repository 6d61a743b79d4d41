/// Bounds of one evaluation.
package struct EvaluationLimits: Sendable {
    /// Nesting of an expression; chains of `&&`, `||` and arithmetic on the left count once.
    package var nestingMax: Int
    /// Rows of one `SpanTable`: row numbers are held in 32 bits.
    package var rowsMax: Int
    /// Series of one metrics function.
    package var seriesMax: Int
    /// Numbers held by the series of one metrics function, 8 bytes each: series × intervals × numbers of the function.
    package var cellsMax: Int
    /// Values that `quantile_over_time` holds to be exact, 12 bytes each.
    package var quantileValuesMax: Int
    /// Different values of one attribute that `compare` counts one by one; later ones go into the total only.
    package var comparedValuesMax: Int
    /// Intervals of a range.
    package var intervalsMax: Int

    package init(
        nestingMax: Int = 512, rowsMax: Int = 1 << 30, seriesMax: Int = 10_000, cellsMax: Int = 16 << 20,
        quantileValuesMax: Int = 10_000_000, comparedValuesMax: Int = 100_000, intervalsMax: Int = 11_000
    ) {
        self.nestingMax = nestingMax
        self.rowsMax = rowsMax
        self.seriesMax = seriesMax
        self.cellsMax = cellsMax
        self.quantileValuesMax = quantileValuesMax
        self.comparedValuesMax = comparedValuesMax
        self.intervalsMax = intervalsMax
    }

    package static let standard = EvaluationLimits()
}
