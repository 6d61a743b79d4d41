/// Lines that share a template.
struct Cluster {
    /// What stands for a word in a comparison: its hash, or one of these.
    static let variable: UInt64 = 0
    /// A word that differed between lines of the cluster.
    static let differing: UInt64 = 1

    let skeleton: UInt64
    let level: UInt8
    /// Of the first line, as far as the template reaches.
    let text: [UInt8]
    let words: [Word]
    let hasTail: Bool
    /// A hash each.
    var hashes: [UInt64]
    var example: [UInt8]
    var steps = StepCounts()

    /// Text with `<_>`.
    var pattern: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count + 8)
        let capture = Array("<_>".utf8)
        var position = 0
        for (word, hash) in zip(words, hashes) where hash <= Self.differing {
            bytes += text[position..<Int(word.start)]
            bytes += capture
            position = Int(word.end)
        }
        bytes += text[position...]
        // Two captures have text between them.
        let endsInCapture = position == text.count && bytes.last == UInt8(ascii: ">") && position > 0
        if hasTail, !endsInCapture { bytes += capture }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether all lines of another cluster with the same skeleton fit the template of this one.
    func covers(_ other: Cluster) -> Bool {
        for (mine, theirs) in zip(hashes, other.hashes) where mine > Self.differing && mine != theirs { return false }
        return true
    }

    /// Widens the template so that it covers other words, too.
    mutating func widen(to others: [UInt64]) {
        for index in hashes.indices where hashes[index] != others[index] { hashes[index] = Self.differing }
    }
}

/// How much two lines of one skeleton have in common.
struct Likeness {
    /// Words that are equal.
    var equal = 0
    /// Words that could be.
    var total = 0
    var isFirstEqual = true

    init(_ cluster: [UInt64], _ line: [UInt64]) {
        var isFirst = true
        for index in cluster.indices {
            let mine = cluster[index], other = line[index]
            if mine == Cluster.differing { continue }
            if mine == other {
                guard mine != Cluster.variable else { continue }
                equal += 1
                total += 1
            } else {
                total += 1
                if isFirst { isFirstEqual = false }
            }
            isFirst = false
        }
    }

    func isAtLeast(percent: Int) -> Bool { equal * 100 >= total * percent }

    /// - Returns: whether this is more of the words than in `other`.
    func exceeds(_ other: Likeness) -> Bool {
        // 0 of 0 words is all of them.
        let left = (total == 0 ? 1 : equal) * max(other.total, 1)
        let right = (other.total == 0 ? 1 : other.equal) * max(total, 1)
        if left != right { return left > right }
        return isFirstEqual && !other.isFirstEqual
    }
}
