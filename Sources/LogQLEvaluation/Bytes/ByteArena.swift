/// Memory that bytes are written to and that never moves: what was written stays where it is until `reset`.
///
/// One owner at a time uses it: the pipeline that made it.
final class ByteArena {
    private static let chunkBytes = 64 << 10

    private var full: [UnsafeMutablePointer<UInt8>] = []
    @exclusivity(unchecked) private var chunk: UnsafeMutablePointer<UInt8>
    @exclusivity(unchecked) private var capacity: Int
    @exclusivity(unchecked) private var used = 0

    init() {
        capacity = Self.chunkBytes
        chunk = .allocate(capacity: capacity)
    }

    deinit {
        for old in full { old.deallocate() }
        chunk.deallocate()
    }

    /// Room for so many bytes; they count as used only once `commit` says how many were written.
    @inline(__always)
    func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity - used < count { grow(count) }
        return chunk + used
    }

    /// - Precondition: at most what was reserved last.
    @inline(__always)
    func commit(_ count: Int) -> ByteSlice {
        let start = chunk + used
        used += count
        return ByteSlice(start: start, count: count)
    }

    func copy(_ bytes: ByteSlice) -> ByteSlice {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return .nothing }
        reserve(bytes.count).update(from: source, count: bytes.count)
        return commit(bytes.count)
    }

    func copy(_ text: String) -> ByteSlice {
        var text = text
        return text.withUTF8 { copy($0) }
    }

    /// Everything written is gone; memory for more than a usual line is given back.
    @inline(__always)
    func reset() {
        used = 0
        if !full.isEmpty || capacity > Self.chunkBytes { shrink() }
    }

    @inline(never)
    private func grow(_ count: Int) {
        full.append(chunk)
        capacity = max(Self.chunkBytes, count)
        chunk = .allocate(capacity: capacity)
        used = 0
    }

    @inline(never)
    private func shrink() {
        for old in full { old.deallocate() }
        full.removeAll()
        guard capacity > Self.chunkBytes else { return }
        chunk.deallocate()
        capacity = Self.chunkBytes
        chunk = .allocate(capacity: capacity)
    }
}
