import LogQL
import LogQLEvaluation
@testable import QueryEngines
import SQLSyntax
import TelemetryModel
@testable import TelemetryStore
import TestSupport
import Testing

/// The SQL of selectors, pipelines and counts.
@Suite struct LogLoweringTests {
    private static let streams = LogStreamIndex.Snapshot(
        streams: [
            1: LogStream(id: 1, attributes: [("service.name", "api"), ("host.name", "a1")], schemaURL: ""),
            2: LogStream(id: 2, attributes: [("service.name", "worker")], schemaURL: ""),
            3: LogStream(
                id: 3, attributes: [("app", "pushed"), ("service.name", "pushed")],
                schemaURL: LogStreams.pushedUnnamedSchemaURL),
        ])

    /// Knows the attributes `user.id` and `region` of records.
    private static func keys() throws -> AttributeKeys {
        let keys = AttributeKeys()
        keys.load([(.log, "user.id", false), (.log, "region", false)])
        return keys
    }

    @Test("conditions of selectors and pipelines")
    func conditions() throws {
        var golden = Golden("conditions", of: "Logs")
        let rows = LogRows(streams: Self.streams, keys: try Self.keys())
        golden.add(title: "Selectors")
        for text in [
            #"{service_name="api"}"#, #"{service_name=~"api|worker"}"#, #"{service_name=~".+"}"#, #"{app="pushed"}"#,
            #"{app!="pushed", service_name=~".+"}"#, #"{service_name="nowhere"}"#,
        ] {
            golden.add(text, rows.selector(try LogQLParser.parseSelection(text).matchers))
        }
        golden.add(title: "Lines")
        for text in [
            #"|= "connection refused""#, #"|= "user-17""#, #"|= "1234""#, #"|= "a" or "timeout""#, #"!= "x" or "y""#,
            #"|~ "(?i)time(out)?""#, #"|~ "(?i)timeout|refused""#, #"|~ "timeout.*""#, #"!~ "time.ut""#, #"!~ "(?i)x""#,
            #"|> "<_> failed after <_>""#, #"!> "<_> failed""#, #"|= ip("10.0.0.0/8")"#, #"|~ ".+""#,
            #"|= "a" | json |= "b""#, #"| line_format "x" |= "b""#, #"| decolorize |= "b""#,
        ] {
            golden.add(text, rows.pipeline(try Self.stages(text)))
        }
        golden.add(title: "Labels")
        for text in [
            #"| user_id="u1""#, #"| user_id!="u1""#, #"| user_id=~"u1|u2""#, #"| user_id=~"u.*""#, #"| user_id="""#,
            #"| user_id="u1" or region="eu""#, #"| nowhere="x""#, #"| nowhere="""#, #"| service_name="api""#,
            #"| host_name="a1""#, #"| detected_level="error""#, #"| trace_id="0af7651916cd43dd8448eb211c80319c""#,
            #"| trace_id="short""#, #"| json | user_id="u1""#, #"| json | service_name="api""#,
            #"| user_id_extracted="x""#,
            #"| label_format user_id="x" | user_id="u1""#, #"| drop user_id | user_id="u1""#, #"| status >= 500"#,
            #"| user_id=~".*""#, #"| user_id!~".+""#,
        ] {
            golden.add(text, rows.pipeline(try Self.stages(text)))
        }
        try golden.check()
    }

    @Test("counts that SQL makes, and those it does not")
    func counts() throws {
        var golden = Golden("counts", of: "Logs")
        let keys = try Self.keys()
        for text in [
            #"sum by (detected_level) (count_over_time({service_name="api"}[1m]))"#,
            #"sum by (user_id, service_name) (rate({service_name=~".+"} |= "timeout" [5m]))"#,
            #"sum (bytes_over_time({service_name="api"} | drop x [1m]))"#,
            #"absent_over_time({service_name="api"}[1m])"#,
            #"sum by (status) (count_over_time({service_name="api"} | json [1m]))"#,
            #"sum without (x) (count_over_time({service_name="api"}[1m]))"#,
            #"count_over_time({service_name="api"}[1m])"#,
            #"sum by (trace_id) (count_over_time({service_name="api"}[1m]))"#,
            #"sum by (user_id) (count_over_time({service_name="api"} | drop user_id [1m]))"#,
            #"sum by (x) (sum_over_time({service_name="api"} | unwrap user_id [1m]))"#,
        ] {
            guard case .metric(let expression) = try LogQLParser.parse(text) else { continue }
            let plan = try MetricPlan(expression)
            let range = try #require(plan.ranges.first)
            let grid = try #require(StepGrid(start: 0, end: 600_000_000_000, step: 60_000_000_000))
            let windows = RangeWindows(grid: grid, window: range.aggregation.window, offset: range.aggregation.offset)
            let rows = LogRows(streams: Self.streams, keys: keys)
            let selection = range.aggregation.selection
            let condition = RowCondition.all([rows.selector(selection.matchers), rows.pipeline(selection.stages)])
            if let counting = CountStatement(range, selection, windows, condition, Self.streams, keys) {
                golden.add(text, counting.select)
            } else {
                golden.add(line: "\n\(text)\n    not by SQL")
            }
        }
        try golden.check()
    }

    private static func stages(_ text: String) throws -> [Stage] {
        try LogQLParser.parseSelection("{service_name=\"api\"} \(text)").stages
    }
}

extension Golden {
    fileprivate mutating func add(_ label: String, _ condition: RowCondition) {
        add("\(label)    (\(condition.isExact ? "exact" : "wider"))", condition.sql)
    }
}
