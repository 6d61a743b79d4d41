package import TelemetryModel

/// Columns as text, value by value, to compare blocks that were filled in different ways.
package enum ColumnText {
    /// The rows of each block of a batch, value by value, by the block's type; blocks without rows are left out.
    package static func of(_ batch: TelemetryBatch) -> [String: [[String]]] {
        var texts = ofTelemetry(batch)
        for block in [batch.resources, batch.scopes, batch.series] as [any Block] { add(block, to: &texts) }
        return texts
    }

    /// The same without what telemetry refers to.
    package static func ofTelemetry(_ batch: TelemetryBatch) -> [String: [[String]]] {
        let blocks: [any Block] = [
            batch.spans, batch.logs, batch.samples, batch.histograms, batch.exponentialHistograms, batch.summaries,
            batch.nativeHistograms, batch.metadata, batch.targets, batch.exemplars,
        ]
        var texts: [String: [[String]]] = [:]
        for block in blocks { add(block, to: &texts) }
        return texts
    }

    private static func add(_ block: any Block, to texts: inout [String: [[String]]]) {
        guard block.rows > 0 else { return }
        texts["\(type(of: block))"] = (0..<block.rows).map { row in
            block.columns.map { value(of: $0, at: row) }
        }
    }

    private static func value(of column: any Column, at row: Int) -> String {
        guard row < column.count else { return "MISSING" }
        switch column.layout {
        case .fixed(let kind, let values):
            let width = kind.width
            return Hex.encode(UnsafeRawBufferPointer(start: values + row * width, count: width))
        case .utf8(let offsets, let bytes):
            let range = Int(offsets[row])..<Int(offsets[row + 1])
            return String(
                decoding: UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count), as: UTF8.self)
        case .dictionary(let indexes, let values): return values.string(at: Int(indexes[row]))
        case .list(let offsets, let items):
            return "["
                + (Int(offsets[row])..<Int(offsets[row + 1])).map { value(of: items, at: $0) }
                .joined(separator: ",") + "]"
        case .map(let offsets, let keys, let values):
            return "{"
                + (Int(offsets[row])..<Int(offsets[row + 1])).map {
                    value(of: keys, at: $0) + "=" + value(of: values, at: $0)
                }.joined(separator: ",") + "}"
        }
    }
}

extension FixedKind {
    fileprivate var width: Int {
        switch self {
        case .uint8: 1
        case .uint32, .int32: 4
        case .uint64, .int64, .float64, .timestamp: 8
        case .bytes(let width): width
        }
    }
}
