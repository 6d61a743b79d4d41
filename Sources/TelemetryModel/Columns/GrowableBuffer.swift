#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Contiguous memory that grows and whose address stays valid until it grows again, so that an engine can read it in
/// place.
///
/// A handle: copies stand for the same memory, and copying one counts no references, which is what makes appending to
/// fifty columns for every row cheap. Everything on the way of a value into a column is inlinable, because the loops
/// that fill columns are in other modules.
///
/// - Ownership: the column that made the buffer deallocates it; no handle is used after that.
/// - Concurrency: one owner appends; after that it is only read.
// Sendable: filled by the one task that owns the block, read-only afterwards.
package struct GrowableBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    @usableFromInline struct Storage {
        @usableFromInline var base: UnsafeMutablePointer<Element>
        @usableFromInline var count = 0
        @usableFromInline var capacity: Int

        init(capacity: Int) {
            self.capacity = capacity
            base = GrowableBuffer.memory(nil, capacity: capacity)
        }
    }

    @usableFromInline let storage: UnsafeMutablePointer<Storage>

    package init(capacity: Int = 64) {
        storage = .allocate(capacity: 1)
        storage.initialize(to: Storage(capacity: max(capacity, 1)))
    }

    /// Ends the memory; called once, by the column that made it.
    package func deallocate() {
        free(storage.pointee.base)
        storage.deallocate()
    }

    @inlinable @inline(__always) package var base: UnsafeMutablePointer<Element> { storage.pointee.base }

    @inlinable @inline(__always) package var count: Int { storage.pointee.count }

    @inlinable @inline(__always) package var byteCount: Int { count * MemoryLayout<Element>.stride }

    @inlinable @inline(__always) package var elements: UnsafeBufferPointer<Element> { .init(start: base, count: count) }

    @inlinable @inline(__always) package subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "index outside the buffer")
        return base[index]
    }

    @inlinable @inline(__always) package func append(_ element: Element) {
        let count = storage.pointee.count
        if count == storage.pointee.capacity { grow(to: count + 1) }
        storage.pointee.base[count] = element
        storage.pointee.count = count + 1
    }

    @inlinable @inline(__always) package func append(contentsOf other: UnsafeBufferPointer<Element>) {
        guard let source = other.baseAddress else { return }
        room(for: other.count).update(from: source, count: other.count)
        storage.pointee.count += other.count
    }

    /// Room for `extra` more elements at the end; `commit` says how many of them were written.
    @inlinable @inline(__always) package func room(for extra: Int) -> UnsafeMutablePointer<Element> {
        let count = storage.pointee.count
        if count + extra > storage.pointee.capacity { grow(to: count + extra) }
        return storage.pointee.base + count
    }

    /// Adds elements that were written into `room(for:)`.
    @inlinable @inline(__always) package func commit(_ written: Int) {
        precondition(written >= 0 && storage.pointee.count + written <= storage.pointee.capacity, "more than the room")
        storage.pointee.count += written
    }

    /// Exactly `count` elements, all the same, whatever was there.
    package func fill(_ count: Int, with element: Element) {
        if count > storage.pointee.capacity { grow(to: count) }
        storage.pointee.base.update(repeating: element, count: count)
        storage.pointee.count = count
    }

    /// Cuts the buffer back to a length it had before.
    package func truncate(to length: Int) {
        precondition(length >= 0 && length <= count, "a buffer is only cut back")
        storage.pointee.count = length
    }

    @inline(never) @usableFromInline func grow(to needed: Int) {
        let larger = max(needed, storage.pointee.capacity * 2)
        storage.pointee.base = Self.memory(storage.pointee.base, capacity: larger)
        storage.pointee.capacity = larger
    }

    /// By `realloc`, because the system grows large memory by moving its pages, without a copy and without both being
    /// there for a moment.
    private static func memory(
        _ old: UnsafeMutablePointer<Element>?, capacity: Int
    ) -> UnsafeMutablePointer<Element> {
        guard let memory = realloc(old, capacity * MemoryLayout<Element>.stride) else {
            // As the standard library's allocation would: there is no going on without memory.
            preconditionFailure("out of memory: \(capacity) elements of \(MemoryLayout<Element>.stride) bytes")
        }
        return memory.assumingMemoryBound(to: Element.self)
    }
}
