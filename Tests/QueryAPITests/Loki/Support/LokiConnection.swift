import NIOCore
import NIOPosix
import Testing

/// A client that speaks HTTP and WebSocket by hand.
final class LokiConnection {
    static let opening = [
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]

    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received: [UInt8] = []

    private init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        iterator = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    /// Sends one request and hands the connection to `body`.
    static func ask(
        _ port: Int, _ target: String, method: String = "GET", _ fields: [String] = ["Connection: close"],
        body: String = "", _ read: (LokiConnection) async throws -> Void
    ) async throws {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: localhost"] + fields
        if !body.isEmpty {
            lines += ["Content-Type: application/x-www-form-urlencoded", "Content-Length: \(body.utf8.count)"]
        }
        let request = (lines + ["", ""]).joined(separator: "\r\n") + body
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            try await read(LokiConnection(inbound, outbound))
        }
    }

    /// Head in lower case and body of an answer that ends the connection.
    static func answer(
        _ port: Int, _ target: String, method: String = "GET", _ fields: [String] = [], body: String = ""
    ) async throws -> (head: String, body: [UInt8], text: String) {
        var result: (String, [UInt8], String) = ("", [], "")
        try await ask(port, target, method: method, ["Connection: close"] + fields, body: body) { connection in
            let head = try await connection.head()
            while try await connection.more() {}
            result = (head, connection.received, String(decoding: connection.received, as: UTF8.self))
        }
        return result
    }

    private func more() async throws -> Bool {
        guard let piece = try await iterator.next() else { return false }
        received += piece.readableBytesView
        return true
    }

    func head() async throws -> String { try await text(upTo: "\r\n\r\n").lowercased() }

    /// What comes before the mark, which is taken, too.
    func text(upTo mark: String) async throws -> String {
        while true {
            if let end = received.indices.first(where: { received[$0...].starts(with: mark.utf8) }) {
                let text = String(decoding: received[..<end], as: UTF8.self)
                received.removeSubrange(..<(end + mark.utf8.count))
                return text
            }
            guard try await more() else { return "" }
        }
    }

    /// A frame of less than 64 KiB: its first byte and its payload; nil at the end.
    func frame() async throws -> (first: UInt8, text: String)? {
        while true {
            if received.count >= 4 {
                let short = Int(received[1])
                let start = short == 126 ? 4 : 2
                let length = short == 126 ? Int(received[2]) << 8 | Int(received[3]) : short
                if received.count >= start + length {
                    let first = received[0]
                    let text = String(decoding: received[start..<(start + length)], as: UTF8.self)
                    received.removeSubrange(..<(start + length))
                    return (first, text)
                }
            }
            guard try await more() else { return nil }
        }
    }

    /// A close frame with code 1000.
    func close() async throws {
        try await outbound.write(ByteBuffer(bytes: [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]))
    }
}
