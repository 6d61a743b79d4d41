import Codecs
import HTTPTypes

/// Whether a request may become a WebSocket connection.
///
/// - Spec: RFC 6455, section 4.2.
enum WebSocketHandshake {
    /// What the answer's `Sec-WebSocket-Accept` says, or the refusal.
    static func check(_ request: HTTPRequest) -> Result<String, Refusal> {
        guard request.method == .get else { return .failure(Refusal(.badRequest, "a WebSocket is opened with GET")) }
        guard has("upgrade", in: request.headerFields[values: .connection]),
            has("websocket", in: request.headerFields[values: .upgrade])
        else {
            return .failure(
                Refusal(.badRequest, "this path is a WebSocket: the request does not ask to upgrade to one"))
        }
        guard request.headerFields[.secWebSocketVersion] == "13" else {
            return .failure(Refusal(.upgradeRequired, "WebSocket version 13 is needed"))
        }
        guard let key = request.headerFields[.secWebSocketKey],
            Array(key.utf8).withUnsafeBufferPointer({ Base64.decode($0).map { Array($0).count } }) == 16
        else { return .failure(Refusal(.badRequest, "Sec-WebSocket-Key is not 16 bytes in base64")) }
        return .success(accept(key))
    }

    struct Refusal: Error, Equatable {
        let status: HTTPResponse.Status
        let message: String

        init(_ status: HTTPResponse.Status, _ message: String) {
            self.status = status
            self.message = message
        }
    }

    static func accept(_ key: String) -> String {
        // The identifier is the RFC's.
        let digest = SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return Base64.encode(digest)
    }

    private static func has(_ token: String, in values: [String]) -> Bool {
        values.contains { value in
            value.split(separator: ",").contains { part in
                part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }.lowercased() == token
            }
        }
    }
}
