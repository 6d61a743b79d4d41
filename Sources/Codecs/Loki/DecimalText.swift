/// Numbers in text.
enum DecimalText {
    /// Digits, with a sign or not, that fit; nil for anything else.
    static func integer(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var digits = text[...]
        let sign = digits.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            // Downwards, since there is one more number below zero.
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, underflow) = scaled.subtractingReportingOverflow(Int64(digit))
            if overflow || underflow { return nil }
            value = next
        }
        if sign == UInt8(ascii: "-") { return value }
        return value == .min ? nil : -value
    }
}
