import ClickHouse
import TelemetryModel
import TelemetryStore

/// Rows as CSV or as a Parquet file, piece by piece.
struct TableText: Sendable {

    private let columns: [ParquetColumn]
    private let isParquet: Bool
    private var parquet: ParquetWriter
    private var isBegun = false

    init(_ columns: [ParquetColumn], _ form: ExportForm) {
        self.columns = columns
        isParquet = form == .parquet
        parquet = ParquetWriter(columns)
    }

    /// The bytes that rows add.
    mutating func add(_ rows: [[ResultValue]]) throws -> [UInt8] {
        guard !isParquet else {
            for row in rows { try parquet.row(row) }
            return parquet.take()
        }
        var writer = CSVFormat(hasNames: !isBegun).makeWriter()
        writer.begin(columns.map { ResultColumnDescription(name: $0.name, type: "String") })
        isBegun = true
        for row in rows { writer.row(row.map(Self.shown)) }
        return writer.bytes
    }

    /// The bytes at the end.
    mutating func end() throws -> [UInt8] {
        // The names of the columns are there even of no rows.
        guard isParquet else { return isBegun ? [] : try add([]) }
        try parquet.end()
        return parquet.take()
    }

    /// A time is text that a person and a spreadsheet can read.
    private static func shown(_ value: ResultValue) -> ResultValue {
        guard let time = value.timestamp else { return value }
        let rest = time.nanoseconds % 1_000_000_000
        let fraction = "\(rest < 0 ? rest + 1_000_000_000 : rest)"
        // The text has milliseconds.
        return .string(
            time.rfc3339.dropLast(4) + String(repeating: "0", count: 9 - fraction.utf8.count) + fraction + "Z")
    }
}

/// Stored items as rows of a table.
struct TableStream<Pages: StoredPages>: ExportStream {
    private var pages: Pages
    private let rows: @Sendable (Pages.Items) -> [[ResultValue]]
    private var text: TableText
    private var isDone = false

    init(
        _ pages: Pages, _ columns: [ParquetColumn], _ form: ExportForm,
        rows: @escaping @Sendable (Pages.Items) -> [[ResultValue]]
    ) {
        self.pages = pages
        self.rows = rows
        text = TableText(columns, form)
    }

    mutating func next() async throws -> [UInt8]? {
        while !isDone {
            let bytes: [UInt8]
            if let page = try await pages.next() {
                bytes = try text.add(rows(page))
            } else {
                isDone = true
                bytes = try text.end()
            }
            if !bytes.isEmpty { return bytes }
        }
        return nil
    }
}
