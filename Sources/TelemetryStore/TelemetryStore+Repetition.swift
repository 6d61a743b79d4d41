import ClickHouse
import SQLSyntax
import TelemetryModel

extension TelemetryStore {
    /// How much of a block an earlier attempt to write it has left in its table.
    enum Presence: Sendable {
        case nothing, everything
        /// The engine makes a part for each day, and several of a very large block; some of them are there.
        case some
    }

    /// Looks for the first and the last row of each day of a block: a part is in the table as a whole or not at all, and
    /// parts are written in the order of their rows.
    ///
    /// ```sql
    /// SELECT count() FROM telemetry.spans WHERE (received_time = fromUnixTimestamp64Nano(n) AND start_time = … AND …)
    /// ```
    ///
    /// All columns of a fixed width are compared but floating point, whose NaN equals nothing. The time of arrival has
    /// nanoseconds, so that nothing else is likely to have the same.
    ///
    /// - Cost: two reads of a granule for each day, since the partition and most order keys are among the columns.
    func presence<Rows: Block>(of block: Rows, in table: TableDefinition<Rows>) async throws -> Presence {
        var found = 0
        let rows = Self.edgesOfDays(block, table)
        for row in rows {
            let conditions = table.columns.compactMap { column -> Expression? in
                guard case .fixed(let kind, let start) = column.values(block).layout else { return nil }
                return FixedCell(kind: kind, start: start, row: row).equals(.column(column.definition.name))
            }
            let select = Select([.init(.call("count"))], from: table.name, where: .and(conditions))
            let count = try await engine.rows(select.statement).first?.first?.unsignedInteger ?? 0
            if count > 0 { found += 1 }
        }
        return found == 0 ? .nothing : found == rows.count ? .everything : .some
    }

    /// Nil when the table cannot be asked.
    func presenceIfReadable<Rows: Block>(of block: Rows, in table: TableDefinition<Rows>) async -> Presence? {
        do {
            return try await presence(of: block, in: table)
        } catch {
            return nil
        }
    }

    private static func edgesOfDays<Rows: Block>(_ block: Rows, _ table: TableDefinition<Rows>) -> Set<Int> {
        guard let arrival = table.columns.first?.values(block), case .fixed(.timestamp, let start) = arrival.layout
        else { return [] }
        var edges: [Int64: (first: Int, last: Int)] = [:]
        for row in 0..<block.rows {
            let time = FixedCell(kind: .timestamp, start: start, row: row).load(Int64.self)
            edges[time / 86_400_000_000_000, default: (row, row)].last = row
        }
        return Set(edges.values.flatMap { [$0.first, $0.last] })
    }
}

/// A value in a column of fixed width.
private struct FixedCell {
    let kind: FixedKind
    let start: UnsafeRawPointer
    let row: Int

    /// The condition that a column has this value; nil for floating point.
    func equals(_ column: Expression) -> Expression? {
        switch kind {
        case .uint8: .equal(column, .integer(Int64(load(UInt8.self))))
        case .uint32: .equal(column, .integer(Int64(load(UInt32.self))))
        case .uint64: .equal(column, .parameter(.unsigned(load(UInt64.self))))
        case .int32: .equal(column, .integer(Int64(load(Int32.self))))
        case .int64: .equal(column, .integer(load(Int64.self)))
        case .timestamp: .equal(column, .call("fromUnixTimestamp64Nano", .integer(load(Int64.self))))
        case .bytes(let width):
            .equal(column, .call("unhex", .parameter(.string(Hex.encode(bytes(width))))))
        case .float64: nil
        }
    }

    func load<Value: BitwiseCopyable>(_ type: Value.Type) -> Value {
        start.loadUnaligned(fromByteOffset: row * MemoryLayout<Value>.stride, as: type)
    }

    private func bytes(_ width: Int) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: start + row * width, count: width))
    }
}
