import TelemetryModel

/// Messages that wait for their batch: their bytes one after the other, and where each begins.
struct SyslogQueue: Sendable {
    struct Entry: Sendable {
        let start: Int
        let count: Int
        let receivedTime: Timestamp
        /// The address that it came from.
        let sender: String
    }

    private(set) var bytes: [UInt8] = []
    private(set) var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func append(_ message: UnsafeBufferPointer<UInt8>, receivedTime: Timestamp, sender: String) {
        entries.append(
            Entry(start: bytes.count, count: message.count, receivedTime: receivedTime, sender: sender))
        bytes.append(contentsOf: message)
    }

    func holds(messages: Int, bytes: Int) -> Bool { entries.count >= messages || self.bytes.count >= bytes }

    /// The messages so far; the queue is empty then, and keeps no memory, which the batch has.
    mutating func take() -> SyslogQueue {
        let taken = self
        self = SyslogQueue()
        return taken
    }
}
