package import Codecs
package import TelemetryModel

/// A body that a receiver took in, not yet decoded.
package struct IngestRequest: Sendable {
    package enum Encoding: UInt8, Sendable {
        // The raw values stand in the log.
        case protobuf = 1
        case json = 2
        /// Remote write, for metrics only; the body is not compressed any more.
        case remoteWrite1 = 3
        case remoteWrite2 = 4
        /// Remote write 2.0 of Martlet's own making: what was scraped, came as StatsD or was computed by a rule.
        case ownSamples = 5
    }

    package let signal: Signal
    package let encoding: Encoding
    /// Uncompressed.
    package let body: [UInt8]
    /// When the body was complete.
    package let receivedTime: Timestamp
    package let sender: Sender

    package init(
        signal: Signal, encoding: Encoding, body: [UInt8], receivedTime: Timestamp, sender: Sender = .unknown
    ) {
        self.signal = signal
        self.encoding = encoding
        self.body = body
        self.receivedTime = receivedTime
        self.sender = sender
    }
}

/// Who sent a request.
package struct Sender: Sendable, Hashable {
    /// Names the sender in the ledger: transport, host and user agent. A sender chooses its user agent, so the text is
    /// cut, and free of control characters.
    package let name: String
    /// Tells one connection from another: the bound on memory is shared out by it.
    package let connection: String

    package static let unknown = Sender(transport: "unknown", address: "", userAgent: nil)
    /// What a crash left in the log.
    static let log = Sender(transport: "log", address: "", userAgent: nil)

    private static let nameCharactersMax = 120

    /// - Parameter address: of the connection's other end, with its port.
    package init(transport: String, address: String, userAgent: String?) {
        let host = address.lastIndex(of: ":").map { String(address[..<$0]) } ?? address
        let text = [transport, host, userAgent ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        name = String(text.unicodeScalars.prefix(Self.nameCharactersMax).map { $0.value < 0x20 ? " " : Character($0) })
        connection = address
    }
}

/// What the sender is told.
package enum AdmitResult: Sendable, Equatable {
    /// In the log, and so kept (`SyncPolicy` says against what); queries find it after the next flush. The outcome tells
    /// how many items were left out, and why.
    case acknowledged(AppendOutcome)
    /// Nothing of the request is kept.
    case refused(IngestError)
}

/// Why a request is refused as a whole.
package struct IngestError: Error, Sendable, Equatable, CustomStringConvertible {
    package let kind: ErrorKind
    /// For metric labels.
    package let reason: String
    package let message: String

    package init(kind: ErrorKind, reason: String, message: String) {
        self.kind = kind
        self.reason = reason
        self.message = message
    }

    package var description: String { message }
}
