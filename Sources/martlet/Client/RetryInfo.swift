/// The time that `google.rpc.RetryInfo` asks a gRPC client to wait, read by hand from the status details: the message
/// is not worth generated code.
///
/// Spec: google/rpc/status.proto (`details` is field 3), google/protobuf/any.proto (`type_url` 1, `value` 2),
/// google/rpc/error_details.proto (`RetryInfo.retry_delay` 1), google/protobuf/duration.proto (`seconds` 1, `nanos` 2).
enum RetryInfo {
    /// No server may hold a sender up for longer than this.
    static let delayMax = Duration.seconds(60)

    /// - Returns: nil when the details of the status hold no such message, or one that cannot be read.
    static func delay(status bytes: [UInt8]) -> Duration? {
        for case (3, .bytes(let any)) in fields(bytes[...]) {
            let parts = fields(any)
            let isRetryInfo = parts.contains { part in
                guard case (1, .bytes(let url)) = part else { return false }
                return String(decoding: url, as: UTF8.self).hasSuffix("google.rpc.RetryInfo")
            }
            guard isRetryInfo else { continue }
            for case (2, .bytes(let info)) in parts {
                for case (1, .bytes(let duration)) in fields(info) { return bounded(duration) }
            }
        }
        return nil
    }

    private static func bounded(_ bytes: ArraySlice<UInt8>) -> Duration {
        var delay = Duration.zero
        for case (let number, .integer(let value)) in fields(bytes) {
            if number == 1 { delay += .seconds(min(Int64(clamping: value), 86_400)) }
            if number == 2 { delay += .nanoseconds(min(Int64(clamping: value), 999_999_999)) }
        }
        return min(delay, delayMax)
    }

    private enum Value {
        case integer(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    /// The varint and length-delimited fields up to the first that is neither or is cut short.
    private static func fields(_ bytes: ArraySlice<UInt8>) -> [(number: UInt64, value: Value)] {
        var rest = bytes
        var found: [(number: UInt64, value: Value)] = []
        while let tag = varint(&rest), let value = varint(&rest) {
            switch tag & 7 {
            case 0: found.append((tag >> 3, .integer(value)))
            case 2:
                guard value <= UInt64(rest.count) else { return found }
                found.append((tag >> 3, .bytes(rest.prefix(Int(value)))))
                rest = rest.dropFirst(Int(value))
            default: return found
            }
        }
        return found
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
