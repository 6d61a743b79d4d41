import Recordings

/// A row of the answer to a query.
struct RowItem: ReportedItem {
    static let noun = "row"
    static let nouns = "rows"

    var columns: [String]
    var cells: [String]

    func cell(_ column: String) -> String? {
        columns.firstIndex(of: column).flatMap { cells.indices.contains($0) ? cells[$0] : nil }
    }

    /// The column `value`; of one column alone, that.
    var value: String? { cell("value") ?? (cells.count == 1 ? cells[0] : nil) }

    func text(in recording: IndexedRecording) -> String {
        "row " + zip(columns, cells).map { "\($0)=\(Quoted.text($1))" }.joined(separator: " ")
    }
}

extension ValueCondition {
    /// Whether a cell, which is a text, fulfils it: where a number or a boolean is expected it is read as one.
    func holds(cell: String?) -> Bool {
        parts.allSatisfy { part in Self.holds(part, cell.map { Self.value(ofCell: $0, for: part) }) }
    }

    func miss(cell: String?, subject: String) -> Miss {
        guard let cell else { return miss(nil, subject: subject) }
        let missed = parts.filter { !Self.holds($0, Self.value(ofCell: cell, for: $0)) }
        return Miss(
            text: "\(subject) is \(Quoted.text(cell)), expected "
                + missed.map(Self.text).joined(separator: ", "), closeness: 0.3)
    }

    private static func value(ofCell cell: String, for part: Part) -> RecordedValue {
        let asksForNumber =
            switch part {
            case .number, .types: true
            case .equals(let expected), .notEquals(let expected): expected.isNumber
            case .oneOf(let list), .noneOf(let list): list.contains { $0.isNumber }
            default: false
            }
        if asksForNumber {
            if let whole = Int64(cell) { return .int(whole) }
            if let number = Double(cell) { return .double(number) }
        }
        switch part {
        case .equals(.flag), .notEquals(.flag):
            if ["true", "1"].contains(cell) { return .bool(true) }
            if ["false", "0"].contains(cell) { return .bool(false) }
        default: break
        }
        return .string(cell)
    }
}

extension ExpectedValue {
    fileprivate var isNumber: Bool {
        if case .number = self { return true }
        return false
    }
}
