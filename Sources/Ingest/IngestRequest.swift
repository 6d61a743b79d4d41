package import Codecs
package import TelemetryModel

/// A body that a receiver took in, not yet decoded.
package struct IngestRequest: Sendable {
    package enum Encoding: String, Sendable {
        case protobuf
        case json
    }

    package let signal: Signal
    package let encoding: Encoding
    /// Uncompressed.
    package let body: [UInt8]
    /// When the body was complete.
    package let receivedTime: Timestamp

    package init(signal: Signal, encoding: Encoding, body: [UInt8], receivedTime: Timestamp) {
        self.signal = signal
        self.encoding = encoding
        self.body = body
        self.receivedTime = receivedTime
    }
}

/// What the sender is told.
package enum AdmitResult: Sendable, Equatable {
    /// Stored durably and visible to every later query; the outcome tells how many items were left out, and why.
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
