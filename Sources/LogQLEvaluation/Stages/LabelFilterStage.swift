import LogQL
import PrometheusModel

/// `| status >= 500 and method = "GET"`
///
/// - Spec: Loki, "Label filter expression". A text test takes a missing label for an empty one; the others drop a line
///   without the label. A value that is not of the type keeps the line and marks it `LabelFilterErr`; an earlier error
///   stays.
final class LabelFilterStage: LineStage {
    private indirect enum Test {
        /// `__error__`
        case error(TextTest)
        case text(Int32, TextTest)
        case number(Int32, LabelFilter.Comparison, Double)
        case duration(Int32, LabelFilter.Comparison, Int64)
        case bytes(Int32, LabelFilter.Comparison, UInt64)
        case address(Int32, isEqual: Bool, AddressFilter)
        case and(Test, Test)
        case or(Test, Test)
    }

    private let test: Test
    private let names: [String]

    init(_ filter: LabelFilter, _ names: inout NameTable) throws(LogQLEvaluationError) {
        var read: [String] = []
        test = try Self.prepare(filter, &names, &read)
        self.names = read
    }

    private static func prepare(
        _ filter: LabelFilter, _ names: inout NameTable, _ read: inout [String]
    ) throws(LogQLEvaluationError) -> Test {
        switch filter {
        case .matcher(let matcher):
            // What everything passes reads nothing.
            if !(matcher.kind == .matches && matcher.value == ".*") { read.append(matcher.name) }
            let test = try TextTest(matcher)
            return matcher.name == LineLabels.errorName ? .error(test) : .text(names.intern(matcher.name), test)
        case .number(let name, let comparison, let value):
            read.append(name)
            return .number(names.intern(name), comparison, value)
        case .duration(let name, let comparison, let value):
            read.append(name)
            return .duration(names.intern(name), comparison, value)
        case .bytes(let name, let comparison, let value):
            read.append(name)
            return .bytes(names.intern(name), comparison, value)
        case .address(let name, let isEqual, let pattern):
            read.append(name)
            return .address(names.intern(name), isEqual: isEqual, try AddressFilter.checked(pattern))
        case .and(let left, let right):
            return .and(try prepare(left, &names, &read), try prepare(right, &names, &read))
        case .or(let left, let right):
            return .or(try prepare(left, &names, &read), try prepare(right, &names, &read))
        }
    }

    override var readsLabels: [String]? { names }

    override func process(_ state: inout LineState) -> Bool { Self.holds(test, &state.labels) }

    private static func holds(_ test: Test, _ labels: inout LineLabels) -> Bool {
        switch test {
        case .error(let test): return test.matches(labels.error)
        case .text(let name, let test): return test.matches(labels.value(name) ?? .nothing)
        case .number(let name, let comparison, let wanted):
            guard let text = labels.value(name) else { return false }
            guard let value = LogQLConversions.number(text) else {
                fail(&labels) { LogQLConversions.numberFailure(text) }
                return true
            }
            return compare(value, comparison, wanted)
        case .duration(let name, let comparison, let wanted):
            guard let text = labels.value(name) else { return false }
            guard let value = LogQLConversions.duration(text) else {
                fail(&labels) { LogQLConversions.durationFailure(text) }
                return true
            }
            return compare(value, comparison, wanted)
        case .bytes(let name, let comparison, let wanted):
            guard let text = labels.value(name) else { return false }
            guard let value = LogQLConversions.bytes(text) else {
                fail(&labels) { LogQLConversions.bytesFailure(text) }
                return true
            }
            return compare(value, comparison, wanted)
        case .address(let name, let isEqual, let filter):
            // Alone among them it lets lines with an error through.
            if !labels.error.isEmpty { return true }
            guard let text = labels.value(name) else { return false }
            return filter.containsMatch(in: text) == isEqual
        case .and(let left, let right):
            // Both, so that the right one's error shows also when the left one does not hold.
            let holdsLeft = holds(left, &labels)
            return holds(right, &labels) && holdsLeft
        case .or(let left, let right): return holds(left, &labels) || holds(right, &labels)
        }
    }

    private static func fail(_ labels: inout LineLabels, _ details: () -> String) {
        if labels.error.isEmpty { labels.setError(StageFailure.labelFilter, details()) }
    }

    @inline(__always)
    private static func compare<Value: Comparable>(
        _ value: Value, _ comparison: LabelFilter.Comparison, _ wanted: Value
    ) -> Bool {
        switch comparison {
        case .equal: value == wanted
        case .notEqual: value != wanted
        case .less: value < wanted
        case .lessOrEqual: value <= wanted
        case .greater: value > wanted
        case .greaterOrEqual: value >= wanted
        }
    }
}
