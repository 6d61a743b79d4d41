import LogQL

/// What of a line's labels the outcome of a metric query depends on, so that parsers can leave out the rest and stop
/// early. Loki does the same, and it shows: a parser that has all it needs does not come to an error later in the line.
struct LabelHints {
    /// Nothing is needed: parsers do not run at all.
    var isNothingNeeded = false
    /// Only these are; empty for all.
    var required: [String] = []
    /// The query asks for `__error__` itself: then a series of failed lines is no failure of the query.
    var keepsErrors = false

    static let all = LabelHints()

    var areAllNeeded: Bool { required.isEmpty && !isNothingNeeded }

    init() {}

    /// - Parameters:
    ///   - names: labels that filters, formats and the unwrap read.
    ///   - grouping: what series are made of; nil for all labels.
    ///   - isNothingGrouped: series without labels: of `sum(…)`, of `absent_over_time`.
    init(reading names: [String], unwrap: String?, grouping: Grouping?, isNothingGrouped: Bool) {
        var wanted: [String] = []
        for name in names + (grouping?.labels ?? []) + (unwrap.map { [$0] } ?? []) {
            // A label that clashes gets the suffix after it was looked for without.
            for name in name.hasSuffix("_extracted") ? [name, String(name.dropLast(10))] : [name]
            where !name.isEmpty && !wanted.contains(name) {
                wanted.append(name)
            }
        }
        if isNothingGrouped {
            isNothingNeeded = wanted.isEmpty
        } else if grouping?.isWithout != false || grouping?.labels.isEmpty != false {
            return
        }
        required = wanted
        keepsErrors = wanted.contains(LineLabels.errorName)
    }
}
