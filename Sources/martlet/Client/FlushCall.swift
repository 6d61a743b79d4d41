import Codecs
import MartletServer
import TelemetryModel

/// The flush barrier: everything that the server accepted before the call is stored and can be asked for.
///
/// `POST /api/v1/flush?timeout=30s` on the endpoint `api`. 200 says how many items the barrier covers, 504 that the time
/// ran out, 503 that the store cannot take data.
enum FlushCall {
    /// - Throws: `CommandFailure` with exit code 3 when nothing answers, 1 with the server's sentence for any other
    ///   status than 200.
    static func send(_ url: String, timeout: Duration) async throws -> FlushAnswer {
        // The server answers at its timeout; the rest is for the way.
        let answer = try await HTTPCalls.send(
            "POST", "\(url)/api/v1/flush?timeout=\(DurationText.print(timeout))", timeout: timeout + .seconds(10))
        return try FlushAnswer(status: answer.status, body: answer.body)
    }
}

/// What the server says of a flush.
struct FlushAnswer: Equatable, Sendable {
    /// Stored items by signal, in the order of the answer.
    var stored: [(signal: String, items: Int64)] = []
    var milliseconds: Int64 = 0

    static func == (left: FlushAnswer, right: FlushAnswer) -> Bool {
        left.milliseconds == right.milliseconds
            && left.stored.elementsEqual(right.stored) { $0.signal == $1.signal && $0.items == $1.items }
    }

    init(stored: [(signal: String, items: Int64)], milliseconds: Int64) {
        self.stored = stored
        self.milliseconds = milliseconds
    }

    /// Reads an answer of the server.
    init(status: Int, body: [UInt8]) throws {
        do {
            let message = try read(body)
            guard status != 200 else { return }
            throw CommandFailure(.no, message ?? "the server answers the flush with \(status)")
        } catch let error as DecodeError {
            guard status == 200 else { throw CommandFailure(.no, "the server answers the flush with \(status)") }
            throw CommandFailure(.no, "the server's answer to the flush cannot be read: \(error)")
        }
    }

    /// Reads the known members and returns the server's sentence, if there is one.
    private mutating func read(_ body: [UInt8]) throws(DecodeError) -> String? {
        try body.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
            var reader = JSONReader(buffer)
            var message: String?
            var object = try reader.beginObject()
            while let key = try reader.nextKey(&object) {
                switch try reader.text(of: key) {
                case "message": message = try reader.readString()
                case "milliseconds": milliseconds = try reader.readCount()
                case "signals": try readSignals(&reader)
                default: try reader.skipValue()
                }
            }
            return message
        }
    }

    private mutating func readSignals(_ reader: inout JSONReader) throws(DecodeError) {
        var signals = try reader.beginObject()
        while let key = try reader.nextKey(&signals) {
            let signal = try reader.text(of: key)
            var members = try reader.beginObject()
            while let member = try reader.nextKey(&members) {
                if try reader.text(of: member) == "stored" {
                    stored.append((signal, try reader.readCount()))
                } else {
                    try reader.skipValue()
                }
            }
        }
    }
}
