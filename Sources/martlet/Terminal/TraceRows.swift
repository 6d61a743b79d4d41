import TraceAnalysis

/// The lines of a trace in the order in which they are drawn: spans, and in place of spans that are left out one line
/// below their parent that stands for them.
///
/// Made one after the other: the lines of a million spans need no more memory than the way to the last one.
struct TraceRows: Sequence {
    enum Content: Equatable {
        case span(Int)
        case hidden(Hidden)
    }

    /// What one line stands for.
    struct Hidden: Equatable {
        /// Spans, with all below them.
        var spans = 0
        var errors = 0
        /// Of the spans whose parent is shown, nanoseconds.
        var longest: Int64 = 0
    }

    struct Line: Equatable {
        var content: Content
        var depth: Int
        /// For each ancestor that guides can show, from the outermost, and last for the line itself: whether more
        /// follows at its level. Not for a root.
        var continues: [Bool]

        /// `│ ├─ `: two columns for each level above, three for this one. A level too deep to be drawn is written as a
        /// number instead.
        func guides(levelsMax: Int) -> String {
            guard depth > 0 else { return "" }
            guard depth <= Swift.min(levelsMax, continues.count) else {
                let levels = Swift.max(0, Swift.min(levelsMax, TraceRows.guideLevelsMax) - 4)
                return continues.prefix(levels).map { $0 ? "│ " : "  " }.joined() + "⋯\(depth) "
            }
            return continues.prefix(depth - 1).map { $0 ? "│ " : "  " }.joined()
                + (continues[depth - 1] ? "├─ " : "└─ ")
        }
    }

    /// Guides beyond this are not kept: a tree of 10,000 levels would need 10,000 entries per line.
    static let guideLevelsMax = 64

    let tree: TraceTree
    /// By row; nil shows all.
    private let isShown: [Bool]?
    /// Spans that are shown.
    let shownCount: Int
    private let errorsBelow: [UInt32]

    /// - Parameter limit: spans at most, nil for all. Errors are looked for first (three quarters of the lines), then
    ///   the spans that take the longest, always from the roots down: a span is shown with all above it.
    init(_ tree: TraceTree, limit: Int?) {
        self.tree = tree
        guard let limit, limit < tree.count else {
            isShown = nil
            shownCount = tree.count
            errorsBelow = []
            return
        }
        var errorsBelow = tree.flags.map { UInt32($0.contains(.error) ? 1 : 0) }
        for row in tree.depthFirstRows.reversed() {
            if let parent = tree.parent(of: Int(row)) { errorsBelow[parent] += errorsBelow[Int(row)] }
        }
        var choice = Choice(tree, errorsBelow: errorsBelow)
        choice.show(limit: Swift.max(1, limit))
        choice.showSingles()
        isShown = choice.isShown
        shownCount = choice.shownCount
        self.errorsBelow = errorsBelow
    }

    var hiddenCount: Int { tree.count - shownCount }

    func makeIterator() -> Iterator { Iterator(self) }

    fileprivate func isShown(_ row: UInt32) -> Bool { isShown?[Int(row)] ?? true }

    fileprivate func hidden(_ rows: some Sequence<UInt32>) -> Hidden? {
        guard isShown != nil else { return nil }
        var hidden = Hidden()
        for row in rows where !isShown(row) {
            hidden.spans += Int(tree.subtreeCounts[Int(row)])
            hidden.errors += Int(errorsBelow[Int(row)])
            hidden.longest = Swift.max(hidden.longest, tree.skeleton.durations[Int(row)])
        }
        return hidden.spans > 0 ? hidden : nil
    }

    struct Iterator: IteratorProtocol {
        private let rows: TraceRows
        private var continues: [Bool] = []
        /// The last is taken first.
        private var stack: [(content: Content, depth: Int, continues: Bool)] = []

        fileprivate init(_ rows: TraceRows) {
            self.rows = rows
            push(rows.tree.roots[...], depth: 0)
        }

        mutating func next() -> Line? {
            guard let item = stack.popLast() else { return nil }
            if item.depth > 0 {
                let kept = Swift.min(item.depth - 1, TraceRows.guideLevelsMax)
                continues.removeLast(continues.count - Swift.min(continues.count, kept))
                if item.depth <= TraceRows.guideLevelsMax { continues.append(item.continues) }
            } else {
                continues.removeAll(keepingCapacity: true)
            }
            if case .span(let row) = item.content { push(rows.tree.children(of: row), depth: item.depth + 1) }
            return Line(content: item.content, depth: item.depth, continues: continues)
        }

        private mutating func push(_ children: ArraySlice<UInt32>, depth: Int) {
            var follows = false
            if let hidden = rows.hidden(children) {
                stack.append((.hidden(hidden), depth, false))
                follows = true
            }
            for child in children.reversed() where rows.isShown(child) {
                stack.append((.span(Int(child)), depth, follows))
                follows = true
            }
        }
    }

    /// Which spans are shown, from the roots down.
    private struct Choice {
        let tree: TraceTree
        let errorsBelow: [UInt32]
        var isShown: [Bool]
        var shownCount = 0
        /// Spans that could be shown next, as their parents are: those with an error in or below them, and all.
        private var withErrors: LongestFirst
        private var any: LongestFirst

        init(_ tree: TraceTree, errorsBelow: [UInt32]) {
            self.tree = tree
            self.errorsBelow = errorsBelow
            isShown = Array(repeating: false, count: tree.count)
            withErrors = LongestFirst(tree.skeleton.durations)
            any = LongestFirst(tree.skeleton.durations)
            offer(tree.roots[...])
        }

        mutating func show(limit: Int) {
            while shownCount < limit - limit / 4, let row = withErrors.popFirst() { show(row) }
            while shownCount < limit, let row = any.popFirst() { show(row) }
        }

        /// A line that stands for one span takes as much room as the span.
        mutating func showSingles() {
            showSingle(of: tree.roots[...])
            for row in tree.depthFirstRows where isShown[Int(row)] { showSingle(of: tree.children(of: Int(row))) }
        }

        private mutating func showSingle(of rows: ArraySlice<UInt32>) {
            var single: UInt32?
            for row in rows where !isShown[Int(row)] {
                if single != nil || tree.subtreeCounts[Int(row)] > 1 { return }
                single = row
            }
            if let single {
                isShown[Int(single)] = true
                shownCount += 1
            }
        }

        private mutating func show(_ row: UInt32) {
            guard !isShown[Int(row)] else { return }
            isShown[Int(row)] = true
            shownCount += 1
            offer(tree.children(of: Int(row)))
        }

        private mutating func offer(_ rows: ArraySlice<UInt32>) {
            for row in rows {
                any.insert(row)
                if errorsBelow[Int(row)] > 0 { withErrors.insert(row) }
            }
        }
    }
}

/// A heap of rows, the one that takes the longest first, of several the first row.
struct LongestFirst {
    private let durations: [Int64]
    private var rows: [UInt32] = []

    init(_ durations: [Int64]) {
        self.durations = durations
    }

    mutating func insert(_ row: UInt32) {
        rows.append(row)
        var place = rows.count - 1
        while place > 0, precedes(rows[place], rows[(place - 1) / 2]) {
            rows.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func popFirst() -> UInt32? {
        guard let first = rows.first, let last = rows.popLast() else { return nil }
        guard !rows.isEmpty else { return first }
        rows[0] = last
        var place = 0
        while true {
            var best = place
            for child in [2 * place + 1, 2 * place + 2] where child < rows.count && precedes(rows[child], rows[best]) {
                best = child
            }
            if best == place { return first }
            rows.swapAt(place, best)
            place = best
        }
    }

    private func precedes(_ one: UInt32, _ two: UInt32) -> Bool {
        let (first, second) = (durations[Int(one)], durations[Int(two)])
        return first != second ? first > second : one < two
    }
}
