import Testing

@testable import HTTPSurface

@Suite("frames of a client")
struct WebSocketReaderTests {
    /// A frame as a client sends it.
    static func frame(_ first: UInt8, _ payload: [UInt8], mask: [UInt8] = [1, 2, 3, 4]) -> [UInt8] {
        var bytes = [first]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65_536: bytes += [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(0xFF)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        bytes += mask
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index & 3]) }
        return bytes
    }

    private func events(_ bytes: [UInt8], bytesMax: Int = 1000) -> [WebSocketReader.Event] {
        var reader = WebSocketReader(bytesMax: bytesMax)
        return reader.read(bytes)
    }

    /// RFC 6455, section 5.7: "Hello", masked.
    @Test("the example of the specification is read")
    func example() {
        let bytes: [UInt8] = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(events(bytes) == [.text("Hello")])
    }

    @Test("bytes may come one by one")
    func slowly() {
        let bytes =
            Self.frame(0x81, Array("één".utf8)) + Self.frame(0x89, [7])
            + Self.frame(0x82, [UInt8](repeating: 9, count: 300))
        var reader = WebSocketReader(bytesMax: 300)
        var events: [WebSocketReader.Event] = []
        for byte in bytes { events += reader.read([byte]) }
        #expect(events == [.text("één"), .ping([7]), .binary([UInt8](repeating: 9, count: 300))])
    }

    @Test("parts make one message, with control frames between them")
    func fragments() {
        let bytes =
            Self.frame(0x01, Array("a".utf8)) + Self.frame(0x8A, []) + Self.frame(0x00, Array("b".utf8))
            + Self.frame(0x80, Array("c".utf8))
        #expect(events(bytes) == [.pong, .text("abc")])
    }

    @Test("a message over the bound is refused before it is there", arguments: [101, 70_000, Int.max])
    func tooLarge(count: Int) {
        var bytes: [UInt8] = [0x81]
        if count < 126 {
            bytes = Self.frame(0x81, [UInt8](repeating: 65, count: count))
        } else {
            bytes.append(0xFF)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        }
        #expect(
            events(bytes, bytesMax: 100) == [.violation(.tooLarge, "a message has more than 100 bytes")])
        let parts =
            Self.frame(0x01, [UInt8](repeating: 65, count: 60)) + Self.frame(0x80, [UInt8](repeating: 65, count: 41))
        #expect(
            events(parts, bytesMax: 100) == [.violation(.tooLarge, "a message has more than 100 bytes")])
    }

    @Test(
        "what breaks the protocol is said",
        arguments: [
            ([0x81, 0x01, 0x41], WebSocketCloseCode.protocolError),
            (WebSocketReaderTests.frame(0xC1, [65]), .protocolError),
            (WebSocketReaderTests.frame(0x83, [65]), .protocolError),
            (WebSocketReaderTests.frame(0x80, [65]), .protocolError),
            (WebSocketReaderTests.frame(0x01, [65]) + WebSocketReaderTests.frame(0x81, [65]), .protocolError),
            (WebSocketReaderTests.frame(0x09, []), .protocolError),
            (WebSocketReaderTests.frame(0x89, [UInt8](repeating: 1, count: 126)), .protocolError),
            (WebSocketReaderTests.frame(0x88, [3]), .protocolError),
            (WebSocketReaderTests.frame(0x88, [3, 0xED]), .protocolError),
            (WebSocketReaderTests.frame(0x81, [0xFF]), .invalidText),
            (WebSocketReaderTests.frame(0x88, [3, 0xE8, 0xFF]), .invalidText),
        ])
    func violations(bytes: [UInt8], code: WebSocketCloseCode) throws {
        let last = try #require(events(bytes).last)
        guard case .violation(code, _) = last else {
            Issue.record("\(last)")
            return
        }
    }

    @Test("after a close nothing is read")
    func close() {
        let bytes = Self.frame(0x88, [3, 0xE8]) + Self.frame(0x81, [65])
        #expect(events(bytes) == [.close(.normal)])
        #expect(events(Self.frame(0x88, [])) == [.close(nil)])
    }

    @Test("random bytes end in no trap")
    func random() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var reader = WebSocketReader(bytesMax: 64)
            var bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            if bytes.count > 1 { (bytes[0], bytes[1]) = (0x81, bytes[1] | 0x80) }
            _ = reader.read(bytes)
            _ = reader.read(bytes)
        }
    }

    @Test("frames of the server have the shortest length", arguments: [0, 125, 126, 65_535, 65_536])
    func encode(count: Int) {
        let frame = WebSocketFrames.encode(.text, [UInt8](repeating: 65, count: count))
        let head = count < 126 ? 2 : count < 65_536 ? 4 : 10
        #expect(frame.count == head + count)
        #expect(frame[0] == 0x81)
        #expect(frame[1] == (count < 126 ? UInt8(count) : count < 65_536 ? 126 : 127))
    }

    @Test("a reason is cut at a character")
    func reason() {
        let frame = WebSocketFrames.close(.policy, reason: String(repeating: "é", count: 100))
        #expect(frame.count == 2 + 124)
        #expect(Array(frame[2..<4]) == [0x03, 0xF0])
        #expect(String(validating: frame[4...], as: UTF8.self) == String(repeating: "é", count: 61))
    }
}
