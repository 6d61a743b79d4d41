import Hummingbird
import NIOCore

/// Hands the pieces of an answer to the connection, which slows them down to its own pace.
///
/// Unchecked: pieces come one after another, each awaited before the next, and nobody else writes meanwhile.
final class BodyPieces: @unchecked Sendable {
    private var writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) {
        self.writer = writer
    }

    func write(_ bytes: [UInt8]) async throws {
        // A piece of no bytes would end a body in chunks.
        guard !bytes.isEmpty else { return }
        try await writer.write(ByteBuffer(bytes: bytes))
    }
}
