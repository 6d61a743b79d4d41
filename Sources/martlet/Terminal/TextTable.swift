import TelemetryModel

/// A table for a terminal: columns aligned by what they take on the screen, a line below the header.
struct TextTable {
    enum Alignment: Sendable {
        case left, right
    }

    /// Between two columns.
    private static let gap = 2
    /// A column is not cut narrower than this: one character and the sign that it was cut.
    private static let columnWidthMin = 2

    let columns: [(title: String, alignment: Alignment)]
    /// A row may be shorter than the header, its other cells are then empty; cells beyond the header are not shown.
    let rows: [[String]]

    /// The lines, each with a line feed, none with spaces at its end.
    ///
    /// - Parameter width: the columns of the terminal; nil, for instance when the output is a file, cuts nothing. A
    ///   terminal too narrow for two characters a column gets lines that are longer than it is wide.
    func text(width: Int?) -> String {
        guard !columns.isEmpty else { return "" }
        let header = columns.map { TerminalText.escaped($0.title) }
        let cells = rows.map { row in
            columns.indices.map { $0 < row.count ? TerminalText.escaped(row[$0]) : "" }
        }
        var natural = header.map(TerminalText.width)
        for row in cells {
            for index in natural.indices {
                natural[index] = max(natural[index], TerminalText.width(row[index]))
            }
        }
        let widths = width.map { Self.fitted(natural, to: $0 - Self.gap * (columns.count - 1)) } ?? natural

        var text = line(header, widths)
        text += line(widths.map { String(repeating: "─", count: $0) }, widths)
        for row in cells {
            text += line(row, widths)
        }
        return text
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let gap = String(repeating: " ", count: Self.gap)
        let padded = columns.indices.map { index in
            TerminalText.padded(
                TerminalText.cut(cells[index], to: widths[index]), to: widths[index],
                right: columns[index].alignment == .right)
        }
        return TerminalText.trimmingTrailingSpaces(padded.joined(separator: gap)) + "\n"
    }

    /// The widths cut so that their sum is at most `available`: the widest columns give way first, all to the same cap,
    /// so that a long message does not cost the short columns beside it anything.
    private static func fitted(_ widths: [Int], to available: Int) -> [Int] {
        guard widths.reduce(0, +) > available else { return widths }
        var remaining = available
        var cap = columnWidthMin
        var spare = 0
        for (position, width) in widths.sorted().enumerated() {
            let share = remaining / (widths.count - position)
            if width > share {
                cap = max(columnWidthMin, share)
                // What does not divide evenly: the first capped columns get one more each.
                spare = share >= columnWidthMin ? remaining % (widths.count - position) : 0
                break
            }
            remaining -= width
        }
        return widths.map { width in
            guard width > cap else { return width }
            guard spare > 0 else { return cap }
            spare -= 1
            return cap + 1
        }
    }
}
