package import TelemetryModel

/// Where in a file something is.
package struct TelemetryFilePosition: Sendable, Hashable, CustomStringConvertible {
    package enum Unit: Sendable, Hashable {
        case line
        /// Of a file of messages with their lengths.
        case message
    }

    package let path: String
    package let unit: Unit
    /// From 1.
    package let number: Int

    package init(path: String, unit: Unit, number: Int) {
        self.path = path
        self.unit = unit
        self.number = number
    }

    /// `traces.jsonl:12`, or `traces.bin: message 3`.
    package var description: String {
        switch unit {
        case .line: "\(path):\(number)"
        case .message: "\(path): message \(number)"
        }
    }
}

/// Something in a file that could not be read and was passed over.
package struct TelemetryFileProblem: Sendable, Hashable, CustomStringConvertible {
    package let position: TelemetryFilePosition
    /// Where the place tells it, or the file's name.
    package let signal: Signal?
    /// Lower case, no final period, without values of the sender.
    package let reason: String

    package init(position: TelemetryFilePosition, signal: Signal?, reason: String) {
        self.position = position
        self.signal = signal
        self.reason = reason
    }

    package var description: String { "\(position): \(reason)" }
}

/// What reading a file comes to, one after the other.
package enum TelemetryFileEvent: Sendable {
    /// - Parameter bytes: that it takes in the file, unpacked.
    case request(TelemetryRequest, position: TelemetryFilePosition, bytes: Int)
    case problem(TelemetryFileProblem)
}
