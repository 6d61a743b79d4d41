import Testing

@testable import HTTPSurface

@Suite struct HTTP2PrefaceTests {
    @Test("every beginning of the preface is undecided, and the whole of it HTTP/2, whatever follows")
    func preface() {
        for count in 0..<HTTP2Preface.bytes.count {
            #expect(HTTP2Preface.match(HTTP2Preface.bytes.prefix(count)) == .undecided)
        }
        #expect(HTTP2Preface.match(HTTP2Preface.bytes) == .http2)
        #expect(HTTP2Preface.match(HTTP2Preface.bytes + [0, 0, 0]) == .http2)
    }

    @Test(
        "anything else is known by its first byte that differs",
        arguments: ["G", "POST / HTTP/1.1\r\n", "PR ", "PRI / HTTP/1.1", "PRI * HTTP/1.1", "\u{16}\u{3}\u{1}", "\r\n"])
    func others(text: String) {
        #expect(HTTP2Preface.match(text.utf8) == .other)
    }
}
