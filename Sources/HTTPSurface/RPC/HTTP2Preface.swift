import NIOCore

/// The first bytes of every HTTP/2 connection (RFC 9113, section 3.4). No HTTP/1.1 request begins with them: the method
/// `PRI` is reserved for this.
enum HTTP2Preface {
    static let bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    enum Match: Equatable {
        /// What has come so far is a beginning of the preface.
        case undecided
        case http2
        case other
    }

    static func match(_ received: some Sequence<UInt8>) -> Match {
        var index = 0
        for byte in received {
            guard byte == bytes[index] else { return .other }
            index += 1
            if index == bytes.count { return .http2 }
        }
        return .undecided
    }
}
