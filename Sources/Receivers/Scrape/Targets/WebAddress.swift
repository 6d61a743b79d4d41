/// The parts of an `http` or `https` address that scraping needs.
struct WebAddress: Hashable {
    let scheme: String
    /// Host and port as written.
    let authority: String
    /// Without a slash at the end; empty for none.
    let path: String

    /// - Returns: nil for anything but `http[s]://authority[/path]`; a query or fragment is none of it.
    init?(_ text: String) {
        let scheme: String
        if text.hasPrefix("http://") {
            scheme = "http"
        } else if text.hasPrefix("https://") {
            scheme = "https"
        } else {
            return nil
        }
        let rest = text.dropFirst(scheme.utf8.count + 3)
        let authority = rest.prefix { $0 != "/" }
        var path = rest[authority.endIndex...]
        guard !authority.isEmpty, !rest.contains(where: { $0 == "?" || $0 == "#" || $0 == " " || $0 == "@" }) else {
            return nil
        }
        while path.last == "/" { path = path.dropLast() }
        self.scheme = scheme
        self.authority = String(authority)
        self.path = String(path)
    }

    /// Escapes what may not stand in a path as it is.
    static func escapedPath(_ path: String) -> String { escaped(path, besides: "$&+,/:;=@") }

    /// Escapes a part of a query; a blank becomes a plus sign, as in forms.
    static func escapedQueryPart(_ text: String) -> String {
        escaped(text, besides: " ").split(separator: " ", omittingEmptySubsequences: false).joined(separator: "+")
    }

    /// Parameters sorted by name, without the question mark.
    static func query(_ parameters: [String: [String]]) -> String {
        parameters.sorted { $0.key < $1.key }.flatMap { name, values in
            values.map { "\(escapedQueryPart(name))=\(escapedQueryPart($0))" }
        }.joined(separator: "&")
    }

    private static func escaped(_ text: String, besides allowed: StaticString) -> String {
        var result: [UInt8] = []
        let hexadecimal = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                result.append(byte)
            case _ where allowed.withUTF8Buffer({ $0.contains(byte) }): result.append(byte)
            default: result += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
