/// The user and password that an address may name, which the HTTP client takes no notice of.
///
/// - Spec: RFC 3986, section 3.2.1; RFC 7617, section 2.
enum URLCredentials {
    /// The value of `Authorization` for `http://user:password@host`; nil for an address that names nobody.
    static func authorization(for url: String) -> String? {
        guard url.utf8.contains(UInt8(ascii: "@")), let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return nil }
        let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = parts.first else { return nil }
        let password = parts.count > 1 ? parts[1] : ""
        return "Basic \(ScrapeClientOptions.base64(decoded(user) + [UInt8(ascii: ":")] + decoded(password)))"
    }

    /// Undoes `%41`; what is no escape stays.
    private static func decoded(_ text: Substring) -> [UInt8] {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy({ isHexDigit($0) }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool { Character(Unicode.Scalar(byte)).isHexDigit }
}
