import HTTPTypes
import Testing

@testable import HTTPSurface

@Suite("the opening of a WebSocket")
struct WebSocketHandshakeTests {
    private func request(_ change: (inout HTTPRequest) -> Void = { _ in }) -> HTTPRequest {
        var request = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/socket")
        request.headerFields = [
            .connection: "keep-alive, Upgrade", .upgrade: "WebSocket", .secWebSocketVersion: "13",
            .secWebSocketKey: "dGhlIHNhbXBsZSBub25jZQ==",
        ]
        change(&request)
        return request
    }

    /// RFC 6455, section 1.3.
    @Test("the key of the specification's example is answered as there")
    func example() throws {
        #expect(try WebSocketHandshake.check(request()).get() == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    /// RFC 3174, section 7.3.
    @Test("the hash is SHA-1")
    func hash() {
        func hex(_ text: String) -> String {
            SHA1.digest(Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        #expect(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
        #expect(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    }

    @Test("what is no opening is refused")
    func refusals() {
        func status(_ change: (inout HTTPRequest) -> Void) -> Int? {
            guard case .failure(let refusal) = WebSocketHandshake.check(request(change)) else { return nil }
            return refusal.status.code
        }
        #expect(status { $0.method = .post } == 400)
        #expect(status { $0.headerFields[.upgrade] = nil } == 400)
        #expect(status { $0.headerFields[.upgrade] = "h2c" } == 400)
        #expect(status { $0.headerFields[.connection] = "close" } == 400)
        #expect(status { $0.headerFields[.secWebSocketVersion] = "8" } == 426)
        #expect(status { $0.headerFields[.secWebSocketKey] = "short" } == 400)
        #expect(status { $0.headerFields[.secWebSocketKey] = nil } == 400)
    }
}
