/// Says when what has to be done: things that repeat, each at its own interval, a bounded number of them at once.
///
/// A value without a clock: times are nanoseconds on a clock that never goes back. What is late because too much was
/// going on is done once, not as often as it was missed.
struct ScrapeSchedule<ID: Hashable & Sendable> {
    private struct Entry {
        var interval: Int64
        var due: Int64
        var isRunning = false
    }

    /// What to do now, and how long nothing else is due: nil for until something ends or is added.
    struct Step {
        var start: [ID]
        var wait: Int64?
    }

    let concurrencyMax: Int
    private var entries: [ID: Entry] = [:]
    /// A heap, the earliest first. Times that are no longer those of their entry are passed over.
    private var heap: [(due: Int64, id: ID)] = []
    private(set) var runningCount = 0

    init(concurrencyMax: Int) { self.concurrencyMax = max(1, concurrencyMax) }

    /// Adds something, or gives it another interval and time.
    mutating func set(_ id: ID, interval: Int64, due: Int64) {
        entries[id] = Entry(interval: max(1, interval), due: due, isRunning: entries[id]?.isRunning ?? false)
        push(due, id)
    }

    /// - Returns: whether it is being done at this moment.
    @discardableResult
    mutating func remove(_ id: ID) -> Bool {
        guard let entry = entries.removeValue(forKey: id) else { return false }
        // Removed things leave their times in the heap; rebuilt before these are more than the others.
        if heap.count > 64, heap.count > 3 * entries.count {
            heap.removeAll { entries[$0.id]?.due != $0.due }
            heap.sort { $0.due < $1.due }
        }
        return entry.isRunning
    }

    /// What is due now; it counts as running until `finish`.
    mutating func step(now: Int64) -> Step {
        var step = Step(start: [], wait: nil)
        while let first = heap.first {
            guard let entry = entries[first.id], entry.due == first.due, !entry.isRunning else {
                pop()
                continue
            }
            guard first.due <= now else {
                step.wait = first.due - now
                break
            }
            guard runningCount < concurrencyMax else { break }
            pop()
            entries[first.id]?.isRunning = true
            runningCount += 1
            step.start.append(first.id)
        }
        return step
    }

    /// Something has been done; its next time is the first one in its rhythm that is not over.
    mutating func finish(_ id: ID, now: Int64) {
        runningCount -= 1
        guard var entry = entries[id] else { return }
        entry.isRunning = false
        entry.due += entry.interval
        if entry.due < now { entry.due += (now - entry.due + entry.interval - 1) / entry.interval * entry.interval }
        entries[id] = entry
        push(entry.due, id)
    }

    private mutating func push(_ due: Int64, _ id: ID) {
        heap.append((due, id))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].due < heap[parent].due else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() {
        guard heap.count > 1 else {
            heap = []
            return
        }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].due < heap[least].due
            {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}
