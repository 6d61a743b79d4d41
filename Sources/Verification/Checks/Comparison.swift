/// A number of either kind; compares by value.
enum Number: Sendable, Equatable {
    case int(Int64)
    case double(Double)

    init(_ value: Int) { self = .int(Int64(value)) }
    init(clamping value: UInt64) { self = .int(Int64(clamping: value)) }

    var double: Double {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        }
    }

    var text: String {
        switch self {
        case .int(let value): "\(value)"
        case .double(let value): FigureText.print(value)
        }
    }

    /// nil when one is not a number.
    func order(_ other: Number) -> Order? {
        switch (self, other) {
        case (.int(let left), .int(let right)): left < right ? .below : left > right ? .above : .same
        case (.double(let left), .double(let right)):
            left < right ? .below : left > right ? .above : left == right ? .same : nil
        case (.int(let left), .double(let right)): Self.order(left, right)
        case (.double(let left), .int(let right)): Self.order(right, left).map(\.reversed)
        }
    }

    enum Order {
        case below, same, above

        var reversed: Order {
            switch self {
            case .below: .above
            case .same: .same
            case .above: .below
            }
        }
    }

    /// Exact: an Int64 as a double loses digits beyond 2^53.
    private static func order(_ left: Int64, _ right: Double) -> Order? {
        if right.isNaN { return nil }
        if right >= 0x1p63 { return .below }
        if right < -0x1p63 { return .above }
        let floor = right.rounded(.down)
        let whole = Int64(floor)
        if left != whole { return left < whole ? .below : .above }
        return right > floor ? .below : .same
    }

    /// The same value, or both no number.
    func equals(_ other: Number) -> Bool {
        if case .double(let left) = self, case .double(let right) = other, left.isNaN, right.isNaN { return true }
        return order(other) == .same
    }
}

/// Comparisons of a number, all of which have to hold.
struct Comparison: Sendable {
    enum Part: Sendable {
        case equals(Number), notEquals(Number), atLeast(Number), atMost(Number), moreThan(Number), lessThan(Number)
        case between(Number, Number)
    }

    enum Unit: Sendable {
        case none
        case nanoseconds
    }

    var parts: [Part]
    var unit = Unit.none

    static let some = Comparison(parts: [.atLeast(.int(1))])
    static let none = Comparison(parts: [.equals(.int(0))])

    /// Whether one is enough, however many there are, and none is not.
    var isSome: Bool { countRange == 1...Int.max }

    func holds(_ number: Number) -> Bool { parts.allSatisfy { Self.holds($0, number) } }

    /// Whether nothing at all is enough.
    var allowsZero: Bool { holds(.int(0)) }

    static func holds(_ part: Part, _ number: Number) -> Bool {
        switch part {
        case .equals(let other): number.equals(other)
        case .notEquals(let other): !number.equals(other)
        case .atLeast(let other): [.above, .same].contains(number.order(other))
        case .atMost(let other): [.below, .same].contains(number.order(other))
        case .moreThan(let other): number.order(other) == .above
        case .lessThan(let other): number.order(other) == .below
        case .between(let low, let high):
            [.above, .same].contains(number.order(low)) && [.below, .same].contains(number.order(high))
        }
    }

    /// `at least 3, less than 10`
    var text: String { parts.map(text).joined(separator: ", ") }

    func text(_ number: Number) -> String {
        switch unit {
        case .none: number.text
        case .nanoseconds: FigureText.duration(number.double)
        }
    }

    func text(_ part: Part) -> String {
        switch part {
        case .equals(let other): text(other)
        case .notEquals(let other): "not \(text(other))"
        case .atLeast(let other): "at least \(text(other))"
        case .atMost(let other): "at most \(text(other))"
        case .moreThan(let other): "more than \(text(other))"
        case .lessThan(let other): "less than \(text(other))"
        case .between(let low, let high): "from \(text(low)) to \(text(high))"
        }
    }

    /// The least and the greatest count that fulfils it; nil when none does. For comparisons of counts.
    var countRange: ClosedRange<Int>? {
        var low = 0
        var high = Int.max
        for part in parts {
            switch part {
            case .equals(let number):
                low = max(low, Self.whole(number))
                high = min(high, Self.whole(number))
            case .atLeast(let number): low = max(low, Self.whole(number))
            case .moreThan(let number): low = max(low, Self.whole(number) &+ 1)
            case .atMost(let number): high = min(high, Self.whole(number))
            case .lessThan(let number): high = min(high, Self.whole(number) &- 1)
            case .between(let first, let second):
                low = max(low, Self.whole(first))
                high = min(high, Self.whole(second))
            case .notEquals: break
            }
        }
        return low <= high ? low...high : nil
    }

    /// Far from the ends, so that one more or less does not overflow.
    private static func whole(_ number: Number) -> Int {
        guard case .int(let value) = number else { return 0 }
        return Int(clamping: min(max(value, -1), 1 << 40))
    }
}
