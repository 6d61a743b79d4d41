/// What a connection begins with.
enum FirstBytes: Sendable, Equatable {
    /// More bytes are needed.
    case undecided
    case http1
    /// HTTP/2 with prior knowledge: gRPC.
    case http2
    /// A TLS ClientHello.
    case tls
    case other

    /// The methods of HTTP/1.1 and what WebDAV and UPnP added are upper-case words; the longest is far below this.
    private static let methodBytesMax = 20

    /// - Spec: RFC 8446, section 5.1 (a handshake record: 22, version 3.x) and 4 (a ClientHello: 1); RFC 9113, section
    ///   3.4; RFC 9112, section 3.
    static func of(_ received: some Collection<UInt8>) -> FirstBytes {
        guard let first = received.first else { return .undecided }
        if first == 0x16 {
            // Type, version (2), length (2), type of the message.
            let bytes = Array(received.prefix(6))
            if bytes.count > 1, bytes[1] != 3 { return .other }
            guard bytes.count == 6 else { return .undecided }
            return bytes[5] == 1 ? .tls : .other
        }
        switch HTTP2Preface.match(received.prefix(HTTP2Preface.bytes.count)) {
        case .http2: return .http2
        case .undecided: return .undecided
        case .other: break
        }
        for (index, byte) in received.enumerated() {
            if byte == UInt8(ascii: " ") { return index > 0 ? .http1 : .other }
            guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte), index < methodBytesMax else { return .other }
        }
        return .undecided
    }
}
