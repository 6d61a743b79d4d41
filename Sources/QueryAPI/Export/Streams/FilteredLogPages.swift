import QueryEngines
import TelemetryModel
import TelemetryStore

/// Log records that a query finds.
struct FilteredLogPages: StoredPages {
    private var pages: LogPages
    private let filter: LogRecordFilter?

    init(_ pages: LogPages, filter: LogRecordFilter?) {
        self.pages = pages
        self.filter = filter
    }

    mutating func next() async throws -> StoredLogs? {
        while let page = try await pages.next() {
            guard let filter else { return page }
            let found = try await filter.found(in: page)
            if !found.records.isEmpty { return found }
        }
        return nil
    }
}
