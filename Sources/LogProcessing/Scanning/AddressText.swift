/// Internet addresses.
enum AddressText {
    static func isAddress(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            let text = Text(bytes)
            if let length = version4(text), length == text.count { return true }
            return isVersion6(text)
        }
    }

    /// Bytes of the IPv4 address at the start; nil when there is none.
    static func version4(_ text: Text) -> Int? {
        var rest = text
        for part in 0..<4 {
            if part > 0 { guard rest.take(UInt8(ascii: ".")) else { return nil } }
            guard let number = rest.takeNumber(1, 3), number <= 255 else { return nil }
        }
        guard !Bytes.isDigit(rest.first) else { return nil }
        return rest.start - text.start
    }

    private static func isVersion6(_ text: Text) -> Bool {
        guard text.count >= 2, text.count <= 45 else { return false }
        var rest = text
        var groups = 0, hasGap = false
        if rest.take("::") { hasGap = true }
        while !rest.isEmpty {
            if let length = version4(rest), length == rest.count {
                groups += 2
                break
            }
            let digits = rest.take(while: Bytes.isHexDigit)
            guard (1...4).contains(digits.count) else { return false }
            groups += 1
            guard !rest.isEmpty else { break }
            if rest.take("::") {
                guard !hasGap else { return false }
                hasGap = true
            } else {
                guard rest.take(UInt8(ascii: ":")), !rest.isEmpty else { return false }
            }
        }
        return hasGap ? groups < 8 : groups == 8
    }
}
