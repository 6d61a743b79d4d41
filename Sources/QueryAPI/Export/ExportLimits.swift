/// Bounds of exports.
enum ExportLimits {
    /// Items of a line or message: some hundred kilobytes.
    static let itemsPerPart = 1000
    /// Bytes of a form in a body, and parameters in it: long lists of traces.
    static let formBytesMax = 8 << 20
    static let parametersMax = 200_000
    /// Traces that a query may find, or that a request names: as a list in a statement some 4 MB, what the engine takes.
    static let tracesMax = 100_000
    /// Traces that are written in Jaeger's form, which are found before the first is written; 24 bytes each.
    static let jaegerTracesMax = 1_000_000
    /// Spans of a trace in Jaeger's form, whose processes are known only at its end.
    static let jaegerSpansMax = 200_000
    /// Exports at a time, and those that wait for one to end.
    static let exportsMax = 8
    static let waitersMax = 64
    /// Rows of a group in Parquet, and bytes of them: what is held before it is written.
    static let parquetRowsMax = 65_536
    static let parquetBytesMax = 32 << 20
    /// Bytes of the result of a statement, which lies in a file until it is sent.
    static let spoolBytesMax = 8 << 30
    /// Bytes that are sent at once of such a file.
    static let pieceBytes = 256 << 10
}
