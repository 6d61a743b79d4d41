/// Contiguous memory that grows and whose address stays valid as long as the object lives, so that an engine can read
/// it in place.
///
/// - Concurrency: one owner appends; after that it is only read. The owner hands it on by giving up its reference.
// Sendable: filled by the one task that owns the block, read-only afterwards.
package final class GrowableBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    // Exclusivity is not checked at run time: these are touched once for each value of each row.
    @exclusivity(unchecked) package private(set) var base: UnsafeMutablePointer<Element>
    @exclusivity(unchecked) package private(set) var count = 0
    @exclusivity(unchecked) private var capacity: Int

    package init(capacity: Int = 64) {
        self.capacity = max(capacity, 1)
        base = .allocate(capacity: self.capacity)
    }

    deinit {
        base.deallocate()
    }

    package var byteCount: Int { count * MemoryLayout<Element>.stride }

    package var elements: UnsafeBufferPointer<Element> { .init(start: base, count: count) }

    package subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "index outside the buffer")
        return base[index]
    }

    package func append(_ element: Element) {
        if count == capacity { grow(to: count + 1) }
        base[count] = element
        count += 1
    }

    package func append(contentsOf other: UnsafeBufferPointer<Element>) {
        guard let source = other.baseAddress else { return }
        if count + other.count > capacity { grow(to: count + other.count) }
        (base + count).update(from: source, count: other.count)
        count += other.count
    }

    /// Cuts the buffer back to a length it had before.
    package func truncate(to length: Int) {
        precondition(length >= 0 && length <= count, "a buffer is only cut back")
        count = length
    }

    private func grow(to needed: Int) {
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        moved.update(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
    }
}
