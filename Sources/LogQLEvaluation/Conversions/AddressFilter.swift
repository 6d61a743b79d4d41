package import LogQL

/// `ip("…")` of line filters and label filters: whether a text holds an IP address that is wanted.
///
/// - Spec: Loki, "Matching IP addresses": a single address, a range `a-b` with both ends in it, or a prefix in CIDR
///   notation; IPv4 and IPv6. An address is found anywhere in the text: in brackets, before a port, within a word.
package struct AddressFilter: Sendable, Equatable {
    private enum Wanted: Sendable, Equatable {
        case range(IPAddress, IPAddress)
        /// The bits that count, and what they must be.
        case prefix(mask: UInt128, bits: UInt128, isVersion6: Bool)
    }

    private let wanted: Wanted

    /// - Throws: `ip: invalid pattern`, with the pattern.
    package init(_ pattern: String) throws(LogQLError) {
        guard let wanted = Self.parse(pattern) else {
            var pattern = pattern
            let quoted = pattern.withUTF8 { LogQLConversions.quoted($0) }
            throw LogQLError(.invalid, "ip: invalid pattern: \(quoted)")
        }
        self.wanted = wanted
    }

    /// Whether a text that is one address, and nothing else, is wanted.
    package func matches(_ address: String) -> Bool {
        var address = address
        return address.withUTF8 { IPAddress($0) }.map(contains) ?? false
    }

    /// Whether any address in the text is wanted.
    package func containsMatch(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < text.count {
            let kind = AddressCharacters.kind(text[index])
            guard kind != .other else {
                index += 1
                continue
            }
            // An IPv4 address begins with a digit and has its first dot after one to three of them.
            if kind == .digit, Self.hasSeparator(UInt8(ascii: "."), in: text, from: index + 1, within: 3) {
                let end = Self.end(of: text, from: index) { $0 == .digit || $0 == .dot }
                if let address = IPAddress(text, index..<end), contains(address) { return true }
                index = end + 1
                continue
            }
            // An IPv6 address has its first colon after at most four hexadecimal digits, or begins with two.
            if Self.beginsVersion6(text, index) {
                let end = Self.end(of: text, from: index) { $0 != .other }
                if let address = IPAddress(text, index..<end), contains(address) { return true }
                index = end + 1
                continue
            }
            index += 1
        }
        return false
    }

    private func contains(_ address: IPAddress) -> Bool {
        switch wanted {
        case .range(let low, let high):
            return address.isVersion6 == low.isVersion6 && address.bits >= low.bits && address.bits <= high.bits
        case .prefix(let mask, let bits, let isVersion6):
            return address.isVersion6 == isVersion6 && address.bits & mask == bits
        }
    }

    // MARK: The pattern

    private static func parse(_ pattern: String) -> Wanted? {
        if let slash = pattern.firstIndex(of: "/") {
            let length = pattern[pattern.index(after: slash)...]
            guard let address = IPAddress(String(pattern[..<slash])), !length.isEmpty, length.utf8.count <= 3,
                length.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }), length.utf8.count == 1 || length.first != "0",
                let bits = Int(length)
            else { return nil }
            let width = address.isVersion6 ? 128 : 32
            guard bits <= width else { return nil }
            let mask: UInt128 = bits == 0 ? 0 : (UInt128.max << UInt128(128 - bits)) >> UInt128(128 - width)
            return .prefix(mask: mask, bits: address.bits & mask, isVersion6: address.isVersion6)
        }
        if let address = IPAddress(pattern) { return .range(address, address) }
        guard let dash = pattern.firstIndex(of: "-"), let low = IPAddress(String(pattern[..<dash])),
            let high = IPAddress(String(pattern[pattern.index(after: dash)...])), low.isVersion6 == high.isVersion6,
            low.bits <= high.bits
        else { return nil }
        return .range(low, high)
    }

    // MARK: The scan

    private static func hasSeparator(
        _ separator: UInt8, in text: UnsafeBufferPointer<UInt8>, from start: Int, within count: Int
    ) -> Bool {
        for byte in text[min(start, text.count)..<min(start + count, text.count)] where byte == separator {
            return true
        }
        return false
    }

    private static func beginsVersion6(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        if text[start] == UInt8(ascii: ":") {
            // Two colons alone are more often something else than the unspecified address.
            guard start + 2 < text.count, text[start + 1] == UInt8(ascii: ":") else { return false }
            let kind = AddressCharacters.kind(text[start + 2])
            return kind == .digit || kind == .letter
        }
        for index in start..<min(start + 5, text.count) {
            switch AddressCharacters.kind(text[index]) {
            case .colon: return true
            case .digit, .letter: continue
            case .dot, .other: return false
            }
        }
        return false
    }

    private static func end(
        of text: UnsafeBufferPointer<UInt8>, from start: Int, while isWanted: (AddressCharacters) -> Bool
    ) -> Int {
        var end = start
        while end < text.count, isWanted(AddressCharacters.kind(text[end])) { end += 1 }
        return end
    }
}

/// The bytes that addresses are written with.
private enum AddressCharacters {
    case digit, letter, dot, colon, other

    static func kind(_ byte: UInt8) -> AddressCharacters {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): .letter
        case UInt8(ascii: "."): .dot
        case UInt8(ascii: ":"): .colon
        default: .other
        }
    }
}
