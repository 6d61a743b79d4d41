/// Finds the templates of log lines while they come.
///
/// What makes two lines the same: first the *skeleton*, all that stands between the words. Numbers, ids, times,
/// addresses and quotations are variables at once. Lines of one skeleton come together when nearly all of their words
/// are equal; when many lines differ from one another in the same few words only (`user alice logged in`, `user bob
/// logged in`), then these words are variables, too. So it is in Drain (He et al., ICWS 2017), which compares words at
/// spaces with one threshold, and makes `connection <_>` of a connection that opens and one that closes.
///
/// The same lines in the same order give the same templates.
///
/// - Cost: a line of a known shape, and that is nearly every line, one pass over its bytes and one look in a table.
package struct PatternMiner: Sendable {
    /// So many equal words in a hundred make a template common.
    private static let alike = 85
    /// From so many on lines are neighbours, of which a few are normal.
    private static let neighbouring = 50
    private static let neighboursMax = 6
    /// Of a skeleton with so many templates, less is enough.
    private static let crowd = 160
    private static let throng = 400

    /// Lines that were given, the empty ones included.
    package private(set) var lines = 0
    package private(set) var emptyLines = 0
    /// Lines whose template was dropped for more frequent ones, so far.
    package var leftoverLines: Int { leftovers.values.reduce(0) { $0 + $1.total } }

    private let limits: PatternLimits
    private let step: Int64
    private var scanner: LineScanner
    private var cache: ShapeCache
    private var clusters: [Cluster?] = []
    private var live = 0
    /// Clusters of each skeleton.
    private var groups: [UInt64: [Int]] = [:]
    private var leftovers: [UInt8: StepCounts] = [:]
    private var hashes: [UInt64] = []
    /// The step that the last line was in.
    private var window: (start: Int64, end: Int64)

    /// - Parameter step: nanoseconds between two samples; 0 for one sample, at time 0.
    package init(step: Int64, limits: PatternLimits = PatternLimits()) {
        self.limits = limits
        self.step = max(step, 0)
        scanner = LineScanner(limits: limits)
        cache = ShapeCache(countMax: limits.shapes)
        window = (0, 0)
    }

    /// Counts a line.
    ///
    /// - Parameters:
    ///   - level: whatever the caller tells levels by.
    ///   - time: nanoseconds since the Unix epoch.
    package mutating func add(line: UnsafeBufferPointer<UInt8>, level: UInt8, time: Int64) {
        lines &+= 1
        guard !line.isEmpty else {
            emptyLines &+= 1
            return
        }
        let start = stepStart(time)
        scanner.scan(line)
        let hash = exactHash(line, level)
        if let index = cache[hash], index < clusters.count {
            clusters[index]?.steps.add(1, at: start)
            return
        }
        let index = place(line, level)
        cache.insert(hash, index)
        clusters[index]?.steps.add(1, at: start)
        if live > limits.clusters { thin() }
    }

    package mutating func add(line: String, level: UInt8, time: Int64) {
        var line = line
        line.withUTF8 { add(line: $0, level: level, time: time) }
    }

    /// Takes over what another miner of the same step and limits has found, as if its lines had come here.
    package mutating func merge(_ other: PatternMiner) {
        lines &+= other.lines
        emptyLines &+= other.emptyLines
        for (level, steps) in other.leftovers { leftovers[level, default: StepCounts()].add(steps) }
        for cluster in other.clusters {
            guard let cluster else { continue }
            let index =
                best(skeleton: cluster.skeleton, hashes: cluster.hashes)
                ?? {
                    var copy = cluster
                    copy.steps = StepCounts()
                    return add(copy)
                }()
            clusters[index]?.widen(to: cluster.hashes)
            clusters[index]?.steps.add(cluster.steps)
            if live > limits.clusters { thin() }
        }
    }

    /// The templates so far, the most frequent first, then by level and text. What is beyond the limit, and leftovers,
    /// stand at the end as `<_>`, once for each level.
    package func patterns() -> [MinedPattern] {
        var found: [MinedPattern] = []
        var rest = leftovers
        let merged = merged().sorted {
            $0.count == $1.count ? ($0.level, $0.text) < ($1.level, $1.text) : $0.count > $1.count
        }
        for (index, one) in merged.enumerated() {
            guard index < limits.patterns, one.text != "<_>" else {
                rest[one.level, default: StepCounts()].add(one.steps)
                continue
            }
            found.append(
                MinedPattern(
                    pattern: one.text, level: one.level, count: one.count, samples: Self.samples(one.steps),
                    example: one.example))
        }
        for (level, steps) in rest.sorted(by: { $0.key < $1.key }) where steps.total > 0 {
            found.append(
                MinedPattern(
                    pattern: "<_>", level: level, count: steps.total, samples: Self.samples(steps), example: ""))
        }
        return found
    }

    private static func samples(_ steps: StepCounts) -> [MinedPattern.Sample] {
        steps.counts.map { MinedPattern.Sample(time: $0.step, count: $0.count) }
    }

    // MARK: Steps

    private mutating func stepStart(_ time: Int64) -> Int64 {
        if step == 0 { return 0 }
        if time >= window.start, time < window.end { return window.start }
        let remainder = time % step
        let start = time &- (remainder < 0 ? remainder + step : remainder)
        let (end, overflow) = start.addingReportingOverflow(step)
        window = (start, overflow ? .max : end)
        return start
    }

    // MARK: Hashes

    /// Of all that is not variable.
    private func exactHash(_ line: UnsafeBufferPointer<UInt8>, _ level: UInt8) -> UInt64 {
        let shape = scanner.shape
        var hash = ShapeHash(seed: UInt64(level) << 8 | shape.kind.rawValue << 1 | (shape.hasTail ? 1 : 0))
        var position = 0
        for word in shape.words where word.isVariable {
            hash.combine(line, position, Int(word.start))
            position = Int(word.end)
        }
        hash.combine(line, position, shape.end)
        return hash.value
    }

    /// Of all that stands between words; the words go to `hashes`.
    private mutating func skeletonHash(_ line: UnsafeBufferPointer<UInt8>, _ level: UInt8) -> UInt64 {
        let shape = scanner.shape
        hashes.removeAll(keepingCapacity: true)
        var hash = ShapeHash(seed: UInt64(level) << 8 | shape.kind.rawValue << 1 | (shape.hasTail ? 1 : 0))
        var position = 0
        for word in shape.words {
            hash.combine(line, position, Int(word.start))
            position = Int(word.end)
            if word.isVariable {
                hashes.append(Cluster.variable)
            } else {
                var wordHash = ShapeHash(seed: 0)
                wordHash.combine(line, Int(word.start), position)
                hashes.append(max(wordHash.value, Cluster.differing + 1))
            }
        }
        hash.combine(line, position, shape.end)
        return hash.value
    }

    // MARK: Clusters

    /// The cluster of a line whose shape is new.
    private mutating func place(_ line: UnsafeBufferPointer<UInt8>, _ level: UInt8) -> Int {
        let skeleton = skeletonHash(line, level)
        if let index = best(skeleton: skeleton, hashes: hashes) {
            clusters[index]?.widen(to: hashes)
            return index
        }
        let shape = scanner.shape
        return add(
            Cluster(
                skeleton: skeleton, level: level, text: Array(line[..<shape.end]), words: shape.words,
                hasTail: shape.hasTail, hashes: hashes, example: Array(line.prefix(limits.exampleBytes))))
    }

    private mutating func add(_ cluster: Cluster) -> Int {
        groups[cluster.skeleton, default: []].append(clusters.count)
        clusters.append(cluster)
        live += 1
        return clusters.count - 1
    }

    /// The cluster that a line is like; nil when it is like none.
    private func best(skeleton: UInt64, hashes: [UInt64]) -> Int? {
        guard let group = groups[skeleton] else { return nil }
        var best: (index: Int, likeness: Likeness)?
        var neighbours = 0
        for index in group {
            guard let cluster = clusters[index] else { continue }
            let likeness = Likeness(cluster.hashes, hashes)
            if likeness.isAtLeast(percent: Self.neighbouring) { neighbours += 1 }
            if let current = best, !likeness.exceeds(current.likeness) { continue }
            best = (index, likeness)
        }
        guard let best else { return nil }
        let needed =
            switch group.count {
            case Self.throng...: 0
            case Self.crowd...: 30
            default: neighbours >= Self.neighboursMax ? Self.neighbouring : Self.alike
            }
        return best.likeness.isAtLeast(percent: needed) ? best.index : nil
    }

    // MARK: Bounds

    /// Drops the least frequent quarter.
    private mutating func thin() {
        absorb()
        let wanted = limits.clusters - limits.clusters / 4
        if live > wanted {
            let counts = clusters.map { $0?.steps.total ?? .max }
            // Of two equally frequent ones, the older has had more time.
            let order = clusters.indices.filter { clusters[$0] != nil }.sorted {
                counts[$0] == counts[$1] ? $0 < $1 : counts[$0] < counts[$1]
            }
            for index in order.prefix(live - wanted) {
                guard let cluster = clusters[index] else { continue }
                leftovers[cluster.level, default: StepCounts()].add(cluster.steps)
                clusters[index] = nil
            }
        }
        compact()
    }

    /// Adds clusters to those of the same skeleton that cover them.
    private mutating func absorb() {
        for group in groups.values where group.count > 1 {
            // A template with more variables is wider.
            let order = group.sorted { left, right in
                let widths = (Self.width(clusters[left]), Self.width(clusters[right]))
                return widths.0 == widths.1 ? left < right : widths.0 > widths.1
            }
            for (position, wide) in order.enumerated() {
                guard let cover = clusters[wide] else { continue }
                for index in order[(position + 1)...] {
                    guard let cluster = clusters[index], cover.covers(cluster) else { continue }
                    clusters[wide]?.steps.add(cluster.steps)
                    clusters[index] = nil
                }
            }
        }
    }

    private static func width(_ cluster: Cluster?) -> Int {
        cluster?.hashes.reduce(0) { $0 + ($1 <= Cluster.differing ? 1 : 0) } ?? 0
    }

    private mutating func compact() {
        let kept = clusters.compactMap { $0 }
        clusters = []
        groups = [:]
        live = 0
        cache.removeAll()
        for cluster in kept { _ = add(cluster) }
    }

    // MARK: Answers

    private struct Merged {
        var text: String
        var level: UInt8
        var count: Int
        var steps: StepCounts
        var example: String
    }

    /// One for each text and level.
    private func merged() -> [Merged] {
        var copy = self
        copy.absorb()
        var places: [String: Int] = [:]
        var result: [Merged] = []
        for cluster in copy.clusters {
            guard let cluster else { continue }
            let text = cluster.pattern
            let count = cluster.steps.total
            if let place = places["\(cluster.level) \(text)"] {
                result[place].count += count
                result[place].steps.add(cluster.steps)
            } else {
                places["\(cluster.level) \(text)"] = result.count
                result.append(
                    Merged(
                        text: text, level: cluster.level, count: count, steps: cluster.steps,
                        example: String(decoding: cluster.example, as: UTF8.self)))
            }
        }
        return result
    }
}
