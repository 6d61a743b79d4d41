import Codecs

/// google.rpc.Status, the body of OTLP's errors. Spec: google/rpc/status.proto and error_details.proto.
enum RPCStatus {
    /// With its message only: "the code may be left out" (OTLP, "Failures").
    static func encode(message: String) -> [UInt8] {
        var status = ProtobufWriter()
        status.field(2, message.utf8)
        return status.bytes
    }

    /// With one google.rpc.RetryInfo in its details, as `grpc-status-details-bin` carries it.
    static func encode(code: Int, message: String, retrySeconds: Int) -> [UInt8] {
        var duration = ProtobufWriter()
        duration.integer(1, UInt64(retrySeconds))
        var retryInfo = ProtobufWriter()
        retryInfo.field(1, duration.bytes)
        var any = ProtobufWriter()
        any.field(1, "type.googleapis.com/google.rpc.RetryInfo".utf8)
        any.field(2, retryInfo.bytes)
        var status = ProtobufWriter()
        status.integer(1, UInt64(code))
        status.field(2, message.utf8)
        status.field(3, any.bytes)
        return status.bytes
    }
}
