/// Some stored items with what they refer to, which can be put together and divided.
package protocol StoredItems: Sendable {
    init()
    var itemCount: Int { get }
    /// Adds items that come after these.
    mutating func append(_ more: Self)
    /// Takes the first items away; there are as many.
    mutating func takeFirst(_ count: Int) -> Self
}

/// Cuts pages of stored items into parts of one size, so that where a part ends does not depend on how the items were
/// read.
///
/// - Bounds: holds fewer items than a part has, and what those of a page refer to.
package struct StoredParts<Items: StoredItems>: Sendable {
    private let itemsPerPart: Int
    private var waiting = Items()

    package init(itemsPerPart: Int) {
        self.itemsPerPart = max(1, itemsPerPart)
    }

    /// The parts that are complete with this page.
    package mutating func add(_ page: Items) -> [Items] {
        if waiting.itemCount == 0 { waiting = page } else { waiting.append(page) }
        guard waiting.itemCount >= itemsPerPart else { return [] }
        var rest = Items()
        swap(&rest, &waiting)
        var parts: [Items] = []
        while rest.itemCount >= itemsPerPart { parts.append(rest.takeFirst(itemsPerPart)) }
        waiting = rest
        return parts
    }

    /// What is left; nil for nothing.
    package mutating func finish() -> Items? {
        defer { waiting = Items() }
        return waiting.itemCount > 0 ? waiting : nil
    }
}

extension StoredTrace: StoredItems {
    package init() { self.init(spans: [], resources: [:], scopes: [:]) }
    package var itemCount: Int { spans.count }

    package mutating func append(_ more: StoredTrace) {
        spans += more.spans
        resources.merge(more.resources) { $1 }
        scopes.merge(more.scopes) { $1 }
    }

    package mutating func takeFirst(_ count: Int) -> StoredTrace {
        let first = StoredTrace(spans: Array(spans.prefix(count)), resources: resources, scopes: scopes)
        spans.removeFirst(count)
        resources = resources.used(by: spans, \.resourceID)
        scopes = scopes.used(by: spans, \.scopeID)
        return first
    }
}

extension StoredLogs: StoredItems {
    package init() { self.init(records: []) }
    package var itemCount: Int { records.count }

    package mutating func append(_ more: StoredLogs) {
        records += more.records
        resources.merge(more.resources) { $1 }
        scopes.merge(more.scopes) { $1 }
    }

    package mutating func takeFirst(_ count: Int) -> StoredLogs {
        let first = StoredLogs(records: Array(records.prefix(count)), resources: resources, scopes: scopes)
        records.removeFirst(count)
        resources = resources.used(by: records, \.resourceID)
        scopes = scopes.used(by: records, \.scopeID)
        return first
    }
}

extension StoredMetrics: StoredItems {
    package init() { self.init(points: []) }
    package var itemCount: Int { points.count }

    package mutating func append(_ more: StoredMetrics) {
        let offset = series.count
        series += more.series
        points += more.points.map { point in
            var moved = point
            moved.series += offset
            return moved
        }
        resources.merge(more.resources) { $1 }
        scopes.merge(more.scopes) { $1 }
    }

    package mutating func takeFirst(_ count: Int) -> StoredMetrics {
        let first = StoredMetrics(
            points: Array(points.prefix(count)), series: series, resources: resources, scopes: scopes)
        points.removeFirst(count)
        // Series stand in the order of their points, so those before the first that is left are done.
        let done = points.first?.series ?? series.count
        if done > 0, points.allSatisfy({ $0.series >= done }) {
            series.removeFirst(done)
            for index in points.indices { points[index].series -= done }
        }
        return first
    }
}

extension Dictionary where Key == UInt64 {
    fileprivate func used<Item>(by items: [Item], _ id: (Item) -> UInt64) -> Self {
        let ids = Set(items.map(id))
        return filter { ids.contains($0.key) }
    }
}
