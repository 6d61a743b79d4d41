import TraceAnalysis

/// Compares two runs.
///
/// Everything is compared twice: is the change large enough to matter (`ComparisonOptions`), and is it more than
/// chance. For the second there is a distribution-free or exact test a kind of thing (`Statistics`); the p values of
/// one section (durations, counts, errors, attributes, shapes, metrics, logs) are judged together
/// (`FalseDiscovery`), so that many comparisons do not make a difference by themselves. What cannot reach
/// significance with so few observations is `tooFew`.
///
/// When root operations ran equally often in both runs, the runs did the same work (`SameWork`): then a thing that is
/// there in one run only is a difference even if it is there once. Pure: no clock and no randomness.
package enum RunComparison {
    /// - Throws: when a side is empty.
    package static func compare(
        _ a: RunProfile, _ b: RunProfile, options: ComparisonOptions = ComparisonOptions()
    ) throws(ComparisonError) -> ComparisonResult {
        for side in [a, b] where side.isEmpty {
            throw ComparisonError(description: "\(side.title) has no telemetry, so there is nothing to compare")
        }
        let context = ComparisonContext(a: a, b: b, options: options)
        var findings: [ComparisonFinding] = []
        for candidates in [
            DurationComparison.candidates(context), CountComparison.candidates(context),
            ErrorComparison.candidates(context), AttributeComparison.candidates(context),
            ShapeComparison.candidates(context), MetricComparison.candidates(context),
            LogComparison.candidates(context),
        ] {
            let wanted = candidates.filter { candidate in
                !options.ignored.contains { $0.matches(candidate.finding) }
            }
            findings += Candidate.judge(wanted, level: options.level)
        }
        let ranked = findings.enumerated().map { (finding: $1, rank: Ranking.rank($1), place: $0) }.sorted {
            ($0.rank, -Double($0.place)) > ($1.rank, -Double($1.place))
        }
        return ComparisonResult(
            a: side(a), b: side(b), options: options, findings: ranked.map(\.finding),
            operations: operations(context), notes: versionNotes(a, b), isSameWork: context.isSameWork)
    }

    private static func side(_ profile: RunProfile) -> ComparisonResult.Side {
        ComparisonResult.Side(
            title: profile.title, seconds: profile.seconds, traces: profile.traceCount, spans: profile.spanCount,
            points: profile.pointCount, logs: profile.logCount, notes: profile.notes)
    }

    private static func operations(_ context: ComparisonContext) -> [ComparisonResult.Operation] {
        context.operationKeys.map { key in
            ComparisonResult.Operation(
                service: key.service, name: key.operation, a: figures(context.a.operations[key]),
                b: figures(context.b.operations[key]))
        }
    }

    private static func figures(_ profile: OperationProfile?) -> ComparisonResult.Operation.Figures {
        guard let profile, profile.count > 0 else { return .init(count: 0, errors: 0, percentiles: []) }
        let sorted = profile.observations.sorted
        return .init(
            count: profile.count, errors: profile.errors,
            percentiles: [0.5, 0.95, 0.99].map { QuantileInterval.quantile($0, sorted: sorted) })
    }

    private static func versionNotes(_ a: RunProfile, _ b: RunProfile) -> [String] {
        var notes: [String] = []
        for service in Set(a.versions.keys).union(b.versions.keys).sorted() {
            let (one, two) = (a.versions[service] ?? [:], b.versions[service] ?? [:])
            for key in Set(one.keys).intersection(two.keys).sorted() where one[key] != two[key] {
                let texts = [one[key], two[key]].map { ($0 ?? []).sorted().joined(separator: ", ") }
                notes.append("\(service): \(key) \(texts[0]) → \(texts[1])")
            }
        }
        return notes
    }
}

/// The two runs and what all sections need to know of both.
struct ComparisonContext {
    let a: RunProfile
    let b: RunProfile
    let options: ComparisonOptions
    /// Of both, by service and name.
    let operationKeys: [OperationKey]
    let isSameWork: Bool

    init(a: RunProfile, b: RunProfile, options: ComparisonOptions) {
        self.a = a
        self.b = b
        self.options = options
        operationKeys = Set(a.operations.keys).union(b.operations.keys).sorted {
            ($0.service, $0.operation) < ($1.service, $1.operation)
        }
        isSameWork = SameWork.isLikely(
            operationKeys.compactMap { key in
                guard let one = a.tracesByRoot[key], let two = b.tracesByRoot[key] else { return nil }
                return (one, two)
            })
    }

    /// Seconds of both; equal when one is not known.
    var exposures: (Double, Double) { a.seconds > 0 && b.seconds > 0 ? (a.seconds, b.seconds) : (1, 1) }

    /// The p value of two counts by the wanted basis, and the change that it is about.
    ///
    /// - Parameter dispersion: how much more the counts vary than Poisson counts.
    func countTest(_ one: Int, _ two: Int, dispersion: Double) -> (pValue: Double, change: Double) {
        let effective = (Self.scaled(one, dispersion), Self.scaled(two, dispersion))
        let total = ExactTest.poisson(effective.0, effective.1)
        let rate = ExactTest.poisson(effective.0, effective.1, exposures: exposures)
        let totalChange = Self.change(Double(one), Double(two))
        let rateChange = Self.change(Double(one) / exposures.0, Double(two) / exposures.1)
        switch options.countBasis {
        case .total: return (total, totalChange)
        case .rate: return (rate, rateChange)
        case .both:
            // Where only one of them changes, the length of the run explains the other.
            guard totalChange.sign == rateChange.sign else { return (1, 0) }
            return (max(total, rate), abs(totalChange) < abs(rateChange) ? totalChange : rateChange)
        }
    }

    /// The figures of two counts: by rate per second when that is what is compared.
    func setCounts(_ one: Int, _ two: Int, in finding: inout ComparisonFinding) {
        let isRate = options.countBasis == .rate && a.seconds > 0 && b.seconds > 0
        finding.unit = isRate ? .perSecond : .count
        finding.a = .init(Double(one) / (isRate ? exposures.0 : 1))
        finding.b = .init(Double(two) / (isRate ? exposures.1 : 1))
    }

    private static func scaled(_ count: Int, _ dispersion: Double) -> Int {
        count == 0 ? 0 : max(1, Int((Double(count) / max(1, dispersion)).rounded()))
    }

    /// Relative; infinite from nothing to something.
    static func change(_ one: Double, _ two: Double) -> Double {
        if one == two { return 0 }
        return one > 0 ? two / one - 1 : .infinity
    }
}

/// A finding before the section was judged.
struct Candidate {
    var finding: ComparisonFinding
    var pValue: Double
    /// The smallest p value that so few observations can give.
    var smallestPValue = 0.0
    /// Whether the change matters if it is real.
    var isLarge: Bool
    /// A difference of kind, for which chance is no explanation.
    var isCertain = false
    /// Something that is on one side only: when chance explains it, too few were seen to tell.
    var isPresence = false

    static func judge(_ candidates: [Candidate], level: Double) -> [ComparisonFinding] {
        // What cannot become significant, whatever is observed, takes nothing from the others (R. E. Tarone, "A modified
        // Bonferroni method for discrete data", Biometrics 46, 1990).
        let tested = candidates.filter { !$0.isCertain && $0.smallestPValue <= level }
        let threshold = FalseDiscovery.threshold(tested.map(\.pValue), level: level)
        return candidates.map { candidate in
            var finding = candidate.finding
            finding.pValue = candidate.isCertain ? nil : candidate.pValue
            let isSignificant =
                candidate.isCertain || candidate.smallestPValue <= level && candidate.pValue <= threshold
            if candidate.isLarge && isSignificant {
                finding.verdict = .different
            } else if candidate.isLarge && (candidate.isPresence || candidate.smallestPValue > level / 10) {
                finding.verdict = .tooFew
            } else {
                finding.verdict = .same
            }
            return finding
        }
    }
}

/// The order of findings: what breaks first, then what is slow, then what looks different.
enum Ranking {
    static func rank(_ finding: ComparisonFinding) -> Double {
        let verdict: Double =
            switch finding.verdict {
            case .different: 2_000
            case .tooFew: 1_000
            case .same: 0
            }
        let kind: Double =
            switch finding.kind {
            case .missingOperation: 90
            case .moreErrors: 85
            case .slower: 80
            case .newOperation: 75
            case .missingMetric, .metricDefinition: 65
            case .goneShape, .newShape: 60
            case .missingAttribute, .attributeType: 55
            case .newPattern: 50
            case .newMetric: 48
            case .newAttribute: 46
            case .moreCalls, .fewerCalls: 44
            case .gonePattern: 42
            case .moreLogs, .fewerLogs: 40
            case .faster: 38
            case .fewerErrors: 36
            case .metricHigher, .metricLower: 34
            case .attributeShare, .shapeShare: 30
            }
        // Within a kind, the larger change first.
        return verdict + kind + min(finding.magnitude ?? 1, 40) / 10
    }
}
