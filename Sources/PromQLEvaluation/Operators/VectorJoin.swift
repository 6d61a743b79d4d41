import PromQL
import PrometheusModel

/// Joins two vectors by an arithmetic operation or comparison.
///
/// Groups of matching labels are found once for each series. When each group has one series on the "one" side, and no
/// two results can clash, pairs are fixed and computed row by row; otherwise who meets whom is found at each time.
struct VectorJoin {
    private let plan: BinaryPlan
    /// The side that may have several series of a group, and the other.
    private let many: Grid
    private let one: Grid
    private let isSwapped: Bool
    private let groupsOfMany: [Int]
    private let groupsOfOne: [Int]
    private let groupCount: Int
    private let matchingNames: Set<String>

    init(_ plan: BinaryPlan, _ left: Grid, _ right: Grid) {
        self.plan = plan
        matchingNames = Set(plan.matching.labels)
        isSwapped = plan.matching.cardinality == .oneToMany
        many = isSwapped ? right : left
        one = isSwapped ? left : right
        var index = LabelIndex(plan.matching.choice)
        groupsOfMany = many.labels.map { index.ordinal(of: $0) }
        groupsOfOne = one.labels.map { index.ordinal(of: $0) }
        groupCount = index.count
    }

    mutating func result(_ notes: inout Annotations, _ budget: inout SampleBudget) throws(QueryError) -> Grid {
        guard many.seriesCount > 0, one.seriesCount > 0 else { return Grid(many.times) }
        if !many.hasHistograms, !one.hasHistograms, let pairs = fixedPairs() { return try rows(pairs, &budget) }
        return try steps(&notes, &budget)
    }

    // MARK: - Fixed pairs

    private struct Pair {
        var many: Int
        var one: Int
        var labels: Labels
    }

    /// Nil when who meets whom may change, or results may clash.
    private func fixedPairs() -> [Pair]? {
        var seriesOfGroup = Array(repeating: -1, count: groupCount)
        for (series, group) in groupsOfOne.enumerated() {
            guard seriesOfGroup[group] < 0 else { return nil }
            seriesOfGroup[group] = series
        }
        let isOneToOne = plan.matching.cardinality == .oneToOne
        var isUsed = Array(repeating: false, count: isOneToOne ? groupCount : 0)
        var pairs: [Pair] = []
        for (series, group) in groupsOfMany.enumerated() where seriesOfGroup[group] >= 0 {
            if isOneToOne {
                guard !isUsed[group] else { return nil }
                isUsed[group] = true
            }
            let partner = seriesOfGroup[group]
            pairs.append(
                Pair(
                    many: series, one: partner,
                    labels: resultLabels(many.labels[series], one.labels[partner])))
        }
        guard mayClash else { return pairs }
        var results = LabelIndex(.all)
        for (place, pair) in pairs.enumerated() where results.ordinal(of: pair.labels) != place { return nil }
        return pairs
    }

    /// Whether pairs of different groups, or of one group, may have results with the same labels. Of one-to-one pairs the
    /// labels that are matched stay in the result, but for those that go with the name.
    private var mayClash: Bool {
        guard plan.matching.cardinality == .oneToOne else { return true }
        guard plan.operation.changesMeaning else { return false }
        if plan.matching.isOn { return !matchingNames.isDisjoint(with: Labels.reserved) }
        return many.labels.contains { labels in
            labels.entries.contains { $0.name != Labels.nameLabel && Labels.reserved.contains($0.name) }
        }
    }

    private func rows(_ pairs: [Pair], _ budget: inout SampleBudget) throws(QueryError) -> Grid {
        let steps = many.steps
        let before = budget.held
        try budget.hold(series: pairs.count, steps: steps)
        var result = Grid(many.times)
        result.labels = pairs.map(\.labels)
        result.dropsName = Array(repeating: plan.returnsBool, count: pairs.count)
        let (operation, returnsBool, isSwapped) = (plan.operation, plan.returnsBool, isSwapped)
        result.values = Array(unsafeUninitializedCapacity: pairs.count * steps) { out, count in
            many.values.withUnsafeBufferPointer { many in
                one.values.withUnsafeBufferPointer { one in
                    for (row, pair) in pairs.enumerated() {
                        for step in 0..<steps {
                            let a = many[pair.many * steps + step], b = one[pair.one * steps + step]
                            var value = absent
                            if !isAbsent(a) && !isAbsent(b) {
                                let left = isSwapped ? b : a, right = isSwapped ? a : b
                                if operation.isComparison {
                                    let holds = operation.holds(left, right)
                                    value = returnsBool ? (holds ? 1 : 0) : holds ? left : absent
                                } else {
                                    value = operation.compute(left, right)
                                }
                            }
                            out.initializeElement(at: row * steps + step, to: value)
                        }
                    }
                }
            }
            count = pairs.count * steps
        }
        budget.reset(to: before)
        return result
    }

    // MARK: - Step by step

    private func steps(_ notes: inout Annotations, _ budget: inout SampleBudget) throws(QueryError) -> Grid {
        let steps = many.steps
        var result = Grid(many.times)
        var rows = LabelIndex(.all)
        var labelsOfPair: [[Int]: Labels] = [:]
        // Which series of the "one" side a group has at this time, and which results it has had.
        var seriesOfGroup = Array(repeating: -1, count: groupCount)
        var resultsOfGroup: [Int: Set<Labels>] = [:]
        for step in 0..<steps {
            try budget.spend(8 * (many.seriesCount + one.seriesCount))
            for group in seriesOfGroup.indices { seriesOfGroup[group] = -1 }
            resultsOfGroup.removeAll(keepingCapacity: true)
            // As nothing meets nothing, an ambiguity is then none.
            guard hasValue(many, at: step), hasValue(one, at: step) else { continue }
            for (series, group) in groupsOfOne.enumerated() where one.isPresent(series * steps + step) {
                guard seriesOfGroup[group] < 0 else { throw ambiguity(series, seriesOfGroup[group]) }
                seriesOfGroup[group] = series
            }
            var problem: (ElementResult, Operand, Operand)?
            for (series, group) in groupsOfMany.enumerated() {
                let slot = series * steps + step
                let partner = seriesOfGroup[group]
                guard partner >= 0, many.isPresent(slot) else { continue }
                let mine = Operand(value: many.values[slot], histogram: many.histogram(slot))
                let other = Operand(
                    value: one.values[partner * steps + step], histogram: one.histogram(partner * steps + step))
                let (left, right) = isSwapped ? (other, mine) : (mine, other)
                var (number, box, isKept) = (0.0, HistogramBox?.none, false)
                let outcome = ElementOperation.apply(plan.operation, left, right)
                switch outcome {
                case .value(let value, let keeps): (number, isKept) = (value, keeps)
                case .histogram(let value, let keeps): (box, isKept) = (value, keeps)
                case .incompatibleTypes, .incompatibleBuckets:
                    problem = (outcome, left, right)
                    continue
                }
                if plan.returnsBool {
                    (number, box) = (isKept ? 1 : 0, nil)
                } else if !isKept {
                    continue
                }
                let labels = labelsOfPair[
                    [series, partner], default: resultLabels(many.labels[series], one.labels[partner])]
                labelsOfPair[[series, partner]] = labels
                try register(labels, group, &resultsOfGroup)
                let row = rows.ordinal(of: labels)
                if row == result.seriesCount {
                    try budget.hold(steps)
                    result.appendRow(labels, dropsName: plan.returnsBool)
                }
                guard !result.isPresent(row * steps + step) else { throw Grid.duplicates() }
                result.values[row * steps + step] = number
                if let box { result.set(row * steps + step, box) }
            }
            if let problem { tell(problem, &notes) }
        }
        return result
    }

    private func hasValue(_ grid: Grid, at step: Int) -> Bool {
        (0..<grid.seriesCount).contains { grid.isPresent($0 * grid.steps + step) }
    }

    private func register(
        _ labels: Labels, _ group: Int, _ results: inout [Int: Set<Labels>]
    ) throws(QueryError) {
        if plan.matching.cardinality == .oneToOne {
            guard results[group] == nil else {
                throw QueryError(
                    .execution,
                    "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")
            }
            results[group] = []
        } else if !results[group, default: []].insert(labels).inserted {
            throw QueryError(
                .execution, "multiple matches for labels: grouping labels must ensure unique matches")
        }
    }

    private func ambiguity(_ series: Int, _ known: Int) -> QueryError {
        let matching = plan.matching
        let labels = one.labels[series]
        let group =
            matching.isOn
            ? labels.keeping(matchingNames) : labels.removing(matchingNames.union([Labels.nameLabel]))
        return QueryError(
            .execution,
            "found duplicate series for the match group \(group.messageText) on the "
                + "\(isSwapped ? "left" : "right") hand-side of the operation: "
                + "[\(labels.messageText), \(one.labels[known].messageText)];many-to-many matching not allowed: "
                + "matching labels must be unique on one side")
    }

    private func tell(_ problem: (ElementResult, Operand, Operand), _ notes: inout Annotations) {
        if case .incompatibleBuckets = problem.0 {
            notes.incompatibleBuckets(operator: plan.operation.rawValue, at: plan.range)
        } else {
            notes.incompatibleTypes(
                left: problem.1.kind, operator: plan.operation.rawValue, right: problem.2.kind, at: plan.range)
        }
    }

    // MARK: - Labels

    private func resultLabels(_ many: Labels, _ one: Labels) -> Labels {
        let matching = plan.matching
        var labels = plan.operation.changesMeaning ? many.withoutReserved : many
        if matching.cardinality == .oneToOne {
            if matching.isOn {
                labels = labels.keeping(matchingNames)
            } else if !matchingNames.isEmpty {
                labels = labels.removing(matchingNames)
            }
        }
        for name in matching.include { labels = labels.setting(name, one[name]) }
        return labels
    }
}
