import TelemetryStore

/// The layouts between which Documentation/Decisions/0003-attribute-layout.md decides, on the rows of
/// `telemetry.spans`: only the columns of attributes differ.
struct AttributeLayoutsCase: BenchmarkCase {
    static let name = "attribute-layouts"
    static let summary = "layouts of attributes on 1 M spans: insert, merge, size, filters"

    private struct Layout {
        let name: String
        /// Column definitions and what is selected into them.
        let columns: [(definition: String, source: String)]
        let typedFilter: String
        let textFilter: String
    }

    private static let keys = "mapKeys(attributes)"
    private static let numbers = "Map(LowCardinality(String), Float64)"
    private static let text = "Map(LowCardinality(String), String)"

    private static let layouts: [Layout] = [
        Layout(
            name: "text + type signature",
            columns: [
                ("attributes \(text)", "attributes"), ("attribute_types LowCardinality(String)", "attribute_types"),
            ],
            typedFilter: "toFloat64OrZero(attributes['http.response.status_code']) >= 500",
            textFilter: "attributes['http.request.method'] = 'POST'"),
        Layout(
            name: "text + signature + numbers (chosen)",
            columns: [
                ("attributes \(text)", "attributes"), ("attribute_types LowCardinality(String)", "attribute_types"),
                ("attribute_numbers \(numbers)", "attribute_numbers"),
            ],
            typedFilter: "attribute_numbers['http.response.status_code'] >= 500",
            textFilter: "attributes['http.request.method'] = 'POST'"),
        Layout(
            name: "typed maps, text as an alias",
            columns: [
                (
                    "attributes_string \(text)",
                    "mapFilter((k, v) -> NOT mapContains(attribute_numbers, k), attributes)"
                ),
                ("attribute_numbers \(numbers)", "attribute_numbers"),
                (
                    "attributes \(text) ALIAS mapConcat(attributes_string, "
                        + "mapApply((k, v) -> (k, toString(v)), attribute_numbers))", ""
                ),
            ],
            typedFilter: "attribute_numbers['http.response.status_code'] >= 500",
            textFilter: "attributes['http.request.method'] = 'POST'"),
    ]

    func run(_ bench: Bench) async throws {
        try await bench.sql("TRUNCATE TABLE telemetry.spans")
        try await bench.sql("CREATE DATABASE IF NOT EXISTS layouts")
        var workload = Workload(seed: 5)
        for block in 0..<10 {
            try await bench.sql("TRUNCATE TABLE telemetry.spans")
            try await bench.store.write(InsertCase.batch(rows: 100_000, &workload), token: nil)
            try await bench.sql("DROP TABLE IF EXISTS layouts.source\(block)")
            try await bench.sql("CREATE TABLE layouts.source\(block) ENGINE = Memory AS SELECT * FROM telemetry.spans")
        }
        for layout in Self.layouts { try await measure(layout, bench) }
        for block in 0..<10 { try await bench.sql("DROP TABLE layouts.source\(block)") }
    }

    private func measure(_ layout: Layout, _ bench: Bench) async throws {
        let base = ["start_time", "trace_id", "span_id", "service", "name", "duration"]
        let types = [
            "start_time DateTime64(9, 'UTC')", "trace_id FixedString(16)", "span_id FixedString(8)",
            "service LowCardinality(String)", "name LowCardinality(String)", "duration Int64",
        ]
        let definitions = (types + layout.columns.map(\.definition)).map {
            $0.contains(" ALIAS ") ? $0 : $0 + " CODEC(ZSTD(1))"
        }
        let stored = layout.columns.filter { !$0.source.isEmpty }
        let names = base + stored.map { String($0.definition.prefix { $0 != " " }) }
        var insert = Double.infinity
        var merge = Double.infinity
        for _ in 0..<3 {
            try await bench.sql("DROP TABLE IF EXISTS layouts.spans SYNC")
            try await bench.sql(
                "CREATE TABLE layouts.spans (\(definitions.joined(separator: ", "))) ENGINE = MergeTree ORDER BY start_time "
                    + "SETTINGS vertical_merge_algorithm_min_rows_to_activate = 1, "
                    + "vertical_merge_algorithm_min_columns_to_activate = 1")
            try await bench.sql("SYSTEM STOP MERGES layouts.spans")
            let inserting = try await Bench.measure {
                for block in 0..<10 {
                    try await bench.sql(
                        "INSERT INTO layouts.spans (\(names.joined(separator: ", "))) SELECT "
                            + (base + stored.map(\.source)).joined(separator: ", ") + " FROM layouts.source\(block)")
                }
            }
            try await bench.sql("SYSTEM START MERGES layouts.spans")
            let merging = try await Bench.measure { try await bench.sql("OPTIMIZE TABLE layouts.spans FINAL") }
            insert = min(insert, inserting.cpu)
            merge = min(merge, merging.cpu)
        }
        let bytes = try await bench.number(
            "SELECT toFloat64(sum(bytes_on_disk)) / sum(rows) FROM system.parts WHERE active AND database = 'layouts' AND "
                + "table = 'spans'")
        let typed = try await filter(layout.typedFilter, bench)
        let text = try await filter(layout.textFilter, bench)
        Bench.report(
            layout.name, "\(insert.text(2)) + \(merge.text(2)) CPU s/M",
            "insert + merge, best of 3; \(bytes.text(1)) B/span; status >= 500 in \((typed * 1000).text(0)) ms CPU, "
                + "method = POST in \((text * 1000).text(0)) ms CPU")
    }

    private func filter(_ condition: String, _ bench: Bench) async throws -> Double {
        var best = Double.infinity
        for _ in 0..<5 {
            let time = try await Bench.measure {
                _ = try await bench.number(
                    "SELECT toFloat64(count()) FROM layouts.spans WHERE \(condition) SETTINGS max_threads = 1, "
                        + "use_query_condition_cache = 0")
            }
            best = min(best, time.cpu)
        }
        return best
    }
}
