/// Names of attributes as names of labels.
package enum LogLabelName {
    /// Whatever is no ASCII letter, digit or underscore becomes an underscore, one for each character, and an underscore
    /// stands before a digit at the beginning. Spec: Loki, "Ingesting logs to Loki using OpenTelemetry Collector", format
    /// considerations.
    package static func sanitized(_ name: String) -> String {
        var isPlain = true
        for (index, byte) in name.utf8.enumerated() where !isWord(byte) || (index == 0 && isDigit(byte)) {
            isPlain = false
            break
        }
        if isPlain { return name }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.utf8.count + 1)
        if let first = name.utf8.first, isDigit(first) { bytes.append(UInt8(ascii: "_")) }
        for scalar in name.unicodeScalars {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            bytes.append(scalar.isASCII && isWord(byte) ? byte : UInt8(ascii: "_"))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_")
            || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }
}
