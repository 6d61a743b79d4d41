/// Bounds of one run of a pipeline.
package struct PipelineLimits: Sendable {
    /// Labels that one line may get from metadata and parsers; a line with more carries `LabelLimitErr`.
    package var lineLabelsMax: Int
    /// Objects and arrays within each other in a JSON line; a line with more carries `JSONParserErr`.
    package var nestingMax: Int
    /// Different names of labels that one query sees, some 100 bytes each.
    package var namesMax: Int
    /// Different streams that the records of one query belong to.
    package var streamsMax: Int

    package init(
        lineLabelsMax: Int = 1_000, nestingMax: Int = 100, namesMax: Int = 1_000_000,
        streamsMax: Int = 1_000_000
    ) {
        self.lineLabelsMax = lineLabelsMax
        self.nestingMax = nestingMax
        self.namesMax = namesMax
        self.streamsMax = streamsMax
    }

    package static let standard = PipelineLimits()
}
