/// One side of a request that waits for the other.
struct WaitingSide: Sendable {
    var trace: TraceWords = .none
    /// The client's span.
    var span: UInt64 = 0
    var isClient = false
    var isMessaging = false
    var isFailed = false
    /// Nanoseconds.
    var duration: Int64 = 0
    /// Nanoseconds since the Unix epoch: where a client's span ended, where a server's began.
    var time: Int64 = 0
    var service = ""
    /// What the client calls, by its attributes; empty when they do not say it.
    var peer = ""
    /// Values of the dimensions; empty when there are none.
    var dimensions: [String] = []
    /// Milliseconds since the Unix epoch.
    fileprivate(set) var deadline: Int64 = 0
    fileprivate var older: Int32 = -1
    fileprivate var newer: Int32 = -1
}

/// The sides that wait, found by trace and client span; in the order of their deadlines, as all wait equally long.
///
/// - Bound: `limit` sides.
struct WaitingSides: Sendable {
    let limit: Int
    private(set) var count = 0
    private var sides: [WaitingSide] = []
    private var free: [Int32] = []
    /// Number + 1 of the side in each place, 0 = empty; the length is a power of two.
    private var index = [Int32](repeating: 0, count: 1024)
    private var oldest: Int32 = -1
    private var newest: Int32 = -1

    private static let seed = UInt64.random(in: .min ... .max)

    init(limit: Int) {
        self.limit = max(0, min(limit, 1 << 26))
    }

    subscript(number: Int) -> WaitingSide { sides[number] }

    /// The side that waits for the other side of a client's span.
    @inline(__always)
    func find(_ trace: TraceWords, _ span: UInt64) -> Int? {
        let mask = index.count - 1
        var place = home(trace, span)
        while index[place] != 0 {
            let number = Int(index[place] - 1)
            if sides[number].span == span, sides[number].trace == trace { return number }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Adds a side that was not found.
    ///
    /// - Parameter deadline: milliseconds since the Unix epoch.
    /// - Returns: false when too many wait.
    mutating func add(_ side: WaitingSide, deadline: Int64) -> Bool {
        guard count < limit else { return false }
        count += 1
        let number: Int
        if let reused = free.popLast() {
            number = Int(reused)
            sides[number] = side
        } else {
            number = sides.count
            sides.append(side)
        }
        sides[number].deadline = deadline
        sides[number].older = newest
        sides[number].newer = -1
        if newest >= 0 { sides[Int(newest)].newer = Int32(number) } else { oldest = Int32(number) }
        newest = Int32(number)
        if count * 2 > index.count { rebuildIndex(index.count * 2) } else { place(number) }
        return true
    }

    /// Puts a side in the place of one of the same trace and span, whose deadline stays.
    mutating func replace(_ number: Int, by side: WaitingSide) {
        let old = sides[number]
        sides[number] = side
        sides[number].deadline = old.deadline
        sides[number].older = old.older
        sides[number].newer = old.newer
    }

    @discardableResult
    mutating func remove(_ number: Int) -> WaitingSide {
        let side = sides[number]
        unplace(number)
        if side.older >= 0 { sides[Int(side.older)].newer = side.newer } else { oldest = side.newer }
        if side.newer >= 0 { sides[Int(side.newer)].older = side.older } else { newest = side.older }
        // Its texts are not kept.
        sides[number] = WaitingSide()
        free.append(Int32(number))
        count -= 1
        return side
    }

    /// The side that has waited longest, when it has waited for long enough.
    ///
    /// - Parameter now: milliseconds since the Unix epoch.
    mutating func takeExpired(now: Int64) -> WaitingSide? {
        guard oldest >= 0, sides[Int(oldest)].deadline <= now else { return nil }
        return remove(Int(oldest))
    }

    // MARK: Index

    @inline(__always)
    private func home(_ trace: TraceWords, _ span: UInt64) -> Int {
        let first = (trace.first ^ Self.seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        let second = (first.high ^ first.low ^ trace.second).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        let third = (second.high ^ second.low ^ span).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: third.high ^ third.low) & (index.count - 1)
    }

    private mutating func place(_ number: Int) {
        let mask = index.count - 1
        var place = home(sides[number].trace, sides[number].span)
        while index[place] != 0 { place = (place + 1) & mask }
        index[place] = Int32(number + 1)
    }

    private mutating func rebuildIndex(_ length: Int) {
        index = [Int32](repeating: 0, count: length)
        var number = oldest
        while number >= 0 {
            place(Int(number))
            number = sides[Int(number)].newer
        }
    }

    /// Removes by moving those behind it up, so that a search ends at an empty place.
    private mutating func unplace(_ number: Int) {
        let mask = index.count - 1
        var hole = home(sides[number].trace, sides[number].span)
        while index[hole] != Int32(number + 1) { hole = (hole + 1) & mask }
        index[hole] = 0
        var place = (hole + 1) & mask
        while index[place] != 0 {
            let other = Int(index[place] - 1)
            let home = home(sides[other].trace, sides[other].span)
            if (place - home) & mask >= (place - hole) & mask {
                index[hole] = index[place]
                index[place] = 0
                hole = place
            }
            place = (place + 1) & mask
        }
    }
}
