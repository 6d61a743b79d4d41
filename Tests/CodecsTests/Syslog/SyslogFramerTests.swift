import Codecs
import Testing

@Suite struct SyslogFramerTests {
    private static func messages(
        _ parts: [[UInt8]], messageBytesMax: Int = 1 << 20
    ) -> [String] {
        var framer = SyslogFramer(messageBytesMax: messageBytesMax)
        var messages: [String] = []
        for part in parts {
            part.withUnsafeBufferPointer {
                framer.take($0) { messages.append(String(decoding: $0, as: UTF8.self) + ($1 ? "|cut" : "")) }
            }
        }
        framer.finish { messages.append(String(decoding: $0, as: UTF8.self) + ($1 ? "|cut" : "")) }
        return messages
    }

    private static let stream = Array(
        "9 <13>hello<14>a line\n12 <13>two\nline\n<15>nul\u{0}12 monkeys\r\n\n2024 years\n7 <1>x\n 0 y\n<16>last".utf8)
    private static let expected = [
        "<13>hello", "<14>a line", "<13>two\nline", "<15>nul", "12 monkeys\r", "2024 years", "<1>x\n 0", "y",
        "<16>last",
    ]

    @Test func eachMessageSaysHowItIsFramed() {
        #expect(Self.messages([Self.stream]) == Self.expected)
    }

    @Test func splittingAnywhereChangesNothing() {
        for index in Self.stream.indices {
            #expect(Self.messages([Array(Self.stream[..<index]), Array(Self.stream[index...])]) == Self.expected)
        }
        #expect(Self.messages(Self.stream.map { [$0] }) == Self.expected)
    }

    @Test func whatIsLongerThanTheLimitIsCutAndTheNextIsWhole() {
        let long = String(repeating: "x", count: 40)
        let text = "<1>\(long)\n<2>next\n43 <1>\(long)<2>next\n0123456789abcdef\n0123456789abcdefg\n16 <3>3456789abcdef"
        let expected = [
            "<1>xxxxxxxxxxxxx|cut", "<2>next", "<1>xxxxxxxxxxxxx|cut", "<2>next", "0123456789abcdef",
            "0123456789abcdef|cut", "<3>3456789abcdef",
        ]
        let bytes = Array(text.utf8)
        #expect(Self.messages([bytes], messageBytesMax: 16) == expected)
        for index in bytes.indices {
            #expect(Self.messages([Array(bytes[..<index]), Array(bytes[index...])], messageBytesMax: 16) == expected)
        }
    }

    @Test func anUnfinishedCountedMessageIsGivenAsCut() {
        #expect(Self.messages([Array("20 <13>hello".utf8)]) == ["<13>hello|cut"])
        #expect(Self.messages([Array("20 ".utf8)]) == ["20"])
        #expect(Self.messages([Array("99999999999 <13>x".utf8)]) == ["99999999999 <13>x"])
    }
}
