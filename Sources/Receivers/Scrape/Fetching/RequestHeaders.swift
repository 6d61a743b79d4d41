extension ScrapeClientOptions {
    /// The headers that the options ask for: authorization and those of `http_headers`.
    ///
    /// - Throws: when a file with a secret cannot be read. It is read each time, so that a new secret needs no reload.
    func makeHeaders() throws(ScrapeFailure) -> [ScrapeRequest.Header] {
        var result: [ScrapeRequest.Header] = []
        switch credentials {
        case .basic(let user, let password):
            let pair = try user.read() + ":" + password.read()
            result.append(.init("Authorization", "Basic \(Self.base64(Array(pair.utf8)))"))
        case .authorization(let type, let credentials):
            result.append(.init("Authorization", try "\(type) \(credentials.read())"))
        case nil: break
        }
        for (name, secrets) in headers.sorted(by: { $0.key < $1.key }) {
            for secret in secrets { result.append(.init(name, try secret.read())) }
        }
        return result
    }

    /// RFC 4648, section 4.
    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension ScrapeClientOptions.Secret {
    /// A secret is one line; larger files are something else.
    private static let bytesMax = 64 << 10

    fileprivate func read() throws(ScrapeFailure) -> String {
        switch self {
        case .text(let text): return text
        case .file(let path):
            guard let bytes = LocalFile.read(path, bytesMax: Self.bytesMax) else {
                throw ScrapeFailure("cannot read the file of a secret: \(path)")
            }
            let text = String(decoding: bytes, as: UTF8.self)
            return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }
    }
}
