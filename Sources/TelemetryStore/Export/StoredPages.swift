package import TelemetryModel

/// Stored items, page by page. A value: who asks for the next page decides when it is read.
package protocol StoredPages: Sendable {
    associatedtype Items: StoredItems
    /// Nil after the last page.
    mutating func next() async throws -> Items?
}

/// Pages cut into parts of one size.
package struct StoredPartPages<Pages: StoredPages>: Sendable {
    private var pages: Pages
    private var parts: StoredParts<Pages.Items>
    /// The next ones, the last first.
    private var ready: [Pages.Items] = []
    private var isDone = false

    package init(_ pages: Pages, itemsPerPart: Int) {
        self.pages = pages
        parts = StoredParts(itemsPerPart: itemsPerPart)
    }

    package mutating func next() async throws -> Pages.Items? {
        while ready.isEmpty, !isDone {
            if let page = try await pages.next() {
                ready = parts.add(page).reversed()
            } else {
                isDone = true
                ready = parts.finish().map { [$0] } ?? []
            }
        }
        return ready.popLast()
    }
}
