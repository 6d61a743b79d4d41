/// One thing that was compared.
package struct ComparisonFinding: Sendable, Equatable {
    /// What `--fail-on` and `--ignore` name.
    package enum Group: String, Sendable, CaseIterable {
        case slower, faster, errors
        case missingOperations = "missing-operations"
        case newOperations = "new-operations"
        case counts, attributes, metrics, logs, shape
    }

    package enum Kind: String, Sendable, CaseIterable {
        case slower, faster
        case moreErrors = "more-errors"
        case fewerErrors = "fewer-errors"
        case newOperation = "new-operation"
        case missingOperation = "missing-operation"
        case moreCalls = "more-calls"
        case fewerCalls = "fewer-calls"
        case newAttribute = "new-attribute"
        case missingAttribute = "missing-attribute"
        case attributeShare = "attribute-share"
        case attributeType = "attribute-type"
        case newShape = "new-shape"
        case goneShape = "gone-shape"
        case shapeShare = "shape-share"
        case newMetric = "new-metric"
        case missingMetric = "missing-metric"
        case metricDefinition = "metric-definition"
        case metricHigher = "metric-higher"
        case metricLower = "metric-lower"
        case newPattern = "new-pattern"
        case gonePattern = "gone-pattern"
        case moreLogs = "more-logs"
        case fewerLogs = "fewer-logs"

        /// Nil for what is only good news, which nothing fails on but `any`.
        package var group: Group? {
            switch self {
            case .slower: .slower
            case .faster: .faster
            case .moreErrors: .errors
            case .fewerErrors: nil
            case .newOperation: .newOperations
            case .missingOperation: .missingOperations
            case .moreCalls, .fewerCalls: .counts
            case .newAttribute, .missingAttribute, .attributeShare, .attributeType: .attributes
            case .newShape, .goneShape, .shapeShare: .shape
            case .newMetric, .missingMetric, .metricDefinition, .metricHigher, .metricLower: .metrics
            case .newPattern, .gonePattern, .moreLogs, .fewerLogs: .logs
            }
        }

        /// For tables: what B is, compared with A.
        package var word: String {
            switch self {
            case .slower: "slower"
            case .faster: "faster"
            case .moreErrors: "more errors"
            case .fewerErrors: "fewer errors"
            case .newOperation, .newAttribute, .newShape, .newMetric, .newPattern: "new"
            case .missingOperation, .missingAttribute, .missingMetric: "missing"
            case .goneShape, .gonePattern: "gone"
            case .moreCalls, .moreLogs: "more"
            case .fewerCalls, .fewerLogs: "fewer"
            case .attributeShare, .shapeShare: "other share"
            case .attributeType: "other type"
            case .metricDefinition: "defined otherwise"
            case .metricHigher: "higher"
            case .metricLower: "lower"
            }
        }
    }

    package enum Verdict: String, Sendable, CaseIterable {
        /// Large enough to matter and not explained by chance.
        case different
        /// It looks different, but so few were seen that chance explains it.
        case tooFew = "too-few"
        /// Equal, too small a change to matter, or within the noise.
        case same
    }

    /// A measured value and, where there is one, the interval in which the true one lies.
    package struct Figure: Sendable, Equatable {
        package var value: Double
        package var low: Double?
        package var high: Double?

        package init(_ value: Double, low: Double? = nil, high: Double? = nil) {
            self.value = value
            self.low = low
            self.high = high
        }
    }

    package enum Unit: String, Sendable {
        case nanoseconds, count, share
        case perSecond = "per-second"
        /// As the metric has it.
        case own
        case none
    }

    package var kind: Kind
    package var service: String
    /// Of the operation or metric, or the template.
    package var name: String
    /// `p95`, the attribute's key, the problem; empty for the thing itself.
    package var detail = ""
    package var unit = Unit.none
    package var a: Figure?
    package var b: Figure?
    /// What cannot be said as a number: types of attributes, definitions of metrics.
    package var aText = ""
    package var bText = ""
    /// Nil when no test was made, since the difference is one of kind.
    package var pValue: Double?
    package var verdict = Verdict.same
    /// Why the verdict is so, where the figures do not show it; a clause.
    package var reason = ""
    /// A drawn tree in which `-` is of A, `+` of B.
    package var lines: [String] = []

    package init(_ kind: Kind, service: String, name: String, detail: String = "") {
        self.kind = kind
        self.service = service
        self.name = name
        self.detail = detail
    }

    /// `b / a - 1`; nil where there is no ratio.
    package var relativeChange: Double? {
        guard let a, let b, a.value > 0, unit != .share else { return nil }
        return b.value / a.value - 1
    }

    /// How large the change is, for thresholds: of shares the difference, of all else the relative change; nil for
    /// what is there or is not.
    package var magnitude: Double? {
        if unit == .share, let a, let b { return abs(b.value - a.value) }
        return relativeChange.map(abs)
    }
}
