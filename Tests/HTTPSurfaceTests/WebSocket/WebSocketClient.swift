import NIOCore
import NIOPosix
import Testing

@testable import HTTPSurface

/// A client that speaks WebSocket by hand, so that it can also speak it wrongly.
struct WebSocketClient {
    enum Frame: Equatable {
        case text(String)
        case ping
        case pong([UInt8])
        case close(Int, String)
    }

    final class Connection {
        private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        private var received: [UInt8] = []

        init(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>)
        {
            iterator = inbound.makeAsyncIterator()
            self.outbound = outbound
        }

        private func more() async throws -> Bool {
            guard let piece = try await iterator.next() else { return false }
            received += piece.readableBytesView
            return true
        }

        /// The status line and fields of an answer, in lower case.
        func head() async throws -> String {
            while true {
                if let end = received.indices.first(where: { received[$0...].starts(with: "\r\n\r\n".utf8) }) {
                    let head = String(decoding: received[..<end], as: UTF8.self).lowercased()
                    received.removeSubrange(..<(end + 4))
                    return head
                }
                guard try await more() else { return "" }
            }
        }

        /// Everything until the server closes.
        func rest() async throws -> String {
            while try await more() {}
            return String(decoding: received, as: UTF8.self)
        }

        /// Nil when the server has closed the connection.
        func next() async throws -> Frame? {
            while true {
                if let frame = try frame() { return frame }
                guard try await more() else { return nil }
            }
        }

        func expect(_ expected: Frame?, sourceLocation: SourceLocation = #_sourceLocation) async throws {
            let frame = try await next()
            #expect(frame == expected, sourceLocation: sourceLocation)
        }

        private func frame() throws -> Frame? {
            guard received.count >= 2 else { return nil }
            var length = Int(received[1])
            var start = 2
            if length == 126 {
                guard received.count >= 4 else { return nil }
                length = Int(received[2]) << 8 | Int(received[3])
                start = 4
            } else if length == 127 {
                guard received.count >= 10 else { return nil }
                length = received[2..<10].reduce(0) { $0 << 8 | Int($1) }
                start = 10
            }
            guard received.count >= start + length else { return nil }
            let first = received[0]
            let payload = Array(received[start..<(start + length)])
            received.removeSubrange(..<(start + length))
            switch first {
            case 0x81: return .text(String(decoding: payload, as: UTF8.self))
            case 0x89: return .ping
            case 0x8A: return .pong(payload)
            case 0x88:
                try #require(payload.count >= 2)
                return .close(
                    Int(payload[0]) << 8 | Int(payload[1]), String(decoding: payload.dropFirst(2), as: UTF8.self))
            default:
                Issue.record("a frame begins with \(first)")
                return nil
            }
        }

        func send(_ first: UInt8, _ payload: [UInt8]) async throws {
            try await outbound.write(ByteBuffer(bytes: WebSocketReaderTests.frame(first, payload)))
        }

        func send(_ text: String) async throws { try await send(0x81, Array(text.utf8)) }

        func close(_ code: Int) async throws {
            try await send(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)])
        }
    }

    static let opening = [
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]

    /// Connects and sends the requests, one after the other.
    static func connect(
        _ port: Int, _ path: String, host: String = "localhost", fields: [String] = opening,
        _ body: (Connection) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            let connection = Connection(inbound, outbound)
            try await outbound.write(ByteBuffer(string: request(path, host: host, fields)))
            try await body(connection)
        }
    }

    static func request(_ path: String, host: String = "localhost", _ fields: [String]) -> String {
        (["GET \(path) HTTP/1.1", "Host: \(host)"] + fields + ["", ""]).joined(separator: "\r\n")
    }
}
