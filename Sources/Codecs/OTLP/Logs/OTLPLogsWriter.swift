package import TelemetryModel

/// Makes OTLP requests of log records that Martlet's own receivers of lines read.
///
/// Records with equal resources stand together, in the order they came; each resource carries the schema URL
/// `LogStreams.schemaURL`, which makes all of its attributes labels of a stream. Lengths are computed first, so that
/// every byte is written once, at its place.
///
/// - Spec: OTLP collector/logs/v1/logs_service.proto, `ExportLogsServiceRequest`.
package enum OTLPLogsWriter {
    /// The request of these records; empty when there are none.
    ///
    /// - Parameter scopeName: of the receiver that read them, such as `martlet.files`.
    /// - Bounds: a value with more than `DraftValue.depthMax` lists and objects inside each other is cut there.
    package static func encode(_ drafts: [LogDraft], scopeName: String) -> [UInt8] {
        var groups: [Group] = []
        var groupByResource: [[UInt8]: Int] = [:]
        var groupOfRecord: [Int] = []
        var lengths: [Int] = []
        groupOfRecord.reserveCapacity(drafts.count)
        lengths.reserveCapacity(drafts.count)
        var present = 0
        for draft in drafts {
            // Records of one source follow each other, and their resource is mostly the same array.
            if groups.isEmpty || groups[present].attributes != draft.resource {
                let resource = encoded(resource: draft.resource)
                if let known = groupByResource[resource] {
                    present = known
                } else {
                    present = groups.count
                    groupByResource[resource] = present
                    groups.append(Group(attributes: draft.resource, resource: resource))
                }
            }
            let length = DraftRecord.length(draft)
            lengths.append(length)
            groupOfRecord.append(present)
            groups[present].recordCount += 1
            groups[present].recordBytes += ProtobufWriter.length(ofField: length)
        }
        let scope = ProtobufWriter.length(ofField: ProtobufWriter.length(ofField: scopeName.utf8.count))
        var total = 0
        for group in groups { total += ProtobufWriter.length(ofField: group.length(scope: scope)) }
        let records = ordered(groupOfRecord, groups)

        var writer = ProtobufWriter(capacity: total)
        var next = 0
        for group in groups {
            writer.header(1, length: group.length(scope: scope))
            writer.field(1, group.resource)
            writer.header(2, length: scope + group.recordBytes)
            writer.header(1, length: ProtobufWriter.length(ofField: scopeName.utf8.count))
            writer.field(1, scopeName.utf8)
            for record in records[next..<next + group.recordCount] {
                writer.header(2, length: lengths[record])
                DraftRecord.write(drafts[record], &writer)
            }
            next += group.recordCount
            writer.field(3, LogStreams.schemaURL.utf8)
        }
        return writer.bytes
    }

    /// The records of one `ResourceLogs`.
    private struct Group {
        let attributes: [LogAttribute]
        /// A `Resource`.
        let resource: [UInt8]
        var recordCount = 0
        /// The bytes of the records with their tags and lengths.
        var recordBytes = 0

        func length(scope: Int) -> Int {
            ProtobufWriter.length(ofField: resource.count) + ProtobufWriter.length(ofField: scope + recordBytes)
                + ProtobufWriter.length(ofField: LogStreams.schemaURL.utf8.count)
        }
    }

    /// The indices of the records, by group and then in their order.
    private static func ordered(_ groupOfRecord: [Int], _ groups: [Group]) -> [Int] {
        var starts: [Int] = []
        starts.reserveCapacity(groups.count)
        var start = 0
        for group in groups {
            starts.append(start)
            start += group.recordCount
        }
        var records = [Int](repeating: 0, count: groupOfRecord.count)
        for (record, group) in groupOfRecord.enumerated() {
            records[starts[group]] = record
            starts[group] += 1
        }
        return records
    }

    private static func encoded(resource attributes: [LogAttribute]) -> [UInt8] {
        var writer = ProtobufWriter()
        for attribute in attributes { DraftValue.write(attribute, field: 1, &writer, depth: 0) }
        return writer.bytes
    }
}
