import TelemetryModel

/// How far a file is read and handed over, as it is kept across restarts.
struct RegistryEntry: Sendable, Equatable {
    /// The name under which the file was first seen; its records have it for ever, also when the file is renamed.
    var path: String
    var identity: FileIdentity
    /// All events before are handed over.
    var offset: Int
    /// Of the file's first bytes, as far as they are before `offset`.
    var head = Fingerprint.empty
    /// Of the bytes before `offset`.
    var tail = Fingerprint.empty
    /// When the entry last changed.
    var time: Timestamp
    /// Batches that are being handed over, in order: the first begins at `offset`.
    var intents: [BatchIntent] = []

    /// Whether a file may go on where this entry ends.
    func continues(_ file: OpenFile, size: Int) -> Bool {
        size >= offset && Fingerprint(of: file, at: 0, bytes: head.bytes) == head
            && Fingerprint(of: file, at: offset - tail.bytes, bytes: tail.bytes) == tail
    }

    /// The batch was taken.
    mutating func commit(_ intent: BatchIntent) {
        offset = intent.end
        tail = intent.tail
    }
}

/// A batch that is about to be handed over.
struct BatchIntent: Sendable, Equatable {
    var start: Int
    var end: Int
    /// `log.offset` of its first record; `start`, or behind that when the events before made no record.
    var probe: Int
    /// `observedTime` of its first record.
    var since: Timestamp
    /// Of the bytes before `end`.
    var tail: Fingerprint
}
