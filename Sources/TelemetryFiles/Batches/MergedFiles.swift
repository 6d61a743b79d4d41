/// The items of several files in order of time, as they may have come in.
///
/// Files of a set are read one after the other, sets side by side: always from that which is furthest behind.
///
/// - Bounds: `TimeOrder`. What is further out of order than that comes late; see `outOfOrder`.
package struct MergedFiles {
    /// What comes out.
    package enum Event: Sendable {
        case item(TelemetryItem)
        case problem(TelemetryFileProblem)
    }

    private struct Source {
        var files: ArraySlice<TelemetryFile>
        var reader: TelemetryFileReader?
        /// The newest time that was read.
        var reached: UInt64 = 0
    }

    private var sources: [Source]
    private var order: TimeOrder
    private var problems: ArraySlice<TelemetryFileProblem> = []
    private var last: UInt64 = 0
    /// Items that came out behind a newer one.
    package private(set) var outOfOrder = 0

    /// - Parameter files: as `TelemetryDirectory` gives them.
    package init(_ files: [TelemetryFile], itemsMax: Int = 100_000) {
        var sets: [String] = []
        for file in files where !sets.contains(file.set) { sets.append(file.set) }
        sources = sets.map { set in Source(files: files.filter { $0.set == set }[...]) }
        order = TimeOrder(itemsMax: itemsMax)
    }

    /// - Throws: when a file cannot be opened or read; it is left out from then on.
    package mutating func next() throws(TelemetryFileError) -> Event? {
        while true {
            if let problem = problems.popFirst() { return .problem(problem) }
            if order.isFull || sources.isEmpty {
                guard let item = order.next() else { return nil }
                if item.time < last { outOfOrder += 1 } else { last = item.time }
                return .item(item)
            }
            try readOn()
        }
    }

    private mutating func readOn() throws(TelemetryFileError) {
        guard let index = sources.indices.min(by: { sources[$0].reached < sources[$1].reached }) else { return }
        guard let reader = sources[index].reader else {
            guard let file = sources[index].files.popFirst() else {
                sources.remove(at: index)
                return
            }
            sources[index].reader = try TelemetryFileReader(file.path, signal: file.signal)
            return
        }
        let event: TelemetryFileEvent?
        do throws(TelemetryFileError) {
            event = try reader.next()
        } catch {
            sources[index].reader = nil
            throw error
        }
        switch event {
        case nil: sources[index].reader = nil
        case .problem(let problem): problems.append(problem)
        case .request(let request, _, _):
            for item in request.itemized() {
                sources[index].reached = max(sources[index].reached, item.time)
                order.add(item)
            }
        }
    }
}
