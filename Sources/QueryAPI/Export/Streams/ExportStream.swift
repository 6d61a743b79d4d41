import TelemetryModel
import TelemetryStore

/// The bytes of an export, piece by piece. Each is read and made when it is asked for, so that a client that reads slowly
/// holds nothing but a piece.
protocol ExportStream: Sendable {
    /// Nil after the last piece, which is never empty.
    mutating func next() async throws -> [UInt8]?
}

/// Parts of stored items in a form that has a text or message for each.
struct PartStream<Pages: StoredPages>: ExportStream {
    private var parts: StoredPartPages<Pages>
    private let encode: @Sendable (Pages.Items) throws -> [UInt8]

    init(_ pages: Pages, encode: @escaping @Sendable (Pages.Items) throws -> [UInt8]) {
        parts = StoredPartPages(pages, itemsPerPart: ExportLimits.itemsPerPart)
        self.encode = encode
    }

    mutating func next() async throws -> [UInt8]? {
        while let part = try await parts.next() {
            let bytes = try encode(part)
            if !bytes.isEmpty { return bytes }
        }
        return nil
    }
}
