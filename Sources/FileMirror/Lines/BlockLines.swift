import TelemetryModel

/// Makes lines of OTLP JSON of the rows of a block.
///
/// A line is a window of rows that stand one after the other in a table, at most `itemsPerLine`, grouped by what they
/// refer to. Which rows make a line depends on nothing but the block: a block that is made again from the log has the same
/// lines, so that writing can go on where it ended.
///
/// Used by one owner at a time: `learn`, `missing`, `learn`, `begin`, then `write` for each window.
protocol BlockLines: AnyObject {
    /// Keeps what a block brings of what rows refer to; also of a block that is not written.
    func learn(_ batch: TelemetryBatch)

    /// What rows of the block refer to that is not known.
    func missing(_ batch: TelemetryBatch) -> MissingReferences

    /// Keeps what was missing; what is not there any more is made up from what the rows know.
    func learn(_ found: FoundReferences)

    /// - Returns: how many lines the block has.
    func begin(_ batch: TelemetryBatch) -> Int

    /// Writes a line with its end.
    ///
    /// - Returns: the items in it; 0 when it was not written, since its rows are none that a sender has sent.
    func write(_ window: Int, to buffer: LineBuffer) -> Int

    /// Items of the windows from one on.
    func items(from window: Int) -> Int
}

/// Items of a line at most: as many as a collector's batch has, so that readers who take a line at a time get along.
let itemsPerLine = 1000

struct MissingReferences {
    var resources: Set<UInt64> = []
    var scopes: Set<UInt64> = []
    var series: Set<UInt64> = []

    var isEmpty: Bool { resources.isEmpty && scopes.isEmpty && series.isEmpty }
}

struct FoundReferences: Sendable {
    var resources: [UInt64: StoredResource] = [:]
    var scopes: [UInt64: StoredScope] = [:]
    var series: [UInt64: StoredSeries] = [:]
}

/// The windows of a table's rows.
struct Windows {
    let rows: Int
    var count: Int { (rows + itemsPerLine - 1) / itemsPerLine }

    func range(_ window: Int) -> Range<Int> { window * itemsPerLine..<min(rows, (window + 1) * itemsPerLine) }
}
