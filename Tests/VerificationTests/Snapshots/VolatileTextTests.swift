import Testing

@testable import Verification

@Suite struct VolatileTextTests {
    @Test(arguments: [
        ("order 0af76519-16cd-43dd-8448-eb211c80319c done", "order <uuid> done"),
        ("0AF76519-16CD-43DD-8448-EB211C80319C", "<uuid>"),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-<id>-<id>-01"),
        ("/users/b7ad6b7169203331/orders", "/users/<id>/orders"),
        ("deadbeefdeadbeef", "<id>"),
        ("<Order object at 0x7f12ab34cd50>", "<Order object at <address>>"),
        ("2026-01-02T03:04:05.678Z started", "<time> started"),
        ("at 2026-01-02 03:04:05,678 x", "at <time> x"),
        ("2026-01-02T03:04:05+01:00!", "<time>!"),
        ("2026-01-02T03:04:05+0100!", "<time>!"),
        ("from 2026-01-02 on", "from <date> on"),
        ("expires=1767323045678", "expires=<time>"),
        ("http://127.0.0.1:43211/v1", "http://127.0.0.1:<port>/v1"),
        ("http://localhost:8080/", "http://localhost:<port>/"),
        ("[::1]:4318", "[::1]:<port>"),
        ("http://api:51234", "http://api:<port>"),
        ("/tmp/tmpab12_x/out.json", "/tmp/<temporary>/out.json"),
        ("/var/folders/zz/T/x", "/var/folders/<temporary>/T/x"),
    ]) func whatDiffersFromRunToRunIsMasked(text: String, masked: String) {
        #expect(VolatileText().masked(text) == masked)
    }

    @Test(arguments: [
        "POST /orders/42", "http://api:8080/v1", "sha256", "v1.2.3", "HTTP/1.1 200", "12:30", "a:b", "beef", "1-2-3",
        "2026-13", "3026-01-02", "0af76519-16cd-43dd-8448", "x0af7651916cd43dd8448eb211c80319c",
        "0af7651916cd43dd8448eb211c80319cx", "99999-01-01", "0x12", "/tmp", "/tmp/", "", ":", "::1", "café 1",
        "1234567890123456789012345g",
    ]) func whatIsTheSameInEachRunStays(text: String) {
        #expect(VolatileText().masked(text) == text)
    }

    @Test(arguments: [
        ("took 12 ms", "took <n> ms"), ("took 12.5ms, 3 tries", "took <n>ms, <n> tries"), ("1,234 items", "<n> items"),
        ("v1", "v1"), ("user-7", "user-<n>"),
    ]) func numbersAreMaskedWhereTheyAreNotTheContent(text: String, masked: String) {
        #expect(VolatileText(masksNumbers: true).masked(text) == masked)
    }

    /// Every beginning and end of a text with everything in it, also such as cut a character in two.
    @Test func noTextTraps() {
        let text =
            "é0af76519-16cd-43dd-8448-eb211c80319c 2026-01-02T03:04:05.6+01:00 127.0.0.1:99999 /tmp/a 0xabcdef :1"
        let bytes = Array(text.utf8)
        for index in bytes.indices {
            _ = VolatileText().masked(String(decoding: bytes[..<index], as: UTF8.self))
            _ = VolatileText(masksNumbers: true).masked(String(decoding: bytes[index...], as: UTF8.self))
        }
    }
}
