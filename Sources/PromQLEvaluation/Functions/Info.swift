import PromQL
import PrometheusModel

/// `info(v, {conditions})`: adds the data labels of info metrics (`target_info` unless the conditions name others) that
/// have the same `job` and `instance`.
///
/// - Spec: Prometheus 3.5, "Query functions", `info` (experimental).
enum InfoFunction {
    static let bodies: [String: FunctionBody] = [
        "info": { (evaluator, call, times) throws(QueryError) in
            let base = try evaluator.vector(call.arguments[0], on: times)
            guard let selector = call.infoSelector else { return .vector(base) }
            let info = try evaluator.select(selector, on: times, reading: .timestamp)
            try evaluator.budget.hold(series: info.seriesCount, steps: info.steps)
            let join = InfoJoin(base: base, info: info, matchers: selector.matchers)
            return .vector(try join.result(&evaluator.budget))
        }
    ]

    private static let targetInfo = "target_info"

    /// What is asked for the info series; which of them belong to a series is found when they are joined.
    static func selector(
        _ matchers: [LabelMatcher], id: Int, offset: Int64, at: Int64?, range: SourceRange
    ) -> SelectorPlan {
        var matchers = matchers
        if !matchers.contains(where: { $0.name == Labels.nameLabel }) {
            matchers.insert(LabelMatcher(equal: Labels.nameLabel, targetInfo), at: 0)
        }
        return SelectorPlan(
            id: id, matchers: matchers, offset: offset, at: at, surroundings: "info", range: range)
    }
}

/// Joins series with info series, step by step: which info sample is the latest changes.
private struct InfoJoin {
    let base: Grid
    /// Values are times of samples.
    let info: Grid
    private let nameMatchers: [LabelMatcher]
    private let dataMatchers: [LabelMatcher]
    private static let identifying = ["instance", "job"]

    init(base: Grid, info: Grid, matchers: [LabelMatcher]) {
        self.base = base
        self.info = info
        nameMatchers = matchers.filter { $0.name == Labels.nameLabel }
        dataMatchers = matchers.filter { $0.name != Labels.nameLabel }
    }

    func result(_ budget: inout SampleBudget) throws(QueryError) -> Grid {
        var identities = LabelIndex(.only(Self.identifying))
        let identityOfBase = base.labels.map { identities.ordinal(of: $0) }
        // Info series by identity.
        var infoOfIdentity: [Int: [Int]] = [:]
        for series in 0..<info.seriesCount {
            if let identity = identities.existing(info.labels[series]) {
                infoOfIdentity[identity, default: []].append(series)
            }
        }
        let dataNames = Set(dataMatchers.map(\.name))
        let mayBeWithout = dataMatchers.allSatisfy { $0.matches("") }
        var rows = LabelIndex(.all)
        var grid = Grid(base.times)
        for series in 0..<base.seriesCount {
            let labels = base.labels[series]
            let isInfo = nameMatchers.allSatisfy { $0.matches(labels.metricName) }
            let hasIdentity = Self.identifying.contains { !labels[$0].isEmpty }
            let candidates = isInfo || !hasIdentity ? [] : infoOfIdentity[identityOfBase[series]] ?? []
            // The row of the last step: mostly the same info series hold at the next one.
            var known: (matched: [Int], row: Int)?
            try budget.spend(base.steps)
            for (step, slot) in base.slots(of: series).enumerated() where base.isPresent(slot) {
                try budget.spend(8 * candidates.count)
                let matched = isInfo ? [] : try latest(candidates, step)
                if !isInfo && matched.isEmpty && !mayBeWithout { continue }
                let row: Int
                if let known, known.matched == matched {
                    row = known.row
                } else {
                    try budget.spend(64)
                    let joined = try isInfo ? labels : labels.joining(matched.map { info.labels[$0] }, only: dataNames)
                    row = rows.ordinal(of: joined)
                    if row == grid.seriesCount {
                        // Each distinct set of labels is a row of all steps.
                        try budget.hold(base.steps)
                        grid.appendRow(joined, dropsName: base.dropsName[series])
                    }
                    known = (matched, row)
                }
                let target = row * base.steps + step
                guard !grid.isPresent(target) else { throw Grid.duplicates() }
                grid.values[target] = base.values[slot]
                if let box = base.histogram(slot) { grid.set(target, box) }
            }
        }
        return grid
    }

    /// Of each info metric the series with the latest sample.
    private func latest(_ candidates: [Int], _ step: Int) throws(QueryError) -> [Int] {
        var chosen: [Int] = []
        for series in candidates {
            let slot = series * info.steps + step
            guard info.isPresent(slot) else { continue }
            let name = info.labels[series].metricName
            guard let place = chosen.firstIndex(where: { info.labels[$0].metricName == name }) else {
                chosen.append(series)
                continue
            }
            let known = chosen[place] * info.steps + step
            if info.values[known] == info.values[slot] {
                throw QueryError(
                    .execution,
                    "found duplicate series for info metric: existing \(info.labels[chosen[place]].messageText) @ "
                        + "\(milliseconds(known)), new \(info.labels[series].messageText) @ \(milliseconds(slot))")
            }
            if info.values[known] < info.values[slot] { chosen[place] = series }
        }
        return chosen
    }

    private func milliseconds(_ slot: Int) -> String { NumberText.plain((info.values[slot] * 1000).rounded()) }
}

extension Labels {
    /// With the data labels of info series; a label that is there stays.
    ///
    /// - Parameter only: names of the labels to add; empty for all.
    fileprivate func joining(_ infos: [Labels], only names: Set<String>) throws(QueryError) -> Labels {
        var added: [String: String] = [:]
        for info in infos {
            for entry in info.entries where entry.name != Labels.nameLabel {
                guard names.isEmpty || names.contains(entry.name) else { continue }
                if let other = added[entry.name], other != entry.value {
                    throw QueryError(.execution, "conflicting label: \(entry.name)")
                }
                if !has(entry.name) { added[entry.name] = entry.value }
            }
        }
        guard !added.isEmpty else { return self }
        return Labels(entries + added.map { Label($0.key, $0.value) })
    }
}
