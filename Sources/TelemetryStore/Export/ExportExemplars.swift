import ClickHouse
import SQLSyntax
import TelemetryModel

/// Puts exemplars at their points.
///
/// An exemplar that came as OTLP has the time of its point. One that came in Prometheus' terms has only its own: it goes to
/// the first point from then on, or, when there is none, to the last. Those of one point stand in order of their content.
struct ExportExemplars {
    private let ids: [UInt64]
    /// The series' place in the chunk's list, by stored id.
    private let placeOfID: [UInt64: Int]
    private let selection: ExportSelection
    /// The last point of the page before, which was of the same series.
    private var before: Timestamp?

    init(_ chunk: ExportPlan.Chunk, _ places: [UInt64], _ plan: ExportPlan) {
        var placeOfID: [UInt64: Int] = [:]
        for (entry, place) in zip(chunk.entries, places) where place > 0 && plan.hasExemplars(entry.id) {
            placeOfID[entry.id] = Int(place) - 1
        }
        // Summaries have none.
        self.placeOfID = chunk.table == .summaries ? [:] : placeOfID
        ids = self.placeOfID.keys.sorted()
        selection = plan.selection
    }

    /// - Parameters:
    ///   - points: a page, in order.
    ///   - isLast: no more points follow of the series of the last one.
    mutating func attach(to points: inout [StoredPoint], isLast: Bool, _ store: TelemetryStore) async throws {
        guard !ids.isEmpty, let last = points.last else { return }
        var conditions = MetricPages.listed(ids) + selection.times("point_time")
        if let before {
            conditions.append(
                .comparison(.column("point_time"), .greater, .exportTime(before.nanoseconds)))
        }
        if !isLast {
            conditions.append(
                .comparison(.column("point_time"), .lessOrEqual, .exportTime(last.time.nanoseconds)))
        }
        let columns: [Identifier] = [
            "series_id", "time", "point_time", "value", "int_value", "value_kind", "trace_id", "span_id",
            "attributes", "attribute_types",
        ]
        let select = Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.metricExemplars.name, where: .and(conditions),
            orderBy: [
                .init(.column("time")), .init(.column("trace_id")), .init(.column("span_id")),
                .init(.contentHash(["value", "int_value", "value_kind", "attributes", "attribute_types"])),
            ])
        // Where the points of each series stand in the page.
        var ranges: [Int: Range<Int>] = [:]
        for index in points.indices {
            let series = points[index].series
            ranges[series] = (ranges[series]?.lowerBound ?? index)..<(index + 1)
        }
        var found: [(Int, StoredExemplar)] = []
        try await store.engine.query(select.statement, access: .own(settings: selection.settings)) { batch in
            for row in 0..<batch.rows {
                let values = batch.columns.map { $0.value(at: row) }
                guard let place = values[0].unsignedInteger.flatMap({ placeOfID[$0] }), let range = ranges[place]
                else { continue }
                let exemplar = StoredExemplar(values)
                found.append((Self.point(from: exemplar.pointTime, points, range), exemplar))
            }
        }
        for (point, exemplar) in found { points[point].exemplars.append(exemplar) }
        before = last.time
    }

    /// The first from a time on, else the last.
    private static func point(from time: Timestamp, _ points: [StoredPoint], _ range: Range<Int>) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return min(low, range.upperBound - 1)
    }
}

extension StoredExemplar {
    fileprivate init(_ row: [ResultValue]) {
        self.init()
        time = row[1].timestamp ?? time
        pointTime = row[2].timestamp ?? pointTime
        number = StoredNumber(
            kind: NumberKind(rawValue: UInt8(clamping: row[5].unsignedInteger ?? 0)) ?? .none,
            double: row[3].number ?? .nan, int: row[4].integer ?? 0)
        traceID = TraceID(bytes: row[6].rawBytes ?? []) ?? .zero
        spanID = SpanID(bytes: row[7].rawBytes ?? []) ?? .zero
        attributes = row[8].attributes(signature: row[9])
    }
}
