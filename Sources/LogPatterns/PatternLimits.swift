/// Bounds of a miner.
package struct PatternLimits: Sendable, Equatable {
    /// Templates kept while lines come; when there are more, the least frequent become leftovers. With about 1 KiB for
    /// each, memory is a few MiB.
    package var clusters = 2000
    /// Templates of an answer: more than that nobody reads.
    package var patterns = 300
    /// Words of a line that are compared; the template ends in `<_>` where a line has more.
    package var words = 100
    /// Bytes of a line that are looked at.
    package var lineBytes = 4096
    /// Bytes of a line that are kept as the example of its template.
    package var exampleBytes = 1024
    /// Different shapes of lines that are remembered: when full, all are forgotten, which costs time and nothing else.
    package var shapes = 1 << 16

    package init() {}
}
