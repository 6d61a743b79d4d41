import TelemetryModel

/// Memory of the wire decoders that outlives a request, so that spans, records and points allocate nothing.
struct WireScratch {
    /// Types of the attributes of the open row, and of the open item of a list in it.
    var rowSignature: [UInt8] = []
    var itemSignature: [UInt8] = []
    var rowSignatureHint: Int32 = -1
    var itemSignatureHint: Int32 = -1
    /// Where the key at each position of a list of attributes was found last: mostly it is the same again.
    var rowKeyHints = KeyHints()
    var itemKeyHints = KeyHints()
    /// Links of the present span that were mended; they count when the span is accepted.
    var linkRepairs = 0
    /// JSON of an array or map.
    var json: [UInt8] = []
    /// Attributes and exemplars of the present point.
    var attributes: [UnsafeBufferPointer<UInt8>] = []
    var exemplars: [UnsafeBufferPointer<UInt8>] = []
    var seriesIDs = SeriesIDs()
    var resources = NamedBytes()
    var scopes = NamedBytes()
    /// Messages of the present request so far, and the number at which the memory it took is looked at.
    var messages = 0
    var nextCheck = 0
    var bytesMax = 0

    /// Called when `StoredReferences` has forgotten its ids: what stands for an id here must not be taken as stored.
    mutating func forgetIDs() {
        seriesIDs.removeAll()
        resources.removeAll()
        scopes.removeAll()
    }
}

/// Guesses for the index of a key by its position among the attributes.
struct KeyHints {
    private static let positions = 64
    private var indexes = [Int32](repeating: -1, count: positions)

    @inline(__always)
    subscript(position: Int) -> Int32 {
        get { position < Self.positions ? indexes[position] : -1 }
        set { if position < Self.positions { indexes[position] = newValue } }
    }
}

/// The ids of series by a hash of the bytes that stand for them on the wire, so that a series that was seen before costs
/// neither sorting nor text.
///
/// Two series share an entry when their 64-bit hashes are equal, seeded anew in each process: the chance at 10^6 series
/// is 3·10^-8, that of `StableHash` itself.
struct SeriesIDs {
    private static let entriesMax = 1 << 20
    private(set) var seed = UInt64.random(in: .min ... .max)
    /// Pairs of hash and id; hash 0 is a free place. The number of pairs is a power of two.
    private var table = [UInt64](repeating: 0, count: 2 << 10)
    private var count = 0

    func id(of hash: UInt64) -> UInt64? {
        let mask = table.count / 2 - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while table[place * 2] != 0 {
            if table[place * 2] == hash { return table[place * 2 + 1] }
            place = (place + 1) & mask
        }
        return nil
    }

    /// - Parameter hash: not zero (`StableHash.finalize` never is), and not in the table.
    mutating func insert(_ hash: UInt64, id: UInt64) {
        if count >= Self.entriesMax { removeAll() }
        if count * 4 >= table.count { grow() }
        place(hash, id)
        count += 1
    }

    mutating func removeAll() {
        guard count > 0 else { return }
        table = [UInt64](repeating: 0, count: 2 << 10)
        count = 0
    }

    private mutating func grow() {
        let old = table
        table = [UInt64](repeating: 0, count: old.count * 2)
        for index in stride(from: 0, to: old.count, by: 2) where old[index] != 0 { place(old[index], old[index + 1]) }
    }

    private mutating func place(_ hash: UInt64, _ id: UInt64) {
        let mask = table.count / 2 - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while table[place * 2] != 0 { place = (place + 1) & mask }
        table[place * 2] = hash
        table[place * 2 + 1] = id
    }
}

/// Resources or scopes that were decoded before, by their bytes on the wire.
struct NamedBytes {
    struct Entry {
        let bytes: [UInt8]
        let schemaURL: [UInt8]
        let id: UInt64
        /// `service.name` of a resource.
        let service: [UInt8]
        let target: MetricTarget
        /// Of the labels of a log stream.
        var level = LogLevel.unknown
    }

    /// Entries kept, and bytes of a message that is worth keeping.
    private static let entriesMax = 1024
    private static let bytesMax = 16 << 10
    private var entries: [UInt64: Entry] = [:]

    static func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ schemaURL: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = StableHash()
        hash.combine(UnsafeRawBufferPointer(bytes))
        hash.combine(UnsafeRawBufferPointer(schemaURL))
        return hash.finalize()
    }

    func entry(
        _ hash: UInt64, _ bytes: UnsafeBufferPointer<UInt8>, _ schemaURL: UnsafeBufferPointer<UInt8>
    ) -> Entry? {
        guard let entry = entries[hash],
            entry.bytes.withUnsafeBufferPointer({ TextIndex.equal($0, bytes) }),
            entry.schemaURL.withUnsafeBufferPointer({ TextIndex.equal($0, schemaURL) })
        else { return nil }
        return entry
    }

    mutating func insert(_ hash: UInt64, _ entry: Entry) {
        guard entry.bytes.count + entry.schemaURL.count <= Self.bytesMax else { return }
        if entries.count >= Self.entriesMax { entries.removeAll(keepingCapacity: true) }
        entries[hash] = entry
    }

    mutating func removeAll() { entries.removeAll() }
}
