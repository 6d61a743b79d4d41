import Testing

@testable import Codecs

@Suite("IP addresses as text") struct IPAddressTextTests {
    @Test(
        "the canonical form of RFC 5952, section 4",
        arguments: [
            ([0, 0, 0, 0, 0, 0, 0, 0], "::"), ([0, 0, 0, 0, 0, 0, 0, 1], "::1"), ([1, 0, 0, 0, 0, 0, 0, 0], "1::"),
            ([0x2001, 0xdb8, 0, 0, 1, 0, 0, 1], "2001:db8::1:0:0:1"),
            ([0x2001, 0xdb8, 0, 1, 1, 1, 1, 1], "2001:db8:0:1:1:1:1:1"),
            ([0x2001, 0, 0, 1, 0, 0, 0, 1], "2001:0:0:1::1"), ([1, 2, 3, 4, 5, 6, 7, 8], "1:2:3:4:5:6:7:8"),
        ] as [([UInt16], String)])
    func version6(groups: [UInt16], text: String) {
        let bytes = groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        #expect(bytes.withUnsafeBufferPointer { IPAddressText.version6($0) } == text)
    }

    @Test(
        "addresses are told from names",
        arguments: [
            ("1.2.3.4", true), ("255.255.255.255", true), ("256.1.1.1", false), ("1.2.3", false), ("1.2.3.4.5", false),
            ("1..2.3", false), ("::1", true), ("2001:db8::1", true), ("::ffff:1.2.3.4", true), ("db", false),
            ("db:80", false), ("localhost", false), ("", false), ("+1.2.3.4", false),
        ])
    func isAddress(text: String, expected: Bool) {
        #expect(IPAddressText.isAddress(text) == expected)
    }
}
