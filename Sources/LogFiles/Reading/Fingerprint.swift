import TelemetryModel

/// Tells bytes that were read from others at the same place.
struct Fingerprint: Hashable, Sendable {
    /// Of the beginning of a file: so many bytes as there are.
    static let headBytesMax = 1024
    /// Of what is before a position.
    static let tailBytesMax = 256
    static let empty = Fingerprint(bytes: 0, hash: 0)

    var bytes: Int
    var hash: UInt64

    init(bytes: Int, hash: UInt64) {
        self.bytes = bytes
        self.hash = hash
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes.count
        guard !bytes.isEmpty else {
            hash = 0
            return
        }
        var stable = StableHash()
        stable.combine(bytes)
        hash = stable.finalize()
    }

    /// Of bytes of a file; nil when it has fewer.
    init?(of file: OpenFile, at offset: Int, bytes count: Int) {
        guard count > 0, offset >= 0 else {
            self = .empty
            return
        }
        let read = withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { buffer -> Fingerprint? in
            guard let read = try? file.read(into: buffer, at: offset), read == count else { return nil }
            return Fingerprint(UnsafeRawBufferPointer(buffer))
        }
        guard let read else { return nil }
        self = read
    }
}
