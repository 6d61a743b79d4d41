import LogQL
import LogQLEvaluation
import Testing

@Suite struct AddressFilterTests {
    // Spec: Loki, "Matching IP addresses".
    @Test(
        "a text holds a wanted address",
        arguments: [
            ("192.168.1.5", "192.168.1.5"), ("192.168.1.5", "client 192.168.1.5:80 said"),
            ("192.168.0.0/16", "src=192.168.77.1,"), ("10.0.0.0/8", "[10.0.0.7]"), ("10.0.0.0/8", "x10.1.2.3y"),
            ("192.168.0.1-192.189.10.12", "at 192.170.0.0 and"), ("192.168.0.1-192.168.0.3", "192.168.0.3"),
            ("192.168.0.1-192.168.0.3", "192.168.0.1"), ("2001:db8::/32", "from 2001:db8::1 on"),
            ("::1", "loop ::1 back"), ("2001:db8::1-2001:db8::8", "2001:DB8:0:0::5"),
            ("::ffff:0:0/96", "::ffff:192.0.2.128"), ("0.0.0.0/0", "1.2.3.4"),
            ("10.0.0.0/8", "8.8.8.8 then 10.9.8.7"), ("fe80::/10", "fe80::1%eth0"),
            ("192.168.1.5/32", "192.168.1.5"), ("10.1.2.3/8", "10.200.0.1"),
        ])
    func matches(pattern: String, text: String) throws {
        var text = text
        let filter = try AddressFilter(pattern)
        #expect(text.withUTF8 { filter.containsMatch(in: $0) })
    }

    @Test(
        "a text holds none",
        arguments: [
            ("192.168.1.5", "192.168.1.50"), ("192.168.1.5", ""), ("10.0.0.0/8", "no address"), ("10.0.0.0/8", "10.0"),
            ("10.0.0.0/8", "10.0.0.256"), ("10.0.0.0/8", "10.0.0.1.2"), ("10.0.0.0/8", "::a00:1"),
            ("2001:db8::/32", "2001:db9::1"), ("0.0.0.0/0", "::1"), ("1.2.3.4", "01.2.3.4"), ("::/0", "12:34:56"),
            ("192.168.0.1-192.168.0.3", "192.168.0.4"), ("::/0", "::"), ("10.0.0.0/8", "10.0.0.1."),
        ])
    func misses(pattern: String, text: String) throws {
        var text = text
        let filter = try AddressFilter(pattern)
        #expect(!text.withUTF8 { filter.containsMatch(in: $0) })
    }

    @Test(
        "a pattern that is none is refused",
        arguments: [
            "", "abc", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/08", "::1/129", "1.2.3.4-1.2.3.3",
            "1.2.3.4-::1", "1.2.3.4-", "-1.2.3.4", "1::2::3", "1:2:3:4:5:6:7:8:9", ":::", "1.2.3.4.5", "12345::",
        ])
    func refused(pattern: String) {
        do throws(LogQLError) {
            _ = try AddressFilter(pattern)
            Issue.record("\(pattern) was taken")
        } catch {
            #expect(error.message == "ip: invalid pattern: \"\(pattern)\"")
        }
    }

    @Test("a whole text is an address or not") func whole() throws {
        let filter = try AddressFilter("10.0.0.0/8")
        #expect(filter.matches("10.2.3.4"))
        #expect(!filter.matches("10.2.3.4 "))
        #expect(!filter.matches("11.2.3.4"))
    }

    @Test("no bytes make the scan trap") func random() throws {
        var generator = SystemRandomNumberGenerator()
        let filters = [try AddressFilter("10.0.0.0/8"), try AddressFilter("2001:db8::/32"), try AddressFilter("::/0")]
        let alphabet = Array("0123456789abcdefABCDEF:.:.% ".utf8) + [0xFF]
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...50, using: &generator) {
                bytes.append(alphabet.randomElement(using: &generator) ?? 0)
            }
            for filter in filters { _ = bytes.withUnsafeBufferPointer { filter.containsMatch(in: $0) } }
        }
    }
}
