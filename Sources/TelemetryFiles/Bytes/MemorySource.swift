/// Bytes that are in memory, handed over in pieces.
final class MemorySource: ByteSource {
    private var rest: ArraySlice<UInt8>
    private let piece: Int

    init(_ bytes: [UInt8], piece: Int = .max) {
        rest = bytes[...]
        self.piece = max(1, piece)
    }

    var failure: String? { nil }

    func read(into bytes: inout [UInt8]) throws(TelemetryFileError) -> Bool {
        guard !rest.isEmpty else { return false }
        bytes += rest.prefix(piece)
        rest = rest.dropFirst(piece)
        return true
    }
}
