import Testing

@testable import PrometheusModel

struct MD5Tests {
    // RFC 1321, section A.5, and lengths around the end of a block (expected from Python's hashlib).
    @Test(
        "The digest is that of RFC 1321, with every length of the last block",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
            (String(repeating: "x", count: 55), "04364420e25c512fd958a70738aa8f72"),
            (String(repeating: "x", count: 56), "668a72d5ba17f08e62dabcafad6db14b"),
            (String(repeating: "x", count: 64), "c1bb4f81d892b2d57947682aeb252456"),
            (String(repeating: "x", count: 119), "ab347a5f68c8a443cfcddc633f12c24f"),
        ])
    func digest(text: String, expected: String) {
        let digest = MD5.digest(text.utf8)
        let digits = digest.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        #expect(digits.joined() == expected)
    }
}
