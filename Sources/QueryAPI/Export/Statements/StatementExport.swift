import ClickHouse
import TelemetryModel
import TelemetryStore

extension ExportAPI {
    /// The result of a person's statement, under the rules and limits of the port for SQL: the engine's user has no
    /// grant that reaches files, functions are checked, and `readonly` is set last.
    ///
    /// The result goes into a file without a name first, so that an error has its status, and a client that reads slowly
    /// holds no statement.
    func statement(_ parameters: ExportParameters) async throws -> any ExportStream {
        let (text, named) = FormatClause.split(parameters.statement)
        if let named {
            throw TraceUIFailure(
                .invalid, "the statement ends in FORMAT \(named); here parameter form says how the result is written")
        }
        let access = StatementAccess.user(settings: dependencies.limits.settings)
        let engine = dependencies.store.engine
        let file = try SpoolFile(in: dependencies.directory)
        func write(_ bytes: [UInt8]) throws {
            try file.append(bytes)
            guard file.count <= ExportLimits.spoolBytesMax else {
                throw TraceUIFailure(
                    .tooLarge, "the result has more than \(ExportLimits.spoolBytesMax) bytes; add a LIMIT")
            }
        }
        guard parameters.form == .parquet else {
            let format = CSVFormat(hasNames: true)
            let shaped = try await ShapedStatement(
                BoundStatement(text), format: format, access: access, engine: engine)
            var isFirst = true
            try await engine.query(shaped.statement, access: access) { batch in
                // A writer for each batch, so that memory is that of one.
                var writer = CSVFormat(hasNames: isFirst).makeWriter()
                writer.begin(shaped.columns(of: batch))
                isFirst = false
                for row in 0..<batch.rows { writer.row(batch.columns.map { $0.value(at: row) }) }
                try write(writer.bytes)
            }
            return SpoolStream(file)
        }
        let shaped = try await ParquetStatement(BoundStatement(text), access: access, engine: engine)
        var parquet: ParquetWriter?
        try await engine.query(shaped.statement, access: access) { batch in
            var writer =
                parquet
                ?? ParquetWriter(
                    shaped.columns.count == batch.columns.count
                        ? shaped.columns : batch.columns.map { ParquetColumn(name: $0.name, type: .string) })
            for row in 0..<batch.rows { try writer.row(batch.columns.map { $0.value(at: row) }) }
            try write(writer.take())
            parquet = writer
        }
        guard var writer = parquet else { throw TraceUIFailure(.internal, "the engine gave no result") }
        try writer.end()
        try write(writer.take())
        return SpoolStream(file)
    }
}
