import Synchronization

/// Bytes that requests and waiting rows may hold together. Whoever wants memory for telemetry reserves it here first.
package final class MemoryBudget: Sendable {
    package let bytesMax: Int
    private let used = Atomic<Int>(0)

    package init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    package var bytesUsed: Int { used.load(ordering: .relaxed) }

    /// False when the bytes do not fit; nothing is reserved then.
    package func reserve(_ bytes: Int) -> Bool {
        let after = used.add(bytes, ordering: .relaxed).newValue
        if after <= bytesMax { return true }
        used.subtract(bytes, ordering: .relaxed)
        return false
    }

    package func release(_ bytes: Int) {
        used.subtract(bytes, ordering: .relaxed)
    }
}
