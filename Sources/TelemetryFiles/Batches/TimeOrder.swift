/// Items in order of time out of files that are in order roughly: some wait, and the oldest goes first.
///
/// - Bounds: `itemsMax` items wait at most, but for the rest of the request that was added last.
/// - Of equal times the one that came first goes first.
package struct TimeOrder {
    private struct Entry {
        let item: TelemetryItem
        let number: Int

        func isBefore(_ other: Entry) -> Bool { (item.time, number) < (other.item.time, other.number) }
    }

    private let itemsMax: Int
    /// A heap with the oldest at the top.
    private var heap: [Entry] = []
    private var added = 0

    package init(itemsMax: Int) {
        self.itemsMax = itemsMax
    }

    package var isFull: Bool { heap.count >= itemsMax }
    package var isEmpty: Bool { heap.isEmpty }

    package mutating func add(_ item: TelemetryItem) {
        heap.append(Entry(item: item, number: added))
        added += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// The time of the oldest.
    package var first: UInt64? { heap.first?.item.time }

    /// Takes the oldest out.
    package mutating func next() -> TelemetryItem? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return first.item }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].isBefore(heap[least]) { least = child }
            }
            guard least != parent else { return first.item }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
