import PrometheusModel

extension Parser {
    /// Tests of labels with `and`, `or`, commas and nothing between them.
    ///
    /// `and` binds tighter than `or`. A comma, or nothing, means `and` and takes all that follows as its right side:
    /// `a or b, c or d` is `a or (b and (c or d))`. So is Loki's grammar read, which gives these no precedence.
    mutating func labelFilter() throws(LogQLError) -> LabelFilter {
        var operands = [try labelTest()]
        var joints: [Joint] = []
        while let joint = nextJoint {
            if joint != .adjacent { advance() }
            while let last = joints.last, joint.reduces(last) { try reduce(&operands, &joints) }
            joints.append(joint)
            operands.append(try labelTest())
        }
        while !joints.isEmpty { try reduce(&operands, &joints) }
        return operands[0].filter
    }

    private struct Test {
        var filter: LabelFilter
        var depth: Int
    }

    private enum Joint {
        case or, and, comma, adjacent

        /// Whether what stands left of the new one is joined before it.
        func reduces(_ last: Joint) -> Bool {
            switch (self, last) {
            case (.or, .or), (.or, .and), (.and, .and): true
            default: false
            }
        }
    }

    private var nextJoint: Joint? {
        switch token.kind {
        case .symbol(.or): .or
        case .symbol(.and): .and
        case .symbol(.comma): .comma
        case .identifier, .symbol(.leftParenthesis): .adjacent
        default: nil
        }
    }

    /// Joins the last two. There is one operand more than there are joints.
    private func reduce(_ operands: inout [Test], _ joints: inout [Joint]) throws(LogQLError) {
        guard let joint = joints.popLast(), let right = operands.popLast(), let left = operands.popLast() else {
            return
        }
        operands.append(
            Test(
                filter: joint == .or ? .or(left.filter, right.filter) : .and(left.filter, right.filter),
                depth: try depth(above: left.depth, right.depth)))
    }

    private mutating func labelTest() throws(LogQLError) -> Test {
        guard isAt(.leftParenthesis) else {
            let name = try identifier(["IDENTIFIER", "("])
            return Test(filter: try comparison(of: name), depth: 1)
        }
        return try nested { (parser) throws(LogQLError) in
            parser.advance()
            let filter = try parser.labelFilter()
            try parser.expect(.rightParenthesis, [])
            return Test(filter: filter, depth: try parser.depth(above: filter.depth))
        }
    }

    /// The operator and the value after a label's name.
    private mutating func comparison(of name: String) throws(LogQLError) -> LabelFilter {
        if isAt(.matches) || isAt(.notMatches) { return .matcher(try matcher(named: name)) }
        guard case .symbol(let symbol) = token.kind,
            let comparison = symbol == .equal ? .equal : LabelFilter.Comparison(rawValue: symbol.rawValue)
        else { throw unexpected() }
        let start = token.range.start
        advance()
        switch token.kind {
        case .string(let value):
            guard symbol == .equal || symbol == .notEqual else { throw unexpected() }
            advance()
            return .matcher(try matcher(symbol == .equal ? .equal : .notEqual, name, value))
        case .symbol(.ip):
            guard symbol == .equal || symbol == .notEqual else { throw unexpected() }
            return .address(name, isEqual: symbol == .equal, try address())
        case .duration(let value):
            advance()
            return .duration(name, comparison, value)
        case .bytes(let value):
            advance()
            return .bytes(name, comparison, value)
        case .number, .symbol(.add), .symbol(.subtract):
            switch try number() {
            case .success(let value): return .number(name, comparison, value)
            case .failure(let complaint):
                throw invalid("unable to parse literal as a float: \(complaint.message)", from: start)
            }
        default: throw unexpected()
        }
    }
}

extension LabelFilter {
    /// Nodes down to the deepest leaf.
    fileprivate var depth: Int {
        switch self {
        case .and(let left, let right), .or(let left, let right): max(left.depth, right.depth) + 1
        default: 1
        }
    }
}
