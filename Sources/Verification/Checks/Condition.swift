/// One thing that is wanted of an item.
struct Condition<Item: Sendable>: Sendable {
    /// What is wanted: `name "POST /orders"`.
    let text: String
    let holds: @Sendable (Item, IndexedRecording) -> Bool
    /// Why it does not hold; asked only where it does not.
    let miss: @Sendable (Item, IndexedRecording) -> Miss

    init(
        _ text: String, holds: @escaping @Sendable (Item, IndexedRecording) -> Bool,
        miss: @escaping @Sendable (Item, IndexedRecording) -> Miss
    ) {
        self.text = text
        self.holds = holds
        self.miss = miss
    }
}

/// How an item is not what was wanted.
struct Miss: Sendable {
    /// `name is "GET /orders", expected "POST /orders"`
    var text: String
    /// How near it came, from 0 to 1, which is not reached; sorts the nearest misses.
    var closeness: Double = 0
}

/// What is wanted of an item, all of it.
struct Matcher<Item: Sendable>: Sendable {
    var conditions: [Condition<Item>] = []

    func matches(_ item: Item, in recording: IndexedRecording) -> Bool {
        conditions.allSatisfy { $0.holds(item, recording) }
    }

    /// To be read after a noun; empty when everything matches.
    var text: String { conditions.map(\.text).joined(separator: ", ") }

    func misses(_ item: Item, in recording: IndexedRecording) -> [Miss] {
        conditions.filter { !$0.holds(item, recording) }.map { $0.miss(item, recording) }
    }

    /// How much of it an item fulfils: a condition counts one, one that is missed as much as it is near.
    ///
    /// Earlier conditions weigh a little more: they are those that name the item.
    func closeness(_ item: Item, in recording: IndexedRecording) -> Double {
        var sum = 0.0
        for (index, condition) in conditions.enumerated() {
            let weight = 1 + 0.5 / Double(index + 1)
            sum += weight * (condition.holds(item, recording) ? 1 : condition.miss(item, recording).closeness * 0.9)
        }
        return sum
    }
}

/// What can stand in a report.
protocol ReportedItem: Sendable {
    static var noun: String { get }
    static var nouns: String { get }

    /// One line that tells which it is.
    func text(in recording: IndexedRecording) -> String
}

extension ReportedItem {
    static func counted(_ count: Int) -> String { count == 1 ? "1 \(noun)" : "\(count) \(nouns)" }
}

/// An item of a recording that expectations are about.
protocol RecordedItem: ReportedItem {
    static func all(in recording: IndexedRecording) -> [Self]

    /// The service that it is of; a trace has none.
    func service(in recording: IndexedRecording) -> String?
}

extension Matcher where Item: ReportedItem {
    /// Items that are shown of each kind.
    static var nearestMax: Int { 3 }
    /// Items that are compared closely; more would take longer than they tell.
    static var comparedMax: Int { 20_000 }

    /// `spans` or `spans with name "x"`.
    func described(_ noun: String) -> String { conditions.isEmpty ? noun : "\(noun) with \(text)" }

    /// Items that come closest without matching, each with what it lacks.
    func nearest(in items: some Sequence<Item>, _ recording: IndexedRecording) -> [String] {
        var best: [(closeness: Double, item: Item)] = []
        for item in items.prefix(Self.comparedMax) {
            let closeness = closeness(item, in: recording)
            guard best.count < Self.nearestMax || closeness > best[best.count - 1].closeness else { continue }
            let place = best.firstIndex { $0.closeness < closeness } ?? best.count
            best.insert((closeness, item), at: place)
            if best.count > Self.nearestMax { best.removeLast() }
        }
        return best.map { explained($0.item, in: recording) }
    }

    /// The item, and what it lacks.
    func explained(_ item: Item, in recording: IndexedRecording) -> String {
        let misses = misses(item, in: recording).map(\.text)
        return item.text(in: recording) + (misses.isEmpty ? "" : ": " + misses.joined(separator: "; "))
    }
}
