import TelemetryModel

/// The positions of all files, in memory and on disk.
struct LogFileRegistry {
    private struct Slot {
        var entry: RegistryEntry
        /// The entry's line; nil when it changed since.
        var line: [UInt8]?
    }

    let path: String
    private var slots: [FileIdentity: Slot] = [:]
    private var order: [FileIdentity] = []
    /// Whether memory has what the disk has not.
    private(set) var isChanged = false
    private(set) var writes = 0
    private(set) var writeFailures = 0
    private(set) var bytes = 0

    init(path: String) { self.path = path }

    var count: Int { slots.count }
    var entries: [RegistryEntry] { order.compactMap { slots[$0]?.entry } }

    subscript(_ identity: FileIdentity) -> RegistryEntry? {
        get { slots[identity]?.entry }
        set {
            if let newValue {
                guard slots[identity]?.entry != newValue else { return }
                if slots[identity] == nil { order.append(identity) }
                slots[identity] = Slot(entry: newValue)
            } else {
                guard slots.removeValue(forKey: identity) != nil else { return }
                order.removeAll { $0 == identity }
            }
            isChanged = true
        }
    }

    /// - Returns: what was wrong with the file; nil when it was right or not there.
    mutating func load() throws(OpenFile.Failure) -> String? {
        guard let bytes = try ReplacedFile.read(path) else { return nil }
        self.bytes = bytes.count
        guard let (entries, broken) = RegistryText.decode(bytes) else { return "it is not a registry of log files" }
        for entry in entries { self[entry.identity] = entry }
        isChanged = false
        return broken == 0 ? nil : "\(broken) of its lines are broken"
    }

    /// Writes what changed.
    mutating func write() throws(OpenFile.Failure) {
        guard isChanged else { return }
        var lines: [[UInt8]] = [Array(RegistryText.header.utf8)]
        lines.reserveCapacity(order.count + 1)
        for identity in order {
            guard let slot = slots[identity] else { continue }
            if let line = slot.line {
                lines.append(line)
            } else {
                let line = RegistryText.encode(slot.entry)
                slots[identity]?.line = line
                lines.append(line)
            }
        }
        do throws(OpenFile.Failure) {
            try ReplacedFile.write(lines, to: path)
        } catch {
            writeFailures += 1
            throw error
        }
        writes += 1
        bytes = lines.reduce(0) { $0 + $1.count }
        isChanged = false
    }
}
