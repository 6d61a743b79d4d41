/// Takes the data of events out of a stream of bytes.
///
/// - Bounds: an event of more than `eventBytesMax` ends the stream.
/// - Spec: WHATWG HTML, "Server-sent events", 9.2.6 "Interpreting an event stream".
struct LogEventStream {
    struct Event: Equatable {
        /// `message` without a name.
        var name = "message"
        var data: [UInt8] = []
    }

    struct TooLarge: Error {}

    static let eventBytesMax = 64 << 20

    private var line: [UInt8] = []
    private var event = Event()
    private var hasData = false
    private var endsInReturn = false

    /// The events that are complete with these bytes.
    mutating func feed(_ bytes: some Sequence<UInt8>) throws(TooLarge) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            if byte == 0x0A, endsInReturn {
                endsInReturn = false
                continue
            }
            endsInReturn = byte == 0x0D
            guard byte == 0x0A || byte == 0x0D else {
                line.append(byte)
                if line.count + event.data.count > Self.eventBytesMax { throw TooLarge() }
                continue
            }
            if line.isEmpty {
                if hasData { events.append(event) }
                event = Event()
                hasData = false
            } else {
                take(line)
                line.removeAll(keepingCapacity: true)
            }
        }
        return events
    }

    private mutating func take(_ line: [UInt8]) {
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.count
        var value = line[min(colon + 1, line.count)...]
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            if hasData { event.data.append(0x0A) }
            event.data += value
            hasData = true
        case "event": event.name = String(decoding: value, as: UTF8.self)
        // A comment has no name at all; ids and times to wait are not used.
        default: break
        }
    }
}
