/// How a body is packed.
package enum BodyCompression: Sendable {
    case none
    case gzip
    case zstd
    /// The block format of remote write; not a name that OTLP knows.
    case snappy

    /// By the name in `Content-Encoding` or `grpc-encoding`; nil for one that is not supported.
    package init?(contentEncoding name: String) {
        switch name {
        case "", "identity", "none": self = .none
        case "gzip", "x-gzip": self = .gzip
        case "zstd": self = .zstd
        default: return nil
        }
    }

    /// The unpacked bytes; see `Gunzip.decompress` for the parameters and errors.
    package func decompress(
        _ body: [UInt8], bytesMax: Int, reserved: inout Int, reserve: (Int) -> Bool
    ) throws(DecodeError) -> [UInt8] {
        switch self {
        case .none: body
        case .gzip: try Gunzip.decompress(body, bytesMax: bytesMax, reserved: &reserved, reserve: reserve)
        case .zstd: try Unzstd.decompress(body, bytesMax: bytesMax, reserved: &reserved, reserve: reserve)
        case .snappy: try Unsnappy.decompress(body, bytesMax: bytesMax, reserved: &reserved, reserve: reserve)
        }
    }
}
