import Codecs
import Foundation
import OTLPMessages
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing

/// Random telemetry of all kinds is written, exported, read into another store and exported again. Against the real engine,
/// in databases of their own.
@Suite struct ExportRoundTripTests {
    @Test func exportOfImportedTracesIsTheSame() async throws {
        let first = try await ExportStore("traces_1")
        let second = try await ExportStore("traces_2")
        for seed in UInt64(1)...40 {
            var random = RandomOTLP(seed: seed)
            let request = random.traceRequest()
            try await first.write { $0.append(request) }
        }
        let lines = try await first.traces()
        #expect(lines.count > 3)
        // The order in which items come back must not matter.
        try await second.importTraces(lines.reversed())
        #expect(try await second.traces() == lines)
        // Nor how much is read at once.
        #expect(try await second.traces(perPage: 1000) == lines)
        #expect(try await second.traces(perPage: 1) == lines)
    }

    @Test func exportOfImportedLogsIsTheSame() async throws {
        let first = try await ExportStore("logs_1")
        let second = try await ExportStore("logs_2")
        for seed in UInt64(1)...12 {
            var random = RandomOTLP(seed: seed)
            let request = random.logsRequest()
            try await first.write { $0.append(request) }
        }
        let lines = try await first.logs()
        #expect(lines.count > 3)
        try await second.importLogs(lines.reversed())
        #expect(try await second.logs() == lines)
        #expect(try await second.logs(perPage: 1000) == lines)
        #expect(try await second.logs(perPage: 1) == lines)
    }

    @Test func exportOfImportedMetricsIsTheSame() async throws {
        let first = try await ExportStore("metrics_1")
        let second = try await ExportStore("metrics_2")
        for seed in UInt64(1)...40 {
            var random = RandomOTLP(seed: seed)
            random.allowsNaN = seed.isMultiple(of: 2)
            let request = random.metricsRequest()
            try await first.write { $0.append(request) }
        }
        let lines = try await first.metrics()
        #expect(lines.count > 3)
        try await second.importMetrics(lines.reversed())
        let again = try await second.metrics()
        #expect(again == lines)
        #expect(try await second.metrics(perPage: 1000) == lines)
        #expect(try await second.metrics(perPage: 1) == lines)
    }

    /// More of the same time than a page holds, and the same record several times.
    @Test func manyItemsOfOneTimeAreAllExported() async throws {
        let store = try await ExportStore("ties")
        var logs = OTLPLogsRequest()
        var group = OTLPResourceLogs()
        var scope = OTLPScopeLogs()
        for number in 0..<100 {
            var record = OTLPLogRecord()
            record.timeUnixNano = 1_700_000_000_000_000_000
            record.observedTimeUnixNano = 1_700_000_000_000_000_000
            record.body.stringValue = "line \(number / 20)"
            scope.logRecords.append(record)
        }
        group.scopeLogs = [scope]
        logs.resourceLogs = [group]
        try await store.write { $0.append(logs) }
        for perPage in [1, 3, 7, 20, 99, 100, 101] {
            let lines = try await store.logs(perPage: perPage, perLine: 1)
            #expect(lines.count == 100, "\(perPage) a page")
            #expect(Set(lines).count == 5)
        }
    }

    @Test func aWindowAndAServiceChooseItems() async throws {
        let store = try await ExportStore("window")
        var random = RandomOTLP(seed: 3)
        var request = OTLPTraceRequest()
        for (service, second) in [("a", 1), ("b", 2), ("a", 3)] {
            var span = random.span()
            span.traceID = Data(repeating: UInt8(second), count: 16)
            span.spanID = Data(repeating: UInt8(second), count: 8)
            span.startTimeUnixNano = UInt64(second) * 1_000_000_000
            var name = OTLPKeyValue()
            name.key = "service.name"
            name.value.stringValue = service
            var group = OTLPResourceSpans()
            group.resource.attributes = [name]
            var scope = OTLPScopeSpans()
            scope.spans = [span]
            group.scopeSpans = [scope]
            request.resourceSpans.append(group)
        }
        try await store.write { $0.append(request) }
        func starts(_ selection: ExportSelection) async throws -> Int {
            try await store.traces(selection, perLine: 1).count
        }
        var selection = ExportSelection(start: 1_000_000_000, end: 3_000_000_000)
        #expect(try await starts(selection) == 2)
        selection.services = ["a"]
        #expect(try await starts(selection) == 1)
        selection = ExportSelection()
        selection.traces = [TraceID(high: 0x0303_0303_0303_0303, low: 0x0303_0303_0303_0303)]
        #expect(try await starts(selection) == 1)
        selection.traces = []
        #expect(try await starts(selection) == 0)
    }
}
