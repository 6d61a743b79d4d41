import LogQL
import PrometheusModel

/// SplitMix64: the same numbers in every run.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(count, 1))) }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// Makes trees of the kind that the parser makes.
struct RandomTree {
    var random: SplitMix

    mutating func query() -> LogQLQuery {
        random.below(2) == 0 ? .log(selection()) : .metric(metric(depth: 4, canBeLiteral: true))
    }

    // MARK: - Lines

    mutating func selection() -> LogSelection {
        var matchers = [LabelMatcher(equal: name(), random.one(of: ["b", "x\"y", "\\", "é\n"]))]
        for _ in 0..<random.below(3) { matchers.append(matcher()) }
        var stages: [Stage] = []
        for stage in many(4, { $0.stage() }) where !Self.joins(stages.last, stage) { stages.append(stage) }
        return LogSelection(matchers: matchers, stages: stages)
    }

    /// Whether a filter after a name would be read as the condition on that name, `drop a != "b"`.
    private static func joins(_ first: Stage?, _ second: Stage) -> Bool {
        guard case .lineFilter(let filter) = second,
            filter.operation == .notContains || filter.operation == .notMatches
        else { return false }
        switch first {
        case .drop(let selections), .keep(let selections):
            if case .name = selections.last { return true }
            return false
        default: return false
        }
    }

    private mutating func stage() -> Stage {
        switch random.below(9) {
        case 0, 1: return .lineFilter(lineFilter())
        case 2, 3: return .parser(parser())
        case 4, 5: return .labelFilter(labelFilter(depth: 3))
        case 6: return random.below(2) == 0 ? .decolorize : .lineFormat(text())
        case 7:
            var names: Set<String> = []
            var formats: [LabelFormat] = []
            for _ in 0...random.below(3) {
                let label = name()
                guard names.insert(label).inserted else { continue }
                formats.append(
                    random.below(2) == 0 ? .rename(label: label, from: name()) : .template(label: label, text()))
            }
            return .labelFormat(formats)
        default:
            let selections = some(3) { (trees: inout RandomTree) -> LabelSelection in
                trees.random.below(2) == 0 ? .name(trees.name()) : .matcher(trees.matcher())
            }
            return random.below(2) == 0 ? .drop(selections) : .keep(selections)
        }
    }

    private mutating func lineFilter() -> LineFilter {
        let operation = random.one(of: [
            LineFilter.Operation.contains, .notContains, .matches, .notMatches, .pattern, .notPattern,
        ])
        return LineFilter(
            operation,
            some(3) { (trees: inout RandomTree) -> LineFilter.Operand in
                switch operation {
                case .contains, .notContains:
                    trees.random.below(3) == 0 ? .address(trees.text()) : .text(trees.text())
                case .matches, .notMatches: .text(trees.expression())
                case .pattern, .notPattern: .text(trees.random.one(of: ["", "<_> x", "a<_>b<_", "\"<_>\""]))
                }
            })
    }

    private mutating func parser() -> LineParser {
        let extractions = many(3) { LabelExtraction(label: $0.name(), expression: $0.text()) }
        return switch random.below(5) {
        case 0: .json(extractions)
        case 1: .logfmt(extractions, isStrict: random.below(2) == 0, keepsEmpty: random.below(2) == 0)
        case 2: .regexp(random.one(of: ["(?P<a>.)", "\\d(?P<a>\"\\s)(b)(?P<c>)"]))
        case 3: .pattern(random.one(of: ["<a>", "<a> \"<_>\" <b>", "\\<_><<c>>"]))
        default: .unpack
        }
    }

    mutating func labelFilter(depth: Int) -> LabelFilter {
        if depth > 0, random.below(2) == 0 {
            let left = labelFilter(depth: depth - 1), right = labelFilter(depth: depth - 1)
            return random.below(2) == 0 ? .and(left, right) : .or(left, right)
        }
        let comparison = random.one(of: [
            LabelFilter.Comparison.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual,
        ])
        switch random.below(5) {
        case 0: return .matcher(matcher())
        case 1: return .number(name(), comparison, number())
        case 2:
            let value: Int64 = random.one(of: [
                0, 1, 999, 1000, 1500, 1_000_000, 1_234_567, 60_000_000_000, 90_061_001_000_001, -1, -1_500_000_000,
                .max, .min,
            ])
            return .duration(name(), comparison, value)
        case 3:
            let value: UInt64 = random.one(of: [0, 1, 1000, 1024, 1500, 20_000_000, 1 << 40, 3_000_000_007, 1 << 63])
            return .bytes(name(), comparison, value)
        default: return .address(name(), isEqual: random.below(2) == 0, text())
        }
    }

    private mutating func matcher() -> LabelMatcher {
        let kind = random.one(of: [LabelMatcher.Kind.equal, .notEqual, .matches, .doesNotMatch])
        let isPattern = kind == .matches || kind == .doesNotMatch
        let label = name()
        return (try? LabelMatcher(kind, label, isPattern ? expression() : text())) ?? LabelMatcher(equal: label, "")
    }

    // MARK: - Numbers

    private mutating func metric(depth: Int, canBeLiteral: Bool) -> MetricExpression {
        if canBeLiteral, random.below(6) == 0 { return .literal(number()) }
        switch random.below(depth > 0 ? 8 : 3) {
        case 0: return .constantVector(abs(number()))
        case 1, 2: return .range(range())
        case 3, 4: return .binary(binary(depth: depth))
        case 5:
            let replacement = LabelReplacement(
                expression: metric(depth: depth - 1, canBeLiteral: true), target: text(), replacement: text(),
                source: text(), pattern: expression())
            return .labelReplace(replacement)
        default: return .vector(vector(depth: depth))
        }
    }

    private mutating func binary(depth: Int) -> BinaryOperation {
        let operation = random.one(of: BinaryOperation.Operator.allCases)
        let canBeLiteral = !operation.isSetOperation
        let left = metric(depth: depth - 1, canBeLiteral: canBeLiteral)
        var isLiteral = false
        if case .literal = left { isLiteral = true }
        let right = metric(depth: depth - 1, canBeLiteral: canBeLiteral && !isLiteral)
        var matching: BinaryOperation.Matching?
        if random.below(2) == 0 {
            let labels = many(3) { $0.name() }
            let cardinality = random.one(of: [
                BinaryOperation.Matching.Cardinality.oneToOne, .manyToOne(labels), .oneToMany(labels),
            ])
            matching = BinaryOperation.Matching(
                labels: many(3) { $0.name() }, isOn: random.below(2) == 0, cardinality: cardinality)
        }
        return BinaryOperation(left, operation, right, returnsBool: random.below(4) == 0, matching: matching)
    }

    private mutating func vector(depth: Int) -> VectorAggregation {
        let operation = random.one(of: VectorAggregation.Operation.allCases)
        let isRanked = operation == .topk || operation == .bottomk || operation == .approximateTopK
        var grouping = random.below(2) == 0 ? grouping() : nil
        switch operation {
        case .sort, .sortDescending, .approximateTopK: grouping = nil
        // By nothing is the same as no grouping, and read as that.
        default: if grouping?.labels.isEmpty == true, grouping?.isWithout == false { grouping = nil }
        }
        return VectorAggregation(
            operation: operation, parameter: isRanked ? 1 + random.below(20) : nil, grouping: grouping,
            expression: metric(depth: depth - 1, canBeLiteral: true))
    }

    private mutating func range() -> RangeAggregation {
        let operation = random.one(of: RangeAggregation.Operation.allCases)
        let isUnwrapped = operation.needsUnwrap || (operation.allowsUnwrap && random.below(2) == 0)
        var unwrap: Unwrap?
        if isUnwrapped {
            let conversion = random.one(of: [Unwrap.Conversion.none, .bytes, .duration, .durationSeconds])
            unwrap = Unwrap(label: name(), conversion: conversion, filters: many(2) { $0.labelFilter(depth: 1) })
        }
        let isQuantile = operation == .quantileOverTime
        let second: Int64 = 1_000_000_000
        return RangeAggregation(
            operation: operation, parameter: isQuantile ? random.one(of: [0, 0.5, 0.99, 1, 2]) : nil,
            selection: selection(), unwrap: unwrap,
            window: random.one(of: [second, 90 * second, 86_400 * second, second / 1000, 604_800 * second]),
            offset: random.one(of: [0, 0, 0, 60 * second, -5 * second, 1500, 86_400 * second]),
            grouping: operation.allowsGrouping && random.below(2) == 0 ? grouping() : nil)
    }

    private mutating func grouping() -> Grouping {
        Grouping(labels: many(3) { $0.name() }, isWithout: random.below(2) == 0)
    }

    // MARK: - Pieces

    mutating func name() -> String {
        random.one(of: [
            "a", "b_c", "_", "x1", "rate", "sum", "ip", "bytes", "duration", "vector", "label_replace", "größe",
            "count",
            "topk", "nan", "Inf",
        ])
    }

    private mutating func text() -> String {
        random.one(of: [
            "", "x", "a\"b\\c", "line\nend\t\r", "\u{0}\u{7F}\u{80}", "é😀\u{FEFF}", "`", "'", "{{.a}}", "# |",
            "e\u{301}",
        ])
    }

    private mutating func expression() -> String { random.one(of: ["", "a.*", "\\d+", "(?i)x|\"y\"", "[`']"]) }

    private mutating func number() -> Double {
        random.one(of: [
            0, 1, -1, 0.5, -1.5, 0.1, 1e21, 12_345_678, 1e-7, -.leastNonzeroMagnitude, .greatestFiniteMagnitude,
        ])
    }

    private mutating func many<Element>(_ count: Int, _ make: (inout RandomTree) -> Element) -> [Element] {
        var elements: [Element] = []
        for _ in 0..<random.below(count) { elements.append(make(&self)) }
        return elements
    }

    /// At least one.
    private mutating func some<Element>(_ count: Int, _ make: (inout RandomTree) -> Element) -> [Element] {
        [make(&self)] + many(count, make)
    }
}
