import LogQLEvaluation
import PrometheusModel
import TelemetryModel

/// Puts rows of the table of records into `LogRecords`, batch by batch.
struct RecordBuilder {
    private struct Stream {
        var index: Int32
        var metadata: [(name: Int32, value: [UInt8])]
        var isPushed: Bool
    }

    private let reading: RecordReading
    private let snapshot: LogStreamIndex.Snapshot
    /// Metadata of scopes by id: those that are missing here have none.
    var scopes: [UInt64: [(name: String, value: String)]] = [:]

    private var streams: [UInt64: Stream] = [:]
    private var labels: [Labels] = []
    private var names: [String] = []
    private var nameIndexes: [String: Int32] = [:]
    /// Attribute names as they are stored, and the label each is; -1 for one that nobody asked for.
    private let keys = StringInterner()
    private var keyNames: [Int32] = []
    /// The last row that has each name.
    private var seen: [Int] = []
    private var rowsBefore = 0

    init(_ reading: RecordReading, _ snapshot: LogStreamIndex.Snapshot) {
        self.reading = reading
        self.snapshot = snapshot
    }

    /// Distinct scopes of some rows that are not known yet.
    func unknownScopes(_ columns: RecordColumns) -> Set<UInt64> {
        var found: Set<UInt64> = []
        var last: UInt64?
        for id in columns.scopes ?? UnsafeBufferPointer(start: nil, count: 0) where id != last {
            last = id
            if scopes[id] == nil { found.insert(id) }
        }
        return found
    }

    /// The rows as records; `scopes` holds all of theirs by now.
    mutating func records(_ columns: RecordColumns) -> LogRecords { records(columns, rows: 0..<columns.rows) }

    /// Only these rows.
    mutating func records(_ columns: RecordColumns, rows: some Collection<Int>) -> LogRecords {
        var records = LogRecords()
        guard !rows.isEmpty else { return records }
        let (times, resources, fields) = (columns.times, columns.resources, columns.fields)
        records.times = rows.map { times[$0] }
        if let line = columns.line {
            records.lineOffsets.reserveCapacity(rows.count + 1)
            for row in rows {
                records.lineBytes.append(contentsOf: line(row))
                records.lineOffsets.append(records.lineBytes.count)
            }
        } else {
            records.lineOffsets = [Int](repeating: 0, count: rows.count + 1)
        }
        let fieldNames = fields.map { name($0.field.rawValue) }
        var ownKeys: [Int32] = []
        if case .keys(let keys) = reading.attributes { ownKeys = keys.map { name(LogLabelName.sanitized($0)) } }

        records.streamIndexes.reserveCapacity(rows.count)
        for row in rows {
            let stream = stream(resources[row])
            records.streamIndexes.append(stream.index)
            let stamp = rowsBefore + row + 1
            // The ids of a record in the one form that is asked for, and its own fields, count before attributes; what a
            // client pushed counts before the level that was found.
            appendFields(fields, fieldNames, row, stamp, isPushed: stream.isPushed, to: &records)
            if let map = columns.attributes {
                for entry in Int(map.offsets[row])..<Int(map.offsets[row + 1]) {
                    let name = keyName(map.key(entry))
                    if name >= 0 { append(name, map.value(entry), stamp, keepingEmpty: true, to: &records) }
                }
            } else {
                for (name, value) in zip(ownKeys, columns.attributeValues) {
                    append(name, value(row), stamp, to: &records)
                }
            }
            if stream.isPushed {
                appendLevel(fields, fieldNames, row, stamp, to: &records)
            } else {
                for (name, value) in stream.metadata {
                    value.withUnsafeBufferPointer { append(name, $0, stamp, to: &records) }
                }
                if let scopeIDs = columns.scopes, let entries = scopes[scopeIDs[row]] {
                    for (name, value) in entries where reading.reads(name) {
                        var value = value
                        let index = self.name(name)
                        value.withUTF8 { append(index, $0, stamp, to: &records) }
                    }
                }
            }
            records.metadataOffsets.append(records.metadataNames.count)
        }
        rowsBefore += columns.rows
        records.streams = labels
        records.names = names
        return records
    }

    private mutating func appendFields(
        _ fields: [RecordColumns.FieldColumn], _ names: [Int32], _ row: Int, _ stamp: Int, isPushed: Bool,
        to records: inout LogRecords
    ) {
        for (field, name) in zip(fields, names) {
            // The line of a pushed record has its ids already: they are shown to who asks for them.
            if isPushed {
                guard field.field == .traceID || field.field == .spanID,
                    reading.shown.showsFoundID(field.field.rawValue)
                else { continue }
            }
            field.withText(at: row) { append(name, $0, stamp, to: &records) }
        }
    }

    private mutating func appendLevel(
        _ fields: [RecordColumns.FieldColumn], _ names: [Int32], _ row: Int, _ stamp: Int,
        to records: inout LogRecords
    ) {
        for (field, name) in zip(fields, names) where field.field == .detectedLevel {
            field.withText(at: row) { append(name, $0, stamp, to: &records) }
        }
    }

    /// Unless it is empty, or the row has the name already.
    ///
    /// - Parameter keepingEmpty: for what a sender gave an empty value.
    private mutating func append(
        _ name: Int32, _ value: UnsafeBufferPointer<UInt8>, _ stamp: Int, keepingEmpty: Bool = false,
        to records: inout LogRecords
    ) {
        guard keepingEmpty || !value.isEmpty, seen[Int(name)] != stamp else { return }
        seen[Int(name)] = stamp
        records.metadataNames.append(name)
        records.valueBytes.append(contentsOf: value)
        records.valueOffsets.append(records.valueBytes.count)
    }

    // MARK: Names

    private mutating func name(_ text: String) -> Int32 {
        if let known = nameIndexes[text] { return known }
        let index = Int32(names.count)
        names.append(text)
        seen.append(0)
        nameIndexes[text] = index
        return index
    }

    private mutating func keyName(_ key: UnsafeBufferPointer<UInt8>) -> Int32 {
        let index = Int(keys.index(ofUTF8: key))
        if index < keyNames.count { return keyNames[index] }
        let label = LogLabelName.sanitized(String(decoding: key, as: UTF8.self))
        let found = reading.reads(label) ? name(label) : -1
        keyNames.append(found)
        return found
    }

    private mutating func stream(_ id: UInt64) -> Stream {
        if let known = streams[id] { return known }
        // A resource that is not stored has no row either; still no record is lost over it.
        let stream = snapshot.streams[id] ?? LogStream(id: id, attributes: [], schemaURL: "")
        let made = Stream(
            index: Int32(labels.count),
            metadata: stream.metadata.filter { reading.reads($0.name) }.map {
                (name($0.name), Array($0.value.utf8))
            }, isPushed: stream.isPushed)
        labels.append(Labels(sorted: reading.shown.showsMadeService ? stream.labels : stream.statedLabels))
        streams[id] = made
        return made
    }
}
