#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

import TelemetryModel

/// Hex digits in byte arrays, the form of trace and span ids in OTLP/JSON.
extension Hex {
    static func isHex(_ text: some Sequence<UInt8>) -> Bool {
        text.allSatisfy { value(of: $0) != nil }
    }

    /// The bytes that the digits stand for; nil for an odd number of them or anything that is no digit.
    static func decode(_ text: some Collection<UInt8>) -> Data? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var data = Data(capacity: text.count / 2)
        var high: UInt8?
        for digit in text {
            guard let value = value(of: digit) else { return nil }
            if let first = high {
                data.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return data
    }

    static func encode(_ data: Data, into bytes: inout [UInt8]) {
        for byte in data {
            encode(byte, into: &bytes)
        }
    }

    static func encode(_ byte: UInt8, into bytes: inout [UInt8]) {
        bytes.append(digit(byte >> 4))
        bytes.append(digit(byte & 0x0F))
    }
}
