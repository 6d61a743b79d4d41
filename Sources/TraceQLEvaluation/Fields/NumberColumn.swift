package import TraceQL

/// Numbers, or none, one a row: what arithmetic yields.
package struct NumberColumn: Sendable {
    /// What the eight bytes of a row mean.
    package enum Tag: UInt8, Sendable {
        case none, int, double, duration
    }

    package private(set) var tags: [Tag]
    package private(set) var bits: [UInt64]

    package init(durations: [Int64]) {
        tags = [Tag](repeating: .duration, count: durations.count)
        bits = durations.map(UInt64.init(bitPattern:))
    }

    package init(ints: [Int64]) {
        tags = [Tag](repeating: .int, count: ints.count)
        bits = ints.map(UInt64.init(bitPattern:))
    }

    /// - Parameter value: of a row; what is no number counts as none.
    package init(rows: Int, _ value: (Int) -> Value) {
        tags = []
        bits = []
        tags.reserveCapacity(rows)
        bits.reserveCapacity(rows)
        for row in 0..<rows {
            let (tag, word) = Self.encoded(value(row))
            tags.append(tag)
            bits.append(word)
        }
    }

    private init(tags: [Tag], bits: [UInt64]) {
        self.tags = tags
        self.bits = bits
    }

    package func value(at row: Int) -> Value {
        switch tags[row] {
        case .none: .none
        case .int: .int(Int64(bitPattern: bits[row]))
        case .double: .double(Double(bitPattern: bits[row]))
        case .duration: .duration(Int64(bitPattern: bits[row]))
        }
    }

    func mapped(_ transform: (Value) -> Value) -> NumberColumn {
        NumberColumn(rows: tags.count) { transform(value(at: $0)) }
    }

    func gathered(from sources: [Int32]) -> NumberColumn {
        NumberColumn(
            tags: sources.map { $0 < 0 ? .none : tags[Int($0)] }, bits: sources.map { $0 < 0 ? 0 : bits[Int($0)] })
    }

    /// Compares each row with an integer (which is what durations are, too).
    func flags(_ comparison: ComparisonOperator, _ constant: Int64) -> [Bool] {
        let float = Double(constant)
        switch comparison {
        case .equal: return flags({ $0 == constant }, { $0 == float })
        case .notEqual: return flags({ $0 != constant }, { $0 != float })
        case .less: return flags({ $0 < constant }, { $0 < float })
        case .lessOrEqual: return flags({ $0 <= constant }, { $0 <= float })
        case .greater: return flags({ $0 > constant }, { $0 > float })
        case .greaterOrEqual: return flags({ $0 >= constant }, { $0 >= float })
        case .matches, .notMatches: return [Bool](repeating: false, count: tags.count)
        }
    }

    @inline(__always)
    private func flags(_ ints: (Int64) -> Bool, _ doubles: (Double) -> Bool) -> [Bool] {
        [Bool](unsafeUninitializedCapacity: tags.count) { result, count in
            for row in 0..<tags.count {
                let word = bits[row]
                result[row] =
                    switch tags[row] {
                    case .none: false
                    case .int, .duration: ints(Int64(bitPattern: word))
                    case .double: doubles(Double(bitPattern: word))
                    }
            }
            count = tags.count
        }
    }

    private static func encoded(_ value: Value) -> (Tag, UInt64) {
        switch value {
        case .int(let number): (.int, UInt64(bitPattern: number))
        case .duration(let number): (.duration, UInt64(bitPattern: number))
        case .double(let number): (.double, number.bitPattern)
        default: (.none, 0)
        }
    }
}
