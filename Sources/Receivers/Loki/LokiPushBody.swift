import Codecs
import HTTPSurface
import Hummingbird
import Ingest
import TelemetryModel

/// What the body of a push is by its headers.
///
/// Spec: Loki 3, HTTP API, "Ingest logs": snappy-compressed protobuf unless the content type is JSON.
struct LokiPushBody: Equatable {
    enum Packing: Equatable {
        case none, gzip, zstd, deflate
        /// Snappy's block format.
        case snappy
    }

    enum Version: Sendable {
        /// `/api/prom/push`
        case legacy
        case one
    }

    let format: LokiPush.Format
    let packing: Packing

    /// - Throws: `IngestError` of the kind `.invalid`, since Loki answers 400 to what it does not know.
    init(_ version: Version, contentType: String?, contentEncoding: String?) throws(IngestError) {
        let media = contentType?.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace } ?? ""
        switch (media, version) {
        case ("application/json", .one): format = .json
        case ("application/json", .legacy): format = .legacyJSON
        default: format = .protobuf
        }
        switch contentEncoding?.lowercased() ?? "" {
        case "", "identity": packing = .none
        case "gzip", "x-gzip": packing = .gzip
        case "zstd": packing = .zstd
        case "deflate": packing = .deflate
        case "snappy": packing = .snappy
        default:
            throw IngestError(
                kind: .invalid, reason: "content_encoding",
                message: "Content-Encoding \"\(contentEncoding ?? "")\" not supported")
        }
    }

    /// Unpacks what is left when the transport's part, gzip or zstd, is done.
    ///
    /// - Parameters: as of `Gunzip.decompress`.
    func unpack(
        _ body: [UInt8], bytesMax: Int, reserved: inout Int, reserve: (Int) -> Bool
    ) throws(DecodeError) -> [UInt8] {
        var bytes = body
        var inner = 0
        defer { reserved += inner }
        if packing == .deflate {
            bytes = try Inflate.decompress(bytes, bytesMax: bytesMax, reserved: &inner, reserve: reserve)
            reserved += inner
            inner = 0
        }
        switch format {
        // A protobuf body is snappy whatever the header says; clients send the header or not.
        case .protobuf: return try Unsnappy.decompress(bytes, bytesMax: bytesMax, reserved: &inner, reserve: reserve)
        case .json, .legacyJSON:
            guard packing == .snappy else { return bytes }
            // Loki reads JSON as it is under this header, which some clients send without packing anything.
            do throws(DecodeError) {
                return try Unsnappy.decompress(bytes, bytesMax: bytesMax, reserved: &inner, reserve: reserve)
            } catch {
                guard error.code != .noMemory, bytes.first == UInt8(ascii: "{") else { throw error }
                return bytes
            }
        }
    }

    /// What is unpacked while the body is read.
    var transport: BodyCompression {
        switch packing {
        case .gzip: .gzip
        case .zstd: .zstd
        case .none, .deflate, .snappy: .none
        }
    }
}
