import Foundation
import HTTPSurface
import Testing

@Suite struct AccessRuleTests {
    private static let open = AccessRule(requiresLoopbackHost: false, token: nil, origins: [])

    /// Spec: RFC 6761, section 6.3 (localhost and names below it); RFC 1122, section 3.2.1.3 (127/8).
    @Test(
        "these hosts are this machine",
        arguments: [
            "localhost", "LOCALHOST", "localhost:8123", "a.localhost", "a.b.localhost:1", "127.0.0.1", "127.0.0.1:4318",
            "127.255.255.254", "[::1]", "[::1]:80",
        ])
    func loopback(host: String) {
        #expect(AccessRule.isLoopback(host: host))
    }

    @Test(
        "these hosts are not, whatever they look like",
        arguments: [
            "", "example.com", "localhost.example.com", "127.0.0.1.example.com", "127.0.0.1.nip.io:80", "notlocalhost",
            "128.0.0.1", "127.0.0", "127.0.0.256", "127.1", "127.0.0.1.1", "0.0.0.0", "[::2]", "[::ffff:127.0.0.1",
            "10.0.0.1",
            "localhost@example.com", "127.0.0.1 ",
        ])
    func foreign(host: String) {
        #expect(!AccessRule.isLoopback(host: host))
    }

    @Test func aForeignHostIsRefusedOnlyWhereLoopbackIsDemanded() {
        let closed = AccessRule(requiresLoopbackHost: true, token: nil, origins: [])
        let refusal = closed.refusal(host: "evil.example:8123", origin: nil, authorization: nil)
        #expect(refusal?.status == 403)
        #expect(refusal?.message.contains("evil.example:8123") == true)
        #expect(closed.refusal(host: "localhost", origin: nil, authorization: nil) == nil)
        // HTTP/1.0 and gRPC name none.
        #expect(closed.refusal(host: nil, origin: nil, authorization: nil) == nil)
        #expect(Self.open.refusal(host: "evil.example", origin: nil, authorization: nil) == nil)
    }

    @Test(
        "origins match whole, or with any port",
        arguments: [
            (["http://localhost:*"], "http://localhost", true), (["http://localhost:*"], "http://localhost:3000", true),
            (["http://localhost:*"], "https://localhost:3000", false),
            (["http://localhost:*"], "http://localhost.example.com", false),
            (["http://localhost:*"], "http://localhost:3000.example.com", false),
            (["http://localhost:*"], "http://localhost:80@example.com", false),
            (["http://localhost:*"], "http://localhost:3000/", false), (["http://localhost:*"], "null", false),
            (["https://a.example"], "https://a.example", true), (["https://a.example"], "https://a.example:443", false),
            (["https://a.example"], "https://b.example", false),
            (["https://b.example", "https://a.example"], "https://a.example", true),
            (["*"], "https://any.example", true), ([], "http://localhost", false), ([""], "http://localhost", false),
        ] as [([String], String, Bool)])
    func origins(patterns: [String], origin: String, isAllowed: Bool) {
        let rule = AccessRule(requiresLoopbackHost: false, token: nil, origins: patterns)
        #expect(rule.allows(origin: origin) == isAllowed)
        #expect(rule.refusal(host: "x", origin: origin, authorization: nil)?.status == (isAllowed ? nil : 403))
        // A client that is no web page sends none.
        #expect(rule.refusal(host: "x", origin: nil, authorization: nil) == nil)
    }

    private static func basic(_ text: String) -> String { "Basic " + Data(text.utf8).base64EncodedString() }

    /// Spec: RFC 6750, section 2.1; RFC 7617: schemes in any case, the password after the first colon.
    @Test(
        "the token opens as bearer or as password",
        arguments: [
            ("Bearer s3:cret", true), ("bearer s3:cret", true), ("BEARER   s3:cret", true), (basic(":s3:cret"), true),
            (basic("anyone:s3:cret"), true), (basic("anyone:s3:cret").replacing("Basic", with: "bAsIc"), true),
            (nil, false), ("", false), ("Bearer", false), ("Bearer ", false), ("Bearer s3:cre", false),
            ("Bearer s3:crets", false),
            ("Bearer S3:CRET", false), ("s3:cret", false), ("Token s3:cret", false), ("Bearer s3:cret ", false),
            (basic("s3:cret"), false), (basic("anyone"), false), (basic("s3:cret:"), false), ("Basic s3:cret", false),
            ("Basic", false), ("Basic ====", false),
        ] as [(String?, Bool)])
    func tokens(authorization: String?, isAllowed: Bool) {
        let rule = AccessRule(requiresLoopbackHost: false, token: "s3:cret", origins: [])
        let refusal = rule.refusal(host: nil, origin: nil, authorization: authorization)
        #expect(refusal?.status == (isAllowed ? nil : 401))
        if let refusal { #expect(!refusal.message.contains("s3:cret")) }
    }

    @Test func withoutATokenNobodyIsAsked() {
        #expect(Self.open.refusal(host: nil, origin: nil, authorization: "Bearer wrong") == nil)
    }
}
