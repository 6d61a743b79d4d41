package import PrometheusModel

/// Log records as columns: what a pipeline is run over. Filled by whoever reads them (a table, a block that was just
/// stored), then only read.
///
/// Rows are in the order in which the query wants them. All texts are UTF-8; a line may hold anything, line breaks and
/// NUL included.
package struct LogRecords: Sendable {
    /// Nanoseconds since the Unix epoch.
    package var times: [Int64] = []
    /// Line `r` is `lineBytes[lineOffsets[r]..<lineOffsets[r + 1]]`; empty lines when the query does not need them.
    package var lineBytes: [UInt8] = []
    package var lineOffsets: [Int] = [0]
    /// Index into `streams`.
    package var streamIndexes: [Int32] = []
    /// The labels of each stream: those that selectors match. Distinct.
    package var streams: [Labels] = []
    /// Structured metadata of row `r`: entries `metadataOffsets[r]..<metadataOffsets[r + 1]`. Names are label names
    /// already, and none is twice in a row; one may be a name of the row's stream, too.
    package var metadataOffsets: [Int] = [0]
    /// Index into `names`, an entry each.
    package var metadataNames: [Int32] = []
    /// Value of entry `e` is `valueBytes[valueOffsets[e]..<valueOffsets[e + 1]]`.
    package var valueBytes: [UInt8] = []
    package var valueOffsets: [Int] = [0]
    package var names: [String] = []

    package init() {}

    package var rows: Int { times.count }
}

/// What a query reads of each record, so that nothing else is loaded.
package struct RecordNeeds: Sendable, Equatable {
    package enum Metadata: Sendable, Equatable {
        case none
        /// Only these names, and those whose clash with a parsed label would matter.
        case names(Set<String>)
        case all
    }

    package var lines: Bool
    package var metadata: Metadata

    package init(lines: Bool, metadata: Metadata) {
        self.lines = lines
        self.metadata = metadata
    }
}
