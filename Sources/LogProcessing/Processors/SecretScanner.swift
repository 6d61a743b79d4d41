/// Finds secrets and personal data in texts.
struct SecretScanner: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case apiKeys = "api_keys"
        case cards
        case paths
        case emails
        case phones
        case ipv4
    }

    static let redacted = "[REDACTED]"
    /// The automagik clients' list.
    static let defaultKeys = [
        "password", "passwd", "pwd", "secret", "token", "api_key", "apikey", "access_token", "refresh_token",
        "private_key", "credit_card", "ssn", "social_security",
    ]

    /// Lower case, without separators.
    private let keys: [[UInt8]]
    private let kinds: Set<Kind>

    init(keys: [String], kinds: Set<Kind>) {
        self.keys = keys.map { Self.normalised($0) }.filter { !$0.isEmpty }
        self.kinds = kinds
    }

    /// Whether one of the keys is a part of the name: `db_password`, `X-Api-Key`, `accessToken`.
    func isSecret(_ name: String) -> Bool {
        let name = Self.normalised(name)
        return isSecret(normalised: name)
    }

    private func isSecret(normalised name: [UInt8]) -> Bool {
        guard !name.isEmpty else { return false }
        return name.withUnsafeBufferPointer { name in
            keys.contains { key in
                key.withUnsafeBufferPointer { TextSearch.find($0, in: name, from: 0) != nil }
            }
        }
    }

    private static func normalised(_ name: String) -> [UInt8] {
        name.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: " "): nil
            case 0x41...0x5A: byte | 0x20
            default: byte
            }
        }
    }

    func masked(_ text: String) -> String {
        var source = text
        let masked = source.withUTF8 { bytes -> [UInt8]? in
            var scan = Scan(scanner: self, text: Text(bytes))
            scan.run()
            return scan.copied > 0 || !scan.result.isEmpty ? scan.finished() : nil
        }
        return masked.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// One walk over a text; what is hidden is replaced in the copy.
    private struct Scan {
        let scanner: SecretScanner
        let text: Text
        var result: [UInt8] = []
        /// Up to where the text is in the result.
        var copied = 0
        var place = 0

        init(scanner: SecretScanner, text: Text) {
            self.scanner = scanner
            self.text = text
        }

        mutating func run() {
            while place < text.end {
                let byte = text.bytes[place]
                let isStart = place == 0 || !Bytes.isWord(text.bytes[place - 1])
                if byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":"), pair() { continue }
                if isStart, Bytes.isWord(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "(") {
                    if word() { continue }
                }
                if byte == UInt8(ascii: "/"), path() { continue }
                if byte == UInt8(ascii: "@"), email() { continue }
                place += 1
            }
        }

        func finished() -> [UInt8] { result + text.bytes[copied..<text.end] }

        /// Puts a text in place of a range and goes on behind it.
        private mutating func replace(_ range: Range<Int>, by other: String) {
            // A value that was hidden already (an e-mail's local part may begin in it) stays hidden.
            guard range.lowerBound >= copied else {
                place = max(place + 1, range.upperBound)
                return
            }
            result += text.bytes[copied..<range.lowerBound]
            result += Array(other.utf8)
            copied = range.upperBound
            place = range.upperBound
        }

        private func hashed(_ range: Range<Int>) -> String { "sha256:" + SHA256.shortHex(text.bytes[range]) }

        /// `key=value`, `key: value`, `"key": "value"`.
        private mutating func pair() -> Bool {
            var end = place
            while end > 0, text.bytes[end - 1] == UInt8(ascii: " ") || isQuote(text.bytes[end - 1]) { end -= 1 }
            var start = end
            while start > 0, end - start < 64,
                Bytes.isWord(text.bytes[start - 1])
                    || text.bytes[start - 1] == UInt8(ascii: "-") || text.bytes[start - 1] == UInt8(ascii: ".")
            { start -= 1 }
            guard start < end else { return false }
            let name = String(decoding: text.bytes[start..<end], as: UTF8.self)
            guard scanner.isSecret(name) else { return false }
            var value = Text(text.bytes, (place + 1)..<text.end)
            value.skipSpaces()
            if isQuote(value.first) {
                let quote = value.first
                let begin = value.start + 1
                var close = begin
                while close < text.end, text.bytes[close] != quote {
                    close += text.bytes[close] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard close > begin else { return false }
                replace(begin..<min(close, text.end), by: SecretScanner.redacted)
                return true
            }
            let begin = value.start
            if value.take("Bearer ") || value.take("Basic ") {}
            _ = value.take {
                $0 > 0x20 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "&")
                    && $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: ")") && !isQuote($0)
            }
            guard value.start > begin else { return false }
            replace(begin..<value.start, by: SecretScanner.redacted)
            return true
        }

        private func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

        /// What begins at a word's start: keys of services, numbers of cards, addresses, telephone numbers.
        private mutating func word() -> Bool {
            let rest = Text(text.bytes, place..<text.end)
            if scanner.kinds.contains(.apiKeys), let length = APIKeyText.length(rest) {
                replace(place..<(place + length), by: SecretScanner.redacted)
                return true
            }
            let byte = rest.first
            if Bytes.isDigit(byte) {
                if scanner.kinds.contains(.cards), let length = CardNumber.length(rest) {
                    replace(place..<(place + length), by: SecretScanner.redacted)
                    return true
                }
                if scanner.kinds.contains(.ipv4), let length = AddressText.version4(rest),
                    rest[length] != UInt8(ascii: "."), place == 0 || text.bytes[place - 1] != UInt8(ascii: ".")
                {
                    let range = place..<(place + length)
                    replace(range, by: hashed(range))
                    return true
                }
            }
            if scanner.kinds.contains(.phones), let length = PhoneNumber.length(rest) {
                let range = place..<(place + length)
                replace(range, by: hashed(range))
                return true
            }
            return false
        }

        /// `/home/<user>/…`, `/Users/<user>/…`; the home of the superuser stays.
        private mutating func path() -> Bool {
            guard scanner.kinds.contains(.paths) else { return false }
            var rest = Text(text.bytes, place..<text.end)
            guard rest.take("/home/") || rest.take("/Users/") else { return false }
            let user = rest.take {
                Bytes.isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 >= 0x80
            }
            guard !user.isEmpty else { return false }
            replace(place..<rest.start, by: "/[USER_PATH]")
            return true
        }

        private mutating func email() -> Bool {
            guard scanner.kinds.contains(.emails) else { return false }
            var start = place
            while start > copied, place - start < 64, EmailText.isLocal(text.bytes[start - 1]) { start -= 1 }
            var domain = Text(text.bytes, (place + 1)..<text.end)
            let name = domain.take { Bytes.isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
            var end = name.end
            while end > name.start, !Bytes.isWord(text.bytes[end - 1]) { end -= 1 }
            let host = Text(text.bytes, name.start..<end)
            guard start < place, let dot = host.distance(to: UInt8(ascii: ".")), dot > 0 else { return false }
            let range = start..<end
            replace(range, by: hashed(range))
            return true
        }
    }
}

/// The part of an e-mail address before the `@`.
enum EmailText {
    static func isLocal(_ byte: UInt8) -> Bool {
        Bytes.isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: "%")
    }
}

/// Numbers of payment cards: 13 to 19 digits with a right check digit, spaces or dashes between groups.
///
/// - Spec: ISO/IEC 7812-1, annex B (Luhn).
enum CardNumber {
    static func length(_ text: Text) -> Int? {
        var digits: [UInt8] = []
        var place = 0
        var end = 0
        while place < 32 {
            let byte = text[place]
            if Bytes.isDigit(byte) {
                digits.append(byte &- 0x30)
                place += 1
                end = place
                guard digits.count <= 19 else { return nil }
            } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-"), Bytes.isDigit(text[place + 1]), place > 0
            {
                place += 1
            } else {
                break
            }
        }
        guard digits.count >= 13, !Bytes.isWord(text[end]), (3...6).contains(digits[0]) || digits[0] == 2 else {
            return nil
        }
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let value = index % 2 == 1 ? Int(digit) * 2 : Int(digit)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0 ? end : nil
    }
}

/// Telephone numbers: `+49 30 1234567`, `(030) 123-4567`, `555-123-4567`: 10 to 15 digits with separators or a plus, so
/// that plain numbers and times stay.
enum PhoneNumber {
    static func length(_ text: Text) -> Int? {
        var place = 0, digits = 0, separators = 0, end = 0
        let hasPlus = text.first == UInt8(ascii: "+")
        if hasPlus { place = 1 }
        guard hasPlus || text.first == UInt8(ascii: "(") || Bytes.isDigit(text.first) else { return nil }
        var isOpen = false
        while place < 24 {
            let byte = text[place]
            if Bytes.isDigit(byte) {
                digits += 1
                end = place + 1
            } else if byte == UInt8(ascii: "("), !isOpen, digits < 4 {
                isOpen = true
                separators += 1
            } else if byte == UInt8(ascii: ")"), isOpen {
                isOpen = false
            } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "."),
                Bytes.isDigit(text[place + 1]) || text[place + 1] == UInt8(ascii: "(")
                    || text[place - 1] == UInt8(ascii: ")")
            {
                separators += 1
            } else {
                break
            }
            place += 1
        }
        guard (10...15).contains(digits), hasPlus || separators >= 2, !Bytes.isWord(text[end]) else { return nil }
        // A date and a time have the same digits.
        let isDate = text[4] == UInt8(ascii: "-") && text[7] == UInt8(ascii: "-")
        return isDate || text[end] == UInt8(ascii: ":") ? nil : end
    }
}

/// Keys of services by their known beginnings, tokens of JWT, and what follows `Bearer`.
enum APIKeyText {
    private static let beginnings: [(beginning: StaticString, rest: Int)] = [
        ("sk-", 16), ("sk_live_", 10), ("sk_test_", 10), ("pk_live_", 10), ("pk_test_", 10), ("rk_live_", 10),
        ("AKIA", 16), ("ASIA", 16), ("AIza", 30), ("ghp_", 20), ("gho_", 20), ("ghu_", 20), ("ghs_", 20),
        ("ghr_", 20), ("github_pat_", 20), ("glpat-", 16), ("xoxb-", 10), ("xoxp-", 10), ("xoxa-", 10),
        ("xoxr-", 10), ("npm_", 30), ("hf_", 20), ("SG.", 20), ("dop_v1_", 30), ("eyJ", 20), ("api_", 16),
        ("key-", 20),
    ]

    static func length(_ text: Text) -> Int? {
        for (beginning, least) in beginnings
        where text.first == beginning.utf8Start.pointee && text.hasPrefix(beginning) {
            var rest = text.dropping(beginning.utf8CodeUnitCount)
            let key = rest.take { Bytes.isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
            if key.count >= least { return rest.start - text.start }
        }
        if text.hasPrefix("Bearer ") {
            var rest = text.dropping(7)
            let key = rest.take {
                Bytes.isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/")
                    || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "~")
            }
            // `Bearer token` in prose is short.
            if key.count >= 8 { return rest.start - text.start }
        }
        return nil
    }
}
