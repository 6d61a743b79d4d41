import Codecs

@testable import QueryAPI

enum JSONPiece {
    /// Takes one piece, as the connection does: into an empty buffer.
    static func write(_ pieces: inout any LokiPieces, bytesMax: Int, into text: inout [UInt8]) -> Bool {
        var writer = JSONWriter()
        let isMore = pieces.write(into: &writer, bytesMax: bytesMax)
        text += writer.bytes
        return isMore
    }
}
