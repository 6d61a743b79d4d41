/// Gives each distinct text a small index, in order of first appearance. Open addressing over the stored bytes: a text
/// that is known costs one hash and one comparison and allocates nothing.
package final class StringInterner: Sendable {
    package let values = StringColumn()
    private let slots = GrowableBuffer<Int32>()
    /// The same as a handle, for loops.
    package let index: TextIndex

    /// Differs in each process, so that a sender cannot choose texts that all fall into one slot.
    private static let seed = UInt64.random(in: .min ... .max)

    package init() {
        slots.fill(64, with: 0)
        index = TextIndex(texts: values.writer, slots: slots, seed: Self.seed)
    }

    deinit {
        slots.deallocate()
    }

    package func index(of text: String) -> Int32 {
        var text = text
        return text.withUTF8 { index.index(of: $0) }
    }

    package func index(ofUTF8 text: UnsafeBufferPointer<UInt8>) -> Int32 { index.index(of: text) }

    /// Forgets all texts; the memory stays for the next ones.
    package func reset() { index.forget() }
}
