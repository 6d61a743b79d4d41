import TelemetryModel
import TraceQL

/// Numbers for the groups of `by (…)`: the same number for the same values, over all tables.
struct GroupIndex {
    private(set) var groups: [[Value]] = []
    private var places: [[Value]: Int] = [:]

    /// - Throws: `.overLimit` when there would be more than `limit` groups.
    mutating func place(_ values: [Value], limit: Int) throws(TraceQLEvaluationError) -> Int {
        if let place = places[values] { return place }
        guard groups.count < limit else {
            throw TraceQLEvaluationError(.overLimit, "query has more series than the limit of \(limit)")
        }
        places[values] = groups.count
        groups.append(values)
        return groups.count - 1
    }
}

/// Finds the groups of the rows of one table: values are looked at once for each combination of codes.
struct RowGroups {
    private struct Pair: Hashable {
        var left: Int
        var right: Int
    }

    private let columns: [ValueColumn]
    /// For columns without codes: a code for each value, by column.
    private var valueCodes: [[Value: Int]]
    /// The number of a combination: of what stands left of a column with that column's code.
    private var pairs: [[Pair: Int]]
    /// The group of a whole combination; −1 while it is not known.
    private var known: [Int] = []

    init(_ attributes: [Attribute], over fields: FieldEvaluator) {
        columns = attributes.map { fields.column($0) }
        valueCodes = Array(repeating: [:], count: columns.count)
        pairs = Array(repeating: [:], count: columns.count)
    }

    mutating func group(row: Int, in index: inout GroupIndex, limit: Int) throws(TraceQLEvaluationError) -> Int {
        var combination = 0
        for column in columns.indices {
            let code = code(row: row, column: column)
            combination = column == 0 ? code : number(of: Pair(left: combination, right: code), column: column)
        }
        if combination < known.count, known[combination] >= 0 { return known[combination] }
        let place = try index.place(columns.map { $0.firstValue(at: row).groupKey }, limit: limit)
        while known.count <= combination { known.append(-1) }
        known[combination] = place
        return place
    }

    private mutating func code(row: Int, column: Int) -> Int {
        if case .coded(_, let codes) = columns[column] { return Int(codes[row]) }
        let value = columns[column].firstValue(at: row).groupKey
        if let code = valueCodes[column][value] { return code }
        let code = valueCodes[column].count
        valueCodes[column][value] = code
        return code
    }

    private mutating func number(of pair: Pair, column: Int) -> Int {
        if let number = pairs[column][pair] { return number }
        let number = pairs[column].count
        pairs[column][pair] = number
        return number
    }
}
