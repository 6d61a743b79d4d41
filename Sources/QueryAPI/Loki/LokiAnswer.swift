import Codecs

/// What a question is answered with, whatever carries it.
struct LokiAnswer: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        /// Text that is written piece by piece, as it may be too large to be held as a whole.
        case pieces(any LokiPieces)
    }

    static let jsonType = "application/json; charset=UTF-8"
    static let textType = "text/plain; charset=utf-8"

    var status = 200
    var contentType = jsonType
    var body: Body

    static func json(_ write: (inout JSONWriter) -> Void) -> LokiAnswer {
        var writer = JSONWriter()
        writer.object(write)
        return LokiAnswer(body: .bytes(writer.bytes))
    }

    /// `{"status":"success","data":…}`
    static func success(_ data: (inout JSONWriter) -> Void) -> LokiAnswer {
        json { writer in
            writer.member("status", "success")
            writer.key("data")
            data(&writer)
        }
    }

    static func text(_ status: Int, _ text: String) -> LokiAnswer {
        LokiAnswer(status: status, contentType: textType, body: .bytes(Array(text.utf8)))
    }

    static func failure(_ error: any Error) -> LokiAnswer {
        let failure = LokiFailure(error)
        return .text(failure.status, failure.message)
    }
}

/// JSON text that can be written in pieces.
protocol LokiPieces: Sendable {
    /// Roughly what the whole text takes.
    var bytesExpected: Int { get }
    /// Appends what follows, until there are `bytesMax` bytes or somewhat more.
    ///
    /// - Returns: false when that was the end.
    mutating func write(into writer: inout JSONWriter, bytesMax: Int) -> Bool
}

extension LokiPieces {
    /// All of it at once.
    func bytes() -> [UInt8] {
        var writer = JSONWriter()
        writer.bytes.reserveCapacity(min(bytesExpected, 64 << 20))
        var copy = self
        while copy.write(into: &writer, bytesMax: .max) {}
        return writer.bytes
    }
}
