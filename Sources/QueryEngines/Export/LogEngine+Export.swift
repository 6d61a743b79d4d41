package import LogQL
import LogQLEvaluation
package import SQLSyntax
package import TelemetryModel
import TelemetryStore

/// Which stored records a query of lines finds, for who reads them whole.
package struct LogRecordFilter: Sendable {
    /// Holds for every record that is found; nil for all records.
    package let condition: Expression?
    private let engine: LogEngine
    private let selection: LogSelection
    /// The condition holds for no other record, so that the pipeline need not be run.
    private let isExact: Bool

    /// - Parameter range: of the records' time.
    package init(_ engine: LogEngine, _ selection: LogSelection, _ range: LogTimeRange) async throws {
        self.engine = engine
        self.selection = selection.normalized
        let row = try await engine.wording {
            // What is wrong with the pipeline is said before anything is read.
            _ = try EntryCollector(selection.normalized.stages, limit: 1)
            let snapshot = try await engine.streams.snapshot()
            return engine.condition(of: selection.normalized, range, snapshot)
        }
        condition = row.isAlways ? nil : row.sql
        isExact = row.isExact
    }

    /// The records that are found, in their order.
    package func found(in logs: StoredLogs) async throws -> StoredLogs {
        guard !isExact, !logs.records.isEmpty else { return logs }
        return try await engine.wording {
            let snapshot = try await engine.streams.snapshot()
            let now = Timestamp.now().nanoseconds
            var collector = try EntryCollector(selection.stages, limit: .max, now: now)
            let reading = RecordReading(
                collector.needs, keys: engine.store.attributeKeys, shown: ShownLabels(selection))
            let block = LogBlock(logs.records)
            let columns = RecordColumns(block, reading)
            var builder = RecordBuilder(reading, snapshot)
            try await engine.learnScopes(of: columns, &builder)
            try collector.add(builder.records(columns))
            let entries = collector.take().entries
            // What is left is in order, and has the times of its records: where of those of one time some are left and
            // some are not, each is looked at alone.
            var found = logs
            found.records = []
            var entry = entries.startIndex
            var start = logs.records.startIndex
            while start < logs.records.endIndex {
                let time = logs.records[start].time
                let end = logs.records[start...].firstIndex { $0.time != time } ?? logs.records.endIndex
                let first = entry
                while entry < entries.endIndex, entries[entry].time == time.nanoseconds { entry += 1 }
                if entry - first == end - start {
                    found.records += logs.records[start..<end]
                } else if entry > first {
                    for row in start..<end {
                        try collector.add(builder.records(columns, rows: row..<(row + 1)))
                        if !collector.take().entries.isEmpty { found.records.append(logs.records[row]) }
                    }
                }
                start = end
            }
            return found
        }
    }
}

extension LogBlock {
    /// Only what is read of records by a query.
    fileprivate convenience init(_ records: [StoredLog]) {
        self.init()
        for record in records {
            time.append(record.time)
            observedTime.append(record.observedTime)
            traceID.append(StoredTraceID(record.traceID))
            spanID.append(StoredSpanID(record.spanID))
            flags.append(record.flags)
            severityNumber.append(record.severityNumber)
            severityText.append(record.severityText)
            level.append(record.level)
            body.append(record.body.text)
            eventName.append(record.eventName)
            resourceID.append(record.resourceID)
            scopeID.append(record.scopeID)
            for attribute in record.attributes {
                attributes.text.keys.append(attribute.key)
                attributes.text.values.append(attribute.text)
            }
            attributes.text.closeRow()
        }
    }
}
