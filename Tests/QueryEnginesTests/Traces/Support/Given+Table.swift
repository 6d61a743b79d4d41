import TelemetryModel
import TraceQL
import TraceQLEvaluation

/// The spans as a table, made one value after the other without the store: what queries are answered from to compare.
extension Given {
    /// Rows of a table, as `table` sorts them.
    var sorted: [GivenSpan] {
        spans.sorted {
            ($0.trace.high, $0.trace.low, $0.start, $0.id.value) < ($1.trace.high, $1.trace.low, $1.start, $1.id.value)
        }
    }

    func table(_ attributes: [Attribute]) -> SpanTable {
        var table = SpanTable()
        var services = Codes<String>()
        var names = Codes<String>()
        let sorted = sorted
        for span in sorted {
            if table.traceIDs.last != span.trace {
                table.traceIDs.append(span.trace)
                table.traceOffsets.append(table.starts.count)
            }
            table.spanIDs.append(span.id)
            table.parentIDs.append(span.parent)
            table.starts.append(span.start)
            table.durations.append(span.duration)
            table.kinds.append(span.kind)
            table.statuses.append(span.status)
            services.add(service(span))
            names.add(span.name)
            table.traceOffsets[table.traceOffsets.count - 1] = table.starts.count
        }
        table.services = TextColumn(values: services.values, codes: services.codes)
        table.names = TextColumn(values: names.values, codes: names.codes)
        for attribute in attributes where table.fields[attribute.target] == nil {
            table.fields[attribute.target] = column(attribute.target, sorted)
        }
        return table
    }

    private func column(_ target: Attribute.Target, _ spans: [GivenSpan]) -> FieldColumn? {
        let rows = spans.compactMap { values(target, of: $0) }
        guard !rows.isEmpty else { return nil }
        var codes = Codes<Value>()
        guard rows.contains(where: \.isMultiple) else {
            for row in rows { codes.add(row.values.first ?? .none) }
            return .single(values: codes.values, codes: codes.codes)
        }
        var offsets = [0]
        for row in rows {
            for value in row.values where value != .none { codes.add(value) }
            offsets.append(codes.codes.count)
        }
        return .multiple(values: codes.values, codes: codes.codes, offsets: offsets)
    }

    /// What a span has for a field; `isMultiple` when it is of events or links. Nil for what a table computes.
    func values(_ target: Attribute.Target, of span: GivenSpan) -> (values: [Value], isMultiple: Bool)? {
        func one(_ value: Value) -> (values: [Value], isMultiple: Bool) { ([value], false) }
        let scopeName = scopes[span.scope]
        switch target {
        case .attribute(let scope, let key):
            switch scope {
            case .span: return one(span.attributes.value(key))
            case .resource: return one(resources[span.resource].value(key))
            case .instrumentation: return one(scopeName.attributes.value(key))
            case .event: return (span.events.map { $0.attributes.value(key) }.filter { $0 != .none }, true)
            case .link: return (span.links.map { $0.attributes.value(key) }.filter { $0 != .none }, true)
            case .any:
                for scope in [Attribute.Scope.span, .resource, .instrumentation, .link, .event] {
                    guard let found = values(.attribute(scope, key), of: span) else { continue }
                    if found.values.contains(where: { $0 != .none }) { return found }
                }
                return ([], false)
            }
        case .intrinsic(let intrinsic):
            switch intrinsic {
            case .statusMessage: return one(.string(span.message))
            case .instrumentationName: return one(scopeName.name.isEmpty ? .none : .string(scopeName.name))
            case .instrumentationVersion: return one(scopeName.version.isEmpty ? .none : .string(scopeName.version))
            case .eventName: return (span.events.map { .string($0.name) }, true)
            case .eventTimeSinceStart: return (span.events.map { .duration($0.time - span.start) }, true)
            case .linkTraceID: return (span.links.map { .string($0.trace.hex) }, true)
            case .linkSpanID: return (span.links.map { .string($0.span.hex) }, true)
            default: return nil
            }
        }
    }
}

/// Gives each distinct value a code.
private struct Codes<Item: Hashable> {
    var values: [Item] = []
    var codes: [UInt32] = []
    private var places: [Item: UInt32] = [:]

    mutating func add(_ item: Item) {
        if let place = places[item] {
            codes.append(place)
        } else {
            // NaN is not found again, and gets another code each time.
            places[item] = UInt32(values.count)
            codes.append(UInt32(values.count))
            values.append(item)
        }
    }
}
