import ClickHouse
import TelemetryModel
import TraceQL
import TraceQLEvaluation

/// Collects rows, sorted by trace, into a `SpanTable`.
struct SpanTableBuilder {
    private var table = SpanTable()
    private let services = StringInterner()
    private let names = StringInterner()
    private var resourceIDs: [UInt64] = []
    private var scopeIDs: [UInt64] = []
    private var fields: [(reading: FieldReading, values: [FieldCollector])]
    private var referenced: [Reference: [UInt64: [Value]]] = [:]

    init(_ readings: [FieldReading]) {
        table.traceOffsets = []
        fields = readings.map { reading in
            if case .first(let places) = reading.form { return (reading, places.map(FieldCollector.init)) }
            return (reading, [FieldCollector(reading)])
        }
    }

    var rows: Int { table.starts.count }

    mutating func add(_ batch: ResultBatch) throws {
        guard batch.rows > 0 else { return }
        guard batch.columns.count >= 11, let traces = batch.columns[0].fixed(StoredTraceID.self),
            let spans = batch.columns[1].fixed(StoredSpanID.self),
            let parents = batch.columns[2].fixed(StoredSpanID.self),
            let starts = batch.columns[3].fixed(Int64.self), let durations = batch.columns[4].fixed(Int64.self),
            let kinds = batch.columns[5].fixed(Int32.self), let statuses = batch.columns[6].fixed(Int32.self),
            let resources = batch.columns[9].fixed(UInt64.self), let scopes = batch.columns[10].fixed(UInt64.self)
        else { throw TraceQueryError(.internal, "the engine returned spans in a form that is not read here") }
        for row in 0..<batch.rows {
            let trace = traces[row].id
            if table.traceIDs.last != trace {
                table.traceIDs.append(trace)
                table.traceOffsets.append(table.starts.count)
            }
            table.spanIDs.append(spans[row].id)
            table.parentIDs.append(parents[row].id)
            table.starts.append(starts[row])
        }
        table.durations.append(contentsOf: durations)
        table.kinds.append(contentsOf: kinds)
        table.statuses.append(contentsOf: statuses)
        resourceIDs.append(contentsOf: resources)
        scopeIDs.append(contentsOf: scopes)
        for row in 0..<batch.rows {
            table.services.codes.append(UInt32(services.index(ofUTF8: batch.columns[7].utf8(at: row))))
            table.names.codes.append(UInt32(names.index(ofUTF8: batch.columns[8].utf8(at: row))))
        }
        var column = 11
        for field in fields.indices {
            for place in fields[field].values.indices {
                let width = fields[field].values[place].width
                let columns = Array(batch.columns[column..<column + width])
                try fields[field].values[place].add(columns, rows: batch.rows)
                column += width
            }
        }
    }

    /// Distinct ids of what the rows refer to.
    func references(_ reference: Reference) -> [UInt64] {
        Set(reference == .resource ? resourceIDs : scopeIDs).sorted()
    }

    /// Fields that are read from resources or scopes.
    func targets(of reference: Reference) -> [Attribute.Target] {
        var targets: [Attribute.Target] = []
        for field in fields {
            for place in field.values where place.reference == reference && !targets.contains(field.reading.target) {
                targets.append(field.reading.target)
            }
        }
        return targets
    }

    mutating func set(_ reference: Reference, _ values: [UInt64: [Value]]) { referenced[reference] = values }

    mutating func finish() -> SpanTable {
        table.traceOffsets.append(rows)
        table.services.values = (0..<services.values.count).map { services.values.string(at: $0) }
        table.names.values = (0..<names.values.count).map { names.values.string(at: $0) }
        for field in fields {
            var columns = field.values.map { place -> FieldColumn in
                guard let reference = place.reference else { return place.column }
                return column(of: field.reading.target, reference)
            }
            guard let first = columns.first else { continue }
            columns.removeFirst()
            table.fields[field.reading.target] = columns.reduce(first) { $0.elsewhere($1, rows: rows) }
        }
        return table
    }

    private func column(of target: Attribute.Target, _ reference: Reference) -> FieldColumn {
        guard let values = referenced[reference], let place = targets(of: reference).firstIndex(of: target) else {
            return .single(values: [.none], codes: [UInt32](repeating: 0, count: rows))
        }
        var interner = ValueInterner()
        var codes: [UInt64: UInt32] = [:]
        for (id, row) in values { codes[id] = interner.code(row[place]) }
        let ids = reference == .resource ? resourceIDs : scopeIDs
        return .single(values: interner.values, codes: ids.map { codes[$0] ?? 0 })
    }
}

extension FieldColumn {
    /// This column, and where it has no value the other's.
    func elsewhere(_ other: FieldColumn, rows: Int) -> FieldColumn {
        if case .single(let values, let codes) = self, case .single(let otherValues, let otherCodes) = other {
            if !values.contains(where: { $0 != .none }) { return other }
            if !otherValues.contains(where: { $0 != .none }) { return self }
            // Values of the other are appended; a value may then stand twice, which costs a comparison.
            let shift = UInt32(values.count)
            return .single(
                values: values + otherValues,
                codes: zip(codes, otherCodes).map { values[Int($0)] != .none ? $0 : $1 + shift })
        }
        let (values, codes, offsets) = lists(rows)
        let (otherValues, otherCodes, otherOffsets) = other.lists(rows)
        let shift = UInt32(values.count)
        var joined: [UInt32] = []
        var joinedOffsets = [0]
        for row in 0..<rows {
            if offsets[row] < offsets[row + 1] {
                joined.append(contentsOf: codes[offsets[row]..<offsets[row + 1]])
            } else {
                for code in otherCodes[otherOffsets[row]..<otherOffsets[row + 1]] { joined.append(code + shift) }
            }
            joinedOffsets.append(joined.count)
        }
        return .multiple(values: values + otherValues, codes: joined, offsets: joinedOffsets)
    }

    private func lists(_ rows: Int) -> (values: [Value], codes: [UInt32], offsets: [Int]) {
        switch self {
        case .multiple(let values, let codes, let offsets): return (values, codes, offsets)
        case .single(let values, let codes):
            var present: [UInt32] = []
            var offsets = [0]
            for code in codes {
                if values[Int(code)] != .none { present.append(code) }
                offsets.append(present.count)
            }
            return (values, present, offsets)
        }
    }
}

/// Collects the values of one field in one place.
struct FieldCollector {
    private let form: FieldReading.Form
    let width: Int
    private var interner = ValueInterner()
    private var codes: [UInt32] = []
    private var offsets = [0]

    init(_ reading: FieldReading) {
        form = reading.form
        width = reading.width
    }

    var reference: Reference? {
        if case .referenced(let reference) = form { return reference }
        return nil
    }

    var column: FieldColumn {
        switch form {
        case .text, .typed, .referenced, .first: .single(values: interner.values, codes: codes)
        case .texts, .identifiers, .durations, .typedLists:
            .multiple(values: interner.values, codes: codes, offsets: offsets)
        }
    }

    mutating func add(_ columns: [ResultColumn], rows: Int) throws {
        switch form {
        case .referenced, .first: return
        case .text:
            for row in 0..<rows {
                codes.append(interner.code(columns[0].utf8(at: row), AttributeType.string.rawValue))
            }
        case .typed:
            for row in 0..<rows {
                guard let letter = columns[1].utf8(at: row).first else {
                    codes.append(0)
                    continue
                }
                codes.append(interner.code(columns[0].utf8(at: row), letter))
            }
        case .texts:
            let (ends, items) = try list(columns[0])
            for row in 0..<rows {
                for item in Int(ends[row])..<Int(ends[row + 1]) {
                    codes.append(interner.code(items.utf8(at: item), AttributeType.string.rawValue))
                }
                offsets.append(codes.count)
            }
        case .identifiers(let bytes):
            let (ends, items) = try list(columns[0])
            for row in 0..<rows {
                for item in Int(ends[row])..<Int(ends[row + 1]) {
                    let value = items.value(at: item).rawBytes ?? []
                    codes.append(interner.code(value.count == bytes ? .string(Hex.encode(value)) : .none))
                }
                offsets.append(codes.count)
            }
        case .durations:
            let (ends, items) = try list(columns[0])
            guard let values = items.fixed(Int64.self) else {
                // A list that is empty in every row has no memory.
                offsets.append(contentsOf: repeatElement(codes.count, count: rows))
                return
            }
            for row in 0..<rows {
                for item in Int(ends[row])..<Int(ends[row + 1]) { codes.append(interner.code(.duration(values[item]))) }
                offsets.append(codes.count)
            }
        case .typedLists:
            let (ends, items) = try list(columns[0])
            let (placeEnds, places) = try list(columns[1])
            let (typeEnds, types) = try list(columns[2])
            guard let places = places.fixed(UInt64.self) else {
                offsets.append(contentsOf: repeatElement(codes.count, count: rows))
                return
            }
            for row in 0..<rows {
                let count = Int(ends[row + 1] - ends[row])
                for item in 0..<count {
                    let place = Int(clamping: places[Int(placeEnds[row]) + item])
                    let signature = types.utf8(at: Int(typeEnds[row]) + item)
                    guard place > 0 else { continue }
                    let letter = place <= signature.count ? signature[place - 1] : AttributeType.string.rawValue
                    let code = interner.code(items.utf8(at: Int(ends[row]) + item), letter)
                    if code != 0 { codes.append(code) }
                }
                offsets.append(codes.count)
            }
        }
    }

    private func list(_ column: ResultColumn) throws -> (offsets: UnsafePointer<Int32>, items: ResultColumn) {
        guard let list = column.list else {
            throw TraceQueryError(
                .internal, "the engine returned column \(column.name) in a form that is not read here")
        }
        return list
    }
}
