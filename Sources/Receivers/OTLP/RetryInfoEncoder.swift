/// google.rpc.Status with one google.rpc.RetryInfo in its details, as `grpc-status-details-bin` carries it.
///
/// Spec: google/rpc/status.proto and error_details.proto.
enum RetryInfoEncoder {
    static func statusDetails(code: Int, message: String, retrySeconds: Int) -> [UInt8] {
        // Duration { seconds = 1 }, RetryInfo { retry_delay = 1 }, Any { type_url = 1, value = 2 }.
        let duration: [UInt8] = [0x08] + varint(retrySeconds)
        let retryInfo = field(1, duration)
        let any = field(1, Array("type.googleapis.com/google.rpc.RetryInfo".utf8)) + field(2, retryInfo)
        return [0x08] + varint(code) + field(2, Array(message.utf8)) + field(3, any)
    }

    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(bytes.count) + bytes
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var value = UInt64(value)
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
        return bytes
    }
}
