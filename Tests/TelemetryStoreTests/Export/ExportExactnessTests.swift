import Codecs
import OTLPMessages
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing

/// What is exported is what was sent. Against the real engine, in databases of their own.
@Suite struct ExportExactnessTests {
    private static let resource =
        #""resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}],"droppedAttributesCount":1}"#
    private static let scope = #""scope":{"name":"lib","version":"2"}"#

    private static func line(_ metric: String) -> String {
        #"{"resourceMetrics":[{"# + resource + #","scopeMetrics":[{"# + scope + #","metrics":["# + metric
            + #"],"schemaUrl":"s"}],"schemaUrl":"r"}]}"#
    }

    /// One metric of each kind, in the encoder's own form.
    private static let metrics = [
        line(
            #"{"name":"g","description":"d","unit":"By","gauge":{"dataPoints":[{"attributes":[{"key":"k","value":{"boolValue":true}}],"startTimeUnixNano":"5","timeUnixNano":"1700000000000000001","asInt":"-7","exemplars":[{"filteredAttributes":[{"key":"u","value":{"intValue":"3"}}],"timeUnixNano":"1700000000000000000","asDouble":0.5,"spanId":"0102030405060708","traceId":"01020304050607080102030405060708"}]},{"timeUnixNano":"1700000000000000002","flags":1}]},"metadata":[{"key":"m","value":{"stringValue":"n"}}]}"#
        ),
        line(
            #"{"name":"s","sum":{"dataPoints":[{"startTimeUnixNano":"1","timeUnixNano":"1700000000000000001","asDouble":1.25}],"aggregationTemporality":1,"isMonotonic":true}}"#
        ),
        line(
            #"{"name":"h","unit":"ms","histogram":{"dataPoints":[{"timeUnixNano":"1700000000000000001","count":"3","bucketCounts":["1","2"],"explicitBounds":[5],"min":0},{"timeUnixNano":"1700000000000000002","count":"1","sum":0}],"aggregationTemporality":2}}"#
        ),
        line(
            #"{"name":"e","exponentialHistogram":{"dataPoints":[{"timeUnixNano":"1700000000000000001","count":"4","sum":2.5,"scale":-2,"zeroCount":"1","positive":{"offset":-3,"bucketCounts":["1","0","2"]},"flags":2,"max":9,"zeroThreshold":0.001}],"aggregationTemporality":1}}"#
        ),
        line(
            #"{"name":"q","summary":{"dataPoints":[{"timeUnixNano":"1700000000000000001","count":"4","sum":2.5,"quantileValues":[{"quantile":0.5,"value":1},{"quantile":1,"value":2}]}]}}"#
        ),
    ]

    @Test(arguments: metrics.indices) func metricsComeOutAsTheyWentIn(index: Int) async throws {
        let store = try await ExportStore("exact_\(index)")
        try await store.importMetrics([Self.metrics[index]])
        let lines = try await store.metrics(perLine: 100)
        #expect(lines == [Self.metrics[index]])
    }

    @Test func logRecordsComeOutAsTheyWentIn() async throws {
        let line =
            #"{"resourceLogs":[{"# + Self.resource + #","scopeLogs":[{"# + Self.scope
            + #","logRecords":[{"timeUnixNano":"1700000000000000000","observedTimeUnixNano":"1700000000000000001","severityNumber":9,"severityText":"Info","body":{"kvlistValue":{"values":[{"key":"a","value":{"intValue":"1"}}]}},"attributes":[{"key":"b","value":{"bytesValue":"AQI="}}],"droppedAttributesCount":2,"flags":1,"traceId":"01020304050607080102030405060708","spanId":"0102030405060708","eventName":"e"},{"timeUnixNano":"1700000000000000002","observedTimeUnixNano":"1700000000000000002"}]}]}]}"#
        let store = try await ExportStore("exact_logs")
        try await store.importLogs([line])
        #expect(try await store.logs(perLine: 100) == [line])
    }

    /// A series whose descriptions or order of attributes differ from day to day is one series.
    @Test func aSeriesOfSeveralDaysIsExportedOnce() async throws {
        let store = try await ExportStore("days")
        for (day, description) in [(0, "old"), (1, "new")] {
            var appender = ColumnAppender(batch: TelemetryBatch())
            let now = Timestamp.now().nanoseconds - Int64(1 - day) * 86_400_000_000_000
            appender.begin(receivedTime: Timestamp(nanoseconds: now))
            var repairs = RepairCounts()
            let line =
                #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"x","description":""# + description
                + #"","gauge":{"dataPoints":[{"timeUnixNano":"170000000000000000\#(day)","asInt":"1"}]}}]}]}]}"#
            appender.append(try OTLPJSONDecoder.decodeMetrics(Array(line.utf8), repairs: &repairs))
            try await store.store.write(appender.batch, token: nil)
        }
        let lines = try await store.metrics(perLine: 100)
        #expect(lines.count == 1)
        #expect(lines.first?.contains("new") == true)
        #expect(lines.first?.contains("old") == false)
        #expect(lines.first?.components(of: "timeUnixNano") == 2)
    }

    /// The series' own ids are those of their contents: by them series are sorted that come in Prometheus' terms.
    @Test func idsOfStoredSeriesAreThoseOfTheirContent() async throws {
        let store = try await ExportStore("ids")
        for seed in UInt64(100)...110 {
            var random = RandomOTLP(seed: seed)
            let request = random.metricsRequest()
            try await store.write { $0.append(request) }
        }
        var pages = try await MetricPages(store.store, ExportSelection()) {
            PrometheusSeriesExport.exported($0, kind: $1)
        }
        var looked = 0
        while let page = try await pages.next() {
            for exported in page.series {
                let series = exported.series
                var named = series
                if let resource = page.resources[series.resourceID] { named.resourceID = resource.id }
                if let scope = page.scopes[series.scopeID] { named.scopeID = scope.id }
                #expect(named.resourceID == series.resourceID)
                #expect(named.scopeID == series.scopeID)
                looked += 1
            }
        }
        #expect(looked > 5)
    }
}

extension String {
    fileprivate func components(of word: String) -> Int {
        var count = 0
        var rest = self[...]
        while let found = rest.firstRange(of: word) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
