import Codecs
import OTLPMessages
import TelemetryModel
import TelemetryStore
import TestSupport

/// A store with what exports of it say, as lines of OTLP JSON.
struct ExportStore {
    let store: TelemetryStore
    private static let retention = Retention(
        traces: .seconds(360_000), logs: .seconds(360_000), metrics: .seconds(360_000))

    /// In a database of its own.
    init(_ database: String) async throws {
        store = try await TelemetryStore(
            DatabaseEngine(try SharedEngine.open(), database: "export_\(database)"), retention: Self.retention,
            logger: silentLogger())
    }

    func write(_ fill: (inout ColumnAppender) throws -> Void) async throws {
        var appender = ColumnAppender(batch: TelemetryBatch())
        appender.begin(receivedTime: .now())
        try fill(&appender)
        try await store.write(appender.batch, token: nil)
    }

    func traces(
        _ selection: ExportSelection = ExportSelection(), perPage: Int = 7, perLine: Int = 5
    ) async throws -> [String] {
        var lines: [String] = []
        func line(_ part: StoredTrace) {
            var request = OTLPTraceRequest()
            request.resourceSpans = StoredTraceMessages.resourceSpans(part)
            lines.append(String(decoding: OTLPJSONEncoder.encode(request), as: UTF8.self))
        }
        var parts = StoredPartPages(
            try await SpanPages(store, selection, perPage: perPage), itemsPerPart: perLine)
        while let part = try await parts.next() { line(part) }
        return lines
    }

    func logs(
        _ selection: ExportSelection = ExportSelection(), perPage: Int = 7, perLine: Int = 5
    ) async throws -> [String] {
        var lines: [String] = []
        func line(_ part: StoredLogs) {
            var request = OTLPLogsRequest()
            request.resourceLogs = StoredLogMessages.resourceLogs(part)
            lines.append(String(decoding: OTLPJSONEncoder.encode(request), as: UTF8.self))
        }
        var parts = StoredPartPages(LogPages(store, selection, perPage: perPage), itemsPerPart: perLine)
        while let part = try await parts.next() { line(part) }
        return lines
    }

    func metrics(
        _ selection: ExportSelection = ExportSelection(), perPage: Int = 7, perLine: Int = 5
    ) async throws -> [String] {
        var lines: [String] = []
        func line(_ part: StoredMetrics) {
            var request = OTLPMetricsRequest()
            request.resourceMetrics = StoredMetricMessages.resourceMetrics(part)
            lines.append(String(decoding: OTLPJSONEncoder.encode(request), as: UTF8.self))
        }
        let pages = try await MetricPages(store, selection, perPage: perPage) {
            PrometheusSeriesExport.exported($0, kind: $1)
        }
        var parts = StoredPartPages(pages, itemsPerPart: perLine)
        while let part = try await parts.next() { line(part) }
        return lines
    }

    func importTraces(_ lines: [String]) async throws {
        for line in lines {
            try await write { appender in
                var repairs = RepairCounts()
                appender.append(try OTLPJSONDecoder.decodeTraces(Array(line.utf8), repairs: &repairs))
            }
        }
    }

    func importLogs(_ lines: [String]) async throws {
        for line in lines {
            try await write { appender in
                var repairs = RepairCounts()
                appender.append(try OTLPJSONDecoder.decodeLogs(Array(line.utf8), repairs: &repairs))
            }
        }
    }

    func importMetrics(_ lines: [String]) async throws {
        for line in lines {
            try await write { appender in
                var repairs = RepairCounts()
                appender.append(try OTLPJSONDecoder.decodeMetrics(Array(line.utf8), repairs: &repairs))
            }
        }
    }
}
