import PrometheusModel
import TelemetryModel
import TraceQL

/// TraceQL over spans as objects, written from the rules alone: recursive, one span at a time, quadratic.
struct ReferenceEvaluator {
    /// Sorted by trace, start, id, as rows of a table are.
    let spans: [TestSpan]
    let parents: [Int?]

    struct Found: Equatable {
        var trace: UInt64
        var rows: [Int]
        var groups: [Value]
    }

    init(_ spans: [TestSpan]) {
        let sorted = spans.sorted { ($0.trace, $0.start, $0.id) < ($1.trace, $1.start, $1.id) }
        self.spans = sorted
        var parents = sorted.map { span in
            span.parent == 0 ? nil : sorted.firstIndex { $0.trace == span.trace && $0.id == span.parent }
        }
        // A ring is cut at its first row: the first row that climbs back to itself.
        for row in parents.indices {
            var seen: Set<Int> = []
            var next = parents[row]
            while let current = next, seen.insert(current).inserted {
                if current == row {
                    parents[row] = nil
                    break
                }
                next = parents[current]
            }
        }
        self.parents = parents
    }

    func run(_ pipeline: Pipeline) throws -> [Found] {
        var traces: [UInt64] = []
        for span in spans where traces.last != span.trace { traces.append(span.trace) }
        return try traces.flatMap { trace in
            let rows = spans.indices.filter { spans[$0].trace == trace }
            return try run(pipeline.stages[...], [Found(trace: trace, rows: rows, groups: [])])
        }
    }

    private func run(_ stages: ArraySlice<Stage>, _ input: [Found]) throws -> [Found] {
        guard let stage = stages.first else { return input }
        var output: [Found] = []
        switch stage {
        case .spansets(let expression):
            for var found in input {
                found.rows = try rows(expression, found).sorted()
                output.append(found)
            }
        case .scalarFilter(let left, let comparison, let right):
            for found in input {
                let left = try scalar(left, found)
                let right = try scalar(right, found)
                if try compare(left, comparison, right) { output.append(found) }
            }
        case .group(let expression):
            for found in input {
                var keys: [Value] = []
                for row in found.rows {
                    let value = try first(expression, row)
                    if !keys.contains(value) { keys.append(value) }
                }
                for key in keys {
                    var group = found
                    group.rows = try found.rows.filter { try first(expression, $0) == key }
                    group.groups.append(key)
                    output.append(group)
                }
            }
        case .coalesce:
            if let first = input.first {
                output = [Found(trace: first.trace, rows: Set(input.flatMap(\.rows)).sorted(), groups: [])]
            }
        case .select: output = input
        }
        return try run(stages.dropFirst(), output.filter { !$0.rows.isEmpty })
    }

    private func rows(_ expression: SpansetExpression, _ found: Found) throws -> Set<Int> {
        switch expression {
        case .filter(let condition): return Set(try found.rows.filter { try value(condition, $0) == .bool(true) })
        case .pipeline(let pipeline):
            guard !found.rows.isEmpty else { return [] }
            return Set(try run(pipeline.stages[...], [found]).flatMap(\.rows))
        case .combined(let left, let operation, let right):
            let left = try rows(left, found)
            let right = try rows(right, found)
            switch operation {
            case .and: return left.isEmpty || right.isEmpty ? [] : left.union(right)
            case .or: return left.union(right)
            case .relation(let relation, let form):
                switch form {
                case .plain: return right.filter { row in left.contains { related($0, relation, row) } }
                case .negated: return right.filter { row in !left.contains { related($0, relation, row) } }
                case .union:
                    return right.filter { row in left.contains { related($0, relation, row) } }
                        .union(left.filter { row in right.contains { related(row, relation, $0) } })
                }
            }
        }
    }

    /// Whether the right span is the left one's descendant, child, ancestor, parent, sibling.
    private func related(_ left: Int, _ relation: SpansetOperator.Relation, _ right: Int) -> Bool {
        switch relation {
        case .descendant: isAncestor(left, of: right)
        case .ancestor: isAncestor(right, of: left)
        case .child: parents[right] == left
        case .parent: parents[left] == right
        case .sibling:
            left != right && parents[left] == parents[right]
                && (parents[left] != nil || spans[left].parent == spans[right].parent)
        }
    }

    private func isAncestor(_ ancestor: Int, of row: Int) -> Bool {
        guard let parent = parents[row] else { return false }
        return parent == ancestor || isAncestor(ancestor, of: parent)
    }

    func scalar(_ expression: ScalarExpression, _ found: Found) throws -> Value {
        switch expression {
        case .literal(let value): return value
        case .negated(let operand): return negated(try scalar(operand, found))
        case .arithmetic(let left, let operation, let right):
            return calculate(try scalar(left, found), operation, try scalar(right, found))
        case .pipeline(let pipeline, let operand):
            let all = Found(
                trace: found.trace, rows: spans.indices.filter { spans[$0].trace == found.trace }, groups: [])
            let result = try run(pipeline.stages[...], [all])
            if result.isEmpty { return .none }
            let rows = Set(result.flatMap(\.rows)).sorted()
            return try scalar(operand, Found(trace: found.trace, rows: rows, groups: []))
        case .aggregate(let aggregate, let operand):
            guard aggregate != .count, let operand else { return .int(Int64(found.rows.count)) }
            let numbers = try found.rows.flatMap { elements(try value(operand, $0)) }.filter { number($0) != nil }
            guard let first = numbers.first else { return .none }
            let total = numbers.reduce(0.0) { $0 + (number($1) ?? 0) }
            switch aggregate {
            case .minimum: return numbers.dropFirst().reduce(first) { (number($1) ?? 0) < (number($0) ?? 0) ? $1 : $0 }
            case .maximum: return numbers.dropFirst().reduce(first) { (number($1) ?? 0) > (number($0) ?? 0) ? $1 : $0 }
            case .average: return .double(total / Double(numbers.count))
            default: return .double(total)
            }
        }
    }

    private func first(_ expression: FieldExpression, _ row: Int) throws -> Value {
        if case .attribute(let attribute) = expression, let all = several(attribute, row) {
            return all.first ?? .none
        }
        return try value(expression, row)
    }

    // MARK: Fields

    func value(_ expression: FieldExpression, _ row: Int) throws -> Value {
        switch expression {
        case .literal(let value): return value
        case .attribute(let attribute):
            if let all = several(attribute, row) {
                return all.isEmpty ? .none : all.count == 1 ? all[0] : .list(all)
            }
            return field(attribute, row)
        case .negated(let operand):
            return mapped(try value(operand, row), negated)
        case .not(let operand):
            return mapped(try value(operand, row)) { if case .bool(let flag) = $0 { .bool(!flag) } else { .none } }
        case .arithmetic(let left, let operation, let right):
            return calculate(try value(left, row), operation, try value(right, row))
        case .and(let left, let right): return .bool(try holds(left, row) && holds(right, row))
        case .or(let left, let right): return .bool(try holds(left, row) || holds(right, row))
        case .comparison(let left, .equal, .literal(.none)): return .bool(try value(left, row) == .none)
        case .comparison(let left, .notEqual, .literal(.none)): return .bool(try value(left, row) != .none)
        case .comparison(let left, let comparison, let right):
            return .bool(try compare(try value(left, row), comparison, try value(right, row)))
        }
    }

    private func holds(_ expression: FieldExpression, _ row: Int) throws -> Bool {
        elements(try value(expression, row)).contains(.bool(true))
    }

    private func several(_ attribute: Attribute, _ row: Int) -> [Value]? {
        guard spans.contains(where: { $0.multiple[attribute.target] != nil }) else { return nil }
        let row = attribute.ofParent ? parents[row] : row
        return row.map { spans[$0].multiple[attribute.target] ?? [] } ?? []
    }

    private func field(_ attribute: Attribute, _ row: Int) -> Value {
        if attribute.ofParent {
            return parents[row].map { field(Attribute(attribute.target), $0) } ?? .none
        }
        let span = spans[row]
        if let value = span.fields[attribute.target] { return value }
        let trace = spans.indices.filter { spans[$0].trace == span.trace }
        let root = trace.first { spans[$0].parent == 0 }
        switch attribute.target {
        case .intrinsic(let intrinsic):
            switch intrinsic {
            case .duration: return .duration(span.duration)
            case .name: return .string(span.name)
            case .status: return .status([.unset, .ok, .error][Int(span.status)])
            case .kind:
                return .kind([.unspecified, .internal, .server, .client, .producer, .consumer][Int(span.kind)])
            case .spanID: return .string(SpanID(value: span.id).hex)
            case .parentID: return span.parent == 0 ? .none : .string(SpanID(value: span.parent).hex)
            case .parent: return parents[row].map { .string(SpanID(value: spans[$0].id).hex) } ?? .none
            case .childCount: return .int(Int64(parents.count { $0 == row }))
            case .traceDuration:
                let first = trace.map { spans[$0].start }.min() ?? 0
                let last = trace.map { spans[$0].start + spans[$0].duration }.max() ?? 0
                return .duration(last - first)
            case .traceID: return .string(TraceID(high: 0xA0, low: span.trace).hex)
            case .rootName: return root.map { .string(spans[$0].name) } ?? .none
            case .rootService: return root.map { .string(spans[$0].service) } ?? .none
            case .nestedSetLeft: return .int(nestedSet(trace)[row]?.left ?? 0)
            case .nestedSetRight: return .int(nestedSet(trace)[row]?.right ?? 0)
            case .nestedSetParent:
                guard nestedSet(trace)[row] != nil else { return .int(0) }
                return .int(parents[row].map { nestedSet(trace)[$0]?.left ?? 0 } ?? -1)
            default: return .none
            }
        case .attribute(.resource, "service.name"): return .string(span.service)
        case .attribute: return .none
        }
    }

    private func nestedSet(_ trace: [Int]) -> [Int: (left: Int64, right: Int64)] {
        var result: [Int: (left: Int64, right: Int64)] = [:]
        var counter: Int64 = 0
        func visit(_ row: Int) {
            counter += 1
            let left = counter
            for child in trace where parents[child] == row { visit(child) }
            counter += 1
            result[row] = (left, counter)
        }
        for row in trace where spans[row].parent == 0 { visit(row) }
        return result
    }

    // MARK: Values

    private func elements(_ value: Value) -> [Value] {
        if case .list(let elements) = value { elements } else { [value] }
    }

    private func mapped(_ value: Value, _ transform: (Value) -> Value) -> Value {
        transform(value)
    }

    private func number(_ value: Value) -> Double? {
        switch value {
        case .int(let number), .duration(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    private func negated(_ value: Value) -> Value {
        switch value {
        case .int(let number): .int(-number)
        case .duration(let number): .duration(-number)
        case .double(let number): .double(-number)
        default: .none
        }
    }

    private func calculate(_ left: Value, _ operation: ArithmeticOperator, _ right: Value) -> Value {
        if case .int(let left) = left, case .int(let right) = right {
            switch operation {
            case .add: return .int(left + right)
            case .subtract: return .int(left - right)
            case .multiply: return .int(left * right)
            case .divide: return right == 0 ? .none : .int(left / right)
            case .modulo: return right == 0 ? .none : .int(left % right)
            case .power:
                guard right >= 0 else {
                    return left == 0
                        ? .double(.infinity) : .double(1 / Double(repeatElement(left, count: Int(-right)).reduce(1, *)))
                }
                return .int(repeatElement(left, count: Int(right)).reduce(1, *))
            }
        }
        guard let first = number(left), let second = number(right) else { return .none }
        let result: Double
        switch operation {
        case .add: result = first + second
        case .subtract: result = first - second
        case .multiply: result = first * second
        case .divide: result = second == 0 ? .nan : first / second
        case .modulo: result = second == 0 ? .nan : first.truncatingRemainder(dividingBy: second)
        case .power: return .none
        }
        return result.isNaN ? .none : .double(result)
    }

    func compare(_ left: Value, _ comparison: ComparisonOperator, _ right: Value) throws -> Bool {
        let negative = comparison == .notEqual || comparison == .notMatches
        switch (left, right) {
        case (.list, .list): return false
        case (.list(let all), _):
            return negative
                ? try all.allSatisfy { try compare($0, comparison, right) }
                : try all.contains { try compare($0, comparison, right) }
        case (_, .list(let all)):
            return negative
                ? try all.allSatisfy { try compare(left, comparison, $0) }
                : try all.contains { try compare(left, comparison, $0) }
        case (.string(let first), .string(let second)):
            switch comparison {
            case .matches: return try Pattern(second).matchesAll(first)
            case .notMatches: return try !Pattern(second).matchesAll(first)
            default: return ordered(Array(first.utf8).map(Int.init), comparison, Array(second.utf8).map(Int.init))
            }
        case (.bool(let first), .bool(let second)): return same(first, comparison, second)
        case (.status(let first), .status(let second)): return same(first, comparison, second)
        case (.kind(let first), .kind(let second)): return same(first, comparison, second)
        default:
            guard let first = number(left), let second = number(right) else { return false }
            switch comparison {
            case .equal: return first == second
            case .notEqual: return first != second
            case .less: return first < second
            case .lessOrEqual: return first <= second
            case .greater: return first > second
            case .greaterOrEqual: return first >= second
            default: return false
            }
        }
    }

    private func same<T: Equatable>(_ left: T, _ comparison: ComparisonOperator, _ right: T) -> Bool {
        comparison == .equal ? left == right : comparison == .notEqual ? left != right : false
    }

    private func ordered(_ left: [Int], _ comparison: ComparisonOperator, _ right: [Int]) -> Bool {
        let isLess = left.lexicographicallyPrecedes(right)
        switch comparison {
        case .equal: return left == right
        case .notEqual: return left != right
        case .less: return isLess
        case .lessOrEqual: return isLess || left == right
        case .greater: return !isLess && left != right
        default: return !isLess
        }
    }
}
