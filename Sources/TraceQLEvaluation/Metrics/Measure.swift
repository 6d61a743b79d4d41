import TraceQL

/// The numbers that a metrics function takes from each span: durations in seconds, other numbers as they are.
struct Measure {
    private let column: ValueColumn
    /// Of a column of codes, the number of each.
    private let ofCode: [Double]
    private let isDuration: Bool

    init(_ operand: FieldExpression, over fields: FieldEvaluator) throws(TraceQLEvaluationError) {
        column = try fields.column(operand)
        let isDuration = operand.isDuration
        self.isDuration = isDuration
        switch column {
        case .coded(let values, _), .multiple(let values, _, _):
            ofCode = values.map { Self.number($0, isDuration: isDuration) }
        default: ofCode = []
        }
    }

    /// Calls for each number of a span: none, one, or for events and links several.
    @inline(__always)
    func forEach(row: Int, _ body: (Double) throws(TraceQLEvaluationError) -> Void) throws(TraceQLEvaluationError) {
        switch column {
        case .coded(_, let codes): try pass(ofCode[Int(codes[row])], body)
        case .multiple(_, let codes, let offsets):
            for place in offsets[row]..<offsets[row + 1] { try pass(ofCode[Int(codes[place])], body) }
        default: try pass(Self.number(column.value(at: row), isDuration: isDuration), body)
        }
    }

    @inline(__always)
    private func pass(
        _ number: Double, _ body: (Double) throws(TraceQLEvaluationError) -> Void
    ) throws(TraceQLEvaluationError) {
        if !number.isNaN { try body(number) }
    }

    private static func number(_ value: Value, isDuration: Bool) -> Double {
        switch value {
        case .int(let number): Double(number)
        case .duration(let nanoseconds): Double(nanoseconds) / 1e9
        // Arithmetic on durations gives nanoseconds that may be fractions.
        case .double(let number): isDuration ? number / 1e9 : number
        default: .nan
        }
    }
}

extension FieldExpression {
    /// Whether the expression is a length of time by its form: `duration`, `duration / 2`, but not `duration / 1s`.
    package var isDuration: Bool {
        switch self {
        case .literal(.duration): true
        case .attribute(let attribute):
            switch attribute.target {
            case .intrinsic(.duration), .intrinsic(.traceDuration), .intrinsic(.eventTimeSinceStart): true
            default: false
            }
        case .negated(let operand): operand.isDuration
        case .arithmetic(let left, let operation, let right):
            switch operation {
            case .add, .subtract, .modulo: left.isDuration || right.isDuration
            case .multiply: left.isDuration != right.isDuration
            case .divide: left.isDuration && !right.isDuration
            case .power: false
            }
        default: false
        }
    }
}
