import PrometheusModel

/// `sort_by_label` and `sort_by_label_desc`: by these labels, numbers in them by value, then by all labels.
enum SortByLabelFunctions {
    static let bodies: [String: FunctionBody] = [
        "sort_by_label": body(isDescending: false), "sort_by_label_desc": body(isDescending: true),
    ]

    private static func body(isDescending: Bool) -> FunctionBody {
        { (evaluator, call, times) throws(QueryError) in
            let names = try call.texts(from: 1)
            let grid = try evaluator.vector(call.arguments[0], on: times)
            guard times.count == 1 else { return .vector(grid) }
            let labels = grid.labels
            let order = labels.indices.sorted { left, right in
                let (a, b) = isDescending ? (labels[right], labels[left]) : (labels[left], labels[right])
                for name in names {
                    let (x, y) = (a[name], b[name])
                    if x == y { continue }
                    return NaturalOrder.precedes(x, y)
                }
                return a < b
            }
            return .vector(grid.picking(order))
        }
    }
}

/// The order of texts in which runs of digits count by their number: `a9` before `a10`.
enum NaturalOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        let (a, b) = (Array(left.utf8), Array(right.utf8))
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            if isDigit(a[i]), isDigit(b[j]) {
                let (x, y) = (number(a, &i), number(b, &j))
                if x.count != y.count { return x.count < y.count }
                if let place = x.indices.first(where: { x[$0] != y[$0] }) { return x[place] < y[place] }
            } else if a[i] != b[j] {
                return a[i] < b[j]
            } else {
                i += 1
                j += 1
            }
        }
        if i == a.count && j == b.count { return left < right }
        return i == a.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// The digits from a place on without leading zeros.
    private static func number(_ text: [UInt8], _ place: inout Int) -> [UInt8] {
        let begin = place
        while place < text.count, isDigit(text[place]) { place += 1 }
        return Array(text[begin..<place].drop { $0 == UInt8(ascii: "0") })
    }
}
