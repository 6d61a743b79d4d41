package import TelemetryModel
package import TraceQL

/// What an expression is worth in each row of a table, in the form that takes the least work.
package enum ValueColumn: Sendable {
    /// The same in each row.
    case constant(Value)
    /// One value a row: a code into different values.
    case coded(values: [Value], codes: [UInt32])
    /// Any number a row (events, links): row `r` owns `codes[offsets[r]..<offsets[r + 1]]`.
    case multiple(values: [Value], codes: [UInt32], offsets: [Int])
    case numbers(NumberColumn)
    /// The result of a condition: true or false, never missing.
    case flags([Bool])
    /// Span ids; zero stands for none. Their text is made only when it is asked for.
    case spanIDs([SpanID])

    /// The value in a row: none when there is none, a list when there are several.
    package func value(at row: Int) -> Value {
        switch self {
        case .constant(let value): value
        case .coded(let values, let codes): values[Int(codes[row])]
        case .multiple(let values, let codes, let offsets): Self.joined(values, codes[offsets[row]..<offsets[row + 1]])
        case .numbers(let column): column.value(at: row)
        case .flags(let flags): .bool(flags[row])
        case .spanIDs(let ids): ids[row].isZero ? .none : .string(ids[row].hex)
        }
    }

    /// As `value(at:)`, but of several values the first: what `by(…)` groups by.
    package func firstValue(at row: Int) -> Value {
        if case .multiple(let values, let codes, let offsets) = self {
            return offsets[row] < offsets[row + 1] ? values[Int(codes[offsets[row]])] : .none
        }
        return value(at: row)
    }

    /// The column with each value replaced; of several in one row, each.
    func mapped(rows: Int, _ transform: (Value) -> Value) -> ValueColumn {
        switch self {
        case .constant(let value): return .constant(transform(value))
        case .coded(let values, let codes): return .coded(values: values.map(transform), codes: codes)
        case .multiple(let values, let codes, let offsets):
            return .multiple(values: values.map(transform), codes: codes, offsets: offsets)
        case .numbers(let column): return .numbers(column.mapped(transform))
        case .flags(let flags):
            return .coded(values: [transform(.bool(false)), transform(.bool(true))], codes: flags.map { $0 ? 1 : 0 })
        case .spanIDs: return .numbers(NumberColumn(rows: rows) { transform(value(at: $0)) })
        }
    }

    /// The column as seen by rows that each look at another row (−1: at none).
    func gathered(from sources: [Int32]) -> ValueColumn {
        switch self {
        case .constant(let value):
            return .coded(values: [value, .none], codes: sources.map { $0 < 0 ? 1 : 0 })
        case .coded(let values, let codes):
            let missing = UInt32(values.count)
            return .coded(
                values: values + [.none], codes: sources.map { $0 < 0 ? missing : codes[Int($0)] })
        case .multiple(let values, let codes, let offsets):
            var newCodes: [UInt32] = []
            var newOffsets = [0]
            newOffsets.reserveCapacity(sources.count + 1)
            for source in sources {
                if source >= 0 { newCodes += codes[offsets[Int(source)]..<offsets[Int(source) + 1]] }
                newOffsets.append(newCodes.count)
            }
            return .multiple(values: values, codes: newCodes, offsets: newOffsets)
        case .numbers(let column): return .numbers(column.gathered(from: sources))
        case .flags(let flags):
            return .coded(
                values: [.bool(false), .bool(true), .none],
                codes: sources.map { $0 < 0 ? 2 : flags[Int($0)] ? 1 : 0 })
        case .spanIDs(let ids):
            return .spanIDs(sources.map { $0 < 0 ? .zero : ids[Int($0)] })
        }
    }

    private static func joined(_ values: [Value], _ codes: ArraySlice<UInt32>) -> Value {
        switch codes.count {
        case 0: .none
        case 1: codes.first.map { values[Int($0)] } ?? .none
        default: .list(codes.map { values[Int($0)] })
        }
    }
}
