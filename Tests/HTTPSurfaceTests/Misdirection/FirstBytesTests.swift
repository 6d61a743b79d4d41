import Testing

@testable import HTTPSurface

@Suite struct FirstBytesTests {
    private static let hello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC]

    @Test(
        "the first bytes of a connection tell its protocol",
        arguments: [
            (Array("GET / HTTP/1.1\r\n".utf8), FirstBytes.http1), (Array("POST /v1/traces".utf8), .http1),
            (Array("VERSION-CONTROL /".utf8), .other), (Array("PROPFIND /".utf8), .http1),
            (Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), .http2),
            (Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nrest".utf8), .http2), (hello, .tls),
            (Array("users.online:1|c\n".utf8), .other), ([0x16, 0x02, 0x01], .other), ([0, 1, 2], .other),
            (Array(" GET /".utf8), .other), ([0x16, 0x03, 0x01, 0x02, 0x00, 0x02], .other),
            (Array(repeating: UInt8(ascii: "A"), count: 30), .other),
        ] as [([UInt8], FirstBytes)])
    func isTold(bytes: [UInt8], expected: FirstBytes) {
        #expect(FirstBytes.of(bytes) == expected)
    }

    @Test("a beginning that can still become something is undecided, and never something else than the whole")
    func beginningsAreUndecided() {
        for whole in [
            Array("POST /v1/traces HTTP/1.1".utf8), Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), Self.hello,
        ] {
            let expected = FirstBytes.of(whole)
            for count in 0..<whole.count {
                let seen = FirstBytes.of(whole.prefix(count))
                #expect(seen == .undecided || seen == expected, "\(count) bytes of \(expected)")
            }
        }
    }

    @Test("what is misdirected is counted by port, kind and path, and the paths that are kept are bounded")
    func isCounted() {
        let misdirections = Misdirections()
        misdirections.note(.grpcToHTTP, port: "otlp_http", peer: "127.0.0.1:1", advice: "a")
        misdirections.note(.grpcToHTTP, port: "otlp_http", peer: "127.0.0.1:2", advice: "a")
        for number in 0..<300 {
            misdirections.note(.unknownPath, port: "otlp_http", detail: "/\(number)", peer: "", advice: "b")
        }
        let grpc = misdirections.entries.filter { $0.kind == .grpcToHTTP }
        #expect(grpc.map(\.count) == [2])
        #expect(grpc.map(\.lastPeer) == ["127.0.0.1:2"])
        #expect(misdirections.entries.count == 256)
        #expect(misdirections.omitted == 45)
    }
}
