import TelemetryModel
import TraceQL

/// Where the values of a field come from: a column that was loaded, else the members of the table, else the shape of
/// the trace. What none of them has is missing in every row.
extension FieldEvaluator {
    func fieldColumn(_ target: Attribute.Target) -> ValueColumn {
        if let loaded = table.fields[target] {
            switch loaded {
            case .single(let values, let codes): return .coded(values: values, codes: codes)
            case .multiple(let values, let codes, let offsets):
                return .multiple(values: values, codes: codes, offsets: offsets)
            }
        }
        switch target {
        case .attribute(.resource, "service.name"), .attribute(.any, "service.name"):
            // A resource without the attribute is stored with an empty name.
            return text(table.services, emptyIsNone: true)
        case .attribute: return .constant(.none)
        case .intrinsic(let intrinsic): return intrinsicColumn(intrinsic)
        }
    }

    private func intrinsicColumn(_ intrinsic: Intrinsic) -> ValueColumn {
        switch intrinsic {
        case .duration: .numbers(NumberColumn(durations: table.durations))
        case .name: text(table.names, emptyIsNone: false)
        case .status: enumeration(table.statuses, [.unset, .ok, .error].map(Value.status), other: .status(.unset))
        case .kind:
            enumeration(
                table.kinds, [.unspecified, .internal, .server, .client, .producer, .consumer].map(Value.kind),
                other: .kind(.unspecified))
        case .spanID: .spanIDs(table.spanIDs)
        case .parentID: .spanIDs(table.parentIDs)
        case .parent: ValueColumn.spanIDs(table.spanIDs).gathered(from: forest.parents)
        case .childCount: .numbers(NumberColumn(ints: forest.childCounts()))
        case .traceDuration: ofTrace { .duration(table.duration(ofTrace: $0)) }
        case .traceID: ofTrace { .string(table.traceIDs[$0].hex) }
        case .rootName: ofRoot(text(table.names, emptyIsNone: false))
        case .rootService: ofRoot(column(Attribute(.attribute(.resource, "service.name"))))
        case .nestedSetLeft: nestedSet { forest, row in forest.lefts[row] }
        case .nestedSetRight: nestedSet { forest, row in forest.rights[row] }
        case .nestedSetParent:
            nestedSet { forest, row in forest.parents[row] < 0 ? -1 : forest.lefts[Int(forest.parents[row])] }
        case .statusMessage, .eventName, .eventTimeSinceStart, .linkTraceID, .linkSpanID, .instrumentationName,
            .instrumentationVersion:
            .constant(.none)
        }
    }

    private func text(_ column: TextColumn, emptyIsNone: Bool) -> ValueColumn {
        .coded(values: column.values.map { emptyIsNone && $0.isEmpty ? .none : .string($0) }, codes: column.codes)
    }

    /// - Parameter other: what a number out of range counts as.
    private func enumeration(_ numbers: [Int32], _ values: [Value], other: Value) -> ValueColumn {
        let beyond = UInt32(values.count)
        return .coded(
            values: values + [other],
            codes: numbers.map { values.indices.contains(Int($0)) ? UInt32(truncatingIfNeeded: $0) : beyond })
    }

    private func ofTrace(_ value: (Int) -> Value) -> ValueColumn {
        var codes = [UInt32](repeating: 0, count: table.rows)
        for trace in table.traceIDs.indices {
            for row in table.rows(ofTrace: trace) { codes[row] = UInt32(truncatingIfNeeded: trace) }
        }
        return .coded(values: table.traceIDs.indices.map(value), codes: codes)
    }

    private func ofRoot(_ column: ValueColumn) -> ValueColumn {
        ofTrace { roots[$0] < 0 ? .none : column.firstValue(at: Int(roots[$0])) }
    }

    /// Tempo 3: numbers exist where a root is stored; spans that do not hang on it have 0.
    private func nestedSet(_ number: (SpanForest, Int) -> Int32) -> ValueColumn {
        let forest = forest
        var numbers = [Int64](repeating: 0, count: table.rows)
        for trace in table.traceIDs.indices {
            for row in table.rows(ofTrace: trace) where forest.lefts[row] <= forest.rootedMax[trace] {
                numbers[row] = Int64(number(forest, row))
            }
        }
        return .numbers(NumberColumn(ints: numbers))
    }
}

extension SpanTable {
    /// Per trace the row of the earliest span without a parent; −1 when none is stored.
    func roots() -> [Int32] {
        traceIDs.indices.map { trace in
            rows(ofTrace: trace).first { parentIDs[$0].isZero }.map { Int32(truncatingIfNeeded: $0) } ?? -1
        }
    }

    /// Nanoseconds from the first start to the last end of the spans of a trace.
    package func duration(ofTrace trace: Int) -> Int64 {
        var first = Int64.max
        var last = Int64.min
        for row in rows(ofTrace: trace) {
            first = min(first, starts[row])
            let (end, overflow) = starts[row].addingReportingOverflow(durations[row])
            last = max(last, overflow ? (durations[row] < 0 ? .min : .max) : end)
        }
        guard first != .max || last != .min else { return 0 }
        let (duration, overflow) = last.subtractingReportingOverflow(first)
        return overflow ? .max : duration
    }
}
