import Verification

/// Cuts a stream of messages, each preceded by its length as four bytes, big-endian, into the messages.
///
/// The collector's file exporter writes its protobuf form so, and the server's export endpoint sends it so.
struct ExportFrames {
    /// A message of the export endpoint holds some thousand items.
    static let messageBytesMax = 256 << 20

    private var buffer: [UInt8] = []
    /// Where the next length stands in `buffer`.
    private var start = 0

    /// Bytes that belong to a message that is not complete.
    var bytesWaiting: Int { buffer.count - start }

    mutating func feed(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next message; nil when more bytes are needed.
    mutating func next() throws(VerificationError) -> ArraySlice<UInt8>? {
        guard bytesWaiting >= 4 else { return nil }
        let length = buffer[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.messageBytesMax else {
            throw VerificationError(
                .invalidFile, "the server's export has a message of \(length) bytes, limit is \(Self.messageBytesMax)")
        }
        guard bytesWaiting - 4 >= length else { return nil }
        defer { start += 4 + length }
        return buffer[start + 4..<start + 4 + length]
    }
}
