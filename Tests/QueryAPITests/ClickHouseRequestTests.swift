import HTTPTypes
import Testing

@testable import QueryAPI

@Suite struct ClickHouseRequestTests {
    private static let limits = QueryLimits(
        maxExecutionTime: .seconds(30), maxMemoryBytes: 1 << 30, maxResultRows: 1000, threads: 2)

    private func parse(
        _ query: [(String, String)], body: String = "", header: String? = nil
    ) throws -> ClickHouseRequest? {
        try ClickHouseRequest(query: query, body: Array(body.utf8), formatHeader: header, limits: Self.limits)
    }

    private func failure(_ query: [(String, String)], body: [UInt8] = Array("SELECT 1".utf8)) -> ClickHouseFailure? {
        do {
            _ = try ClickHouseRequest(query: query, body: body, formatHeader: nil, limits: Self.limits)
            return nil
        } catch {
            return error as? ClickHouseFailure
        }
    }

    /// Spec: ClickHouse, "HTTP Interface": the parts of a statement in URL and body are put together.
    @Test(
        "the statement stands in the URL, in the body, or in both",
        arguments: [("SELECT 1", "", "SELECT 1"), ("", "SELECT 1;", "SELECT 1"), ("SELECT", "1", "SELECT\n1")])
    func statement(url: String, body: String, text: String) throws {
        let request = try #require(try parse(url.isEmpty ? [] : [("query", url)], body: body))
        #expect(request.text == text)
        #expect(request.format.name == "TabSeparated")
        #expect(request.parameters.isEmpty)
        #expect(request.settings.isEmpty)
    }

    @Test("a request without a statement is none", arguments: ["", " \n\t"])
    func empty(body: String) throws {
        #expect(try parse([], body: body) == nil)
        #expect(try parse([("query", body), ("database", "telemetry")]) == nil)
    }

    @Test func boundValuesComeFromTheURL() throws {
        let request = try #require(
            try parse([("param_id", "7"), ("param_name", "it's"), ("param_", "x")], body: "SELECT {id:UInt8}"))
        #expect(request.parameters == ["id": "7", "name": "it's", "": "x"])
    }

    @Test func theFormatOfTheStatementGoesBeforeTheOthers() throws {
        #expect(
            try parse([("default_format", "CSV")], body: "SELECT 1 FORMAT JSON", header: "Vertical")?.format.name
                == "JSON")
        #expect(try parse([("default_format", "CSV")], body: "SELECT 1", header: "Vertical")?.format.name == "CSV")
        #expect(try parse([], body: "SELECT 1", header: "Vertical")?.format.name == "Vertical")
    }

    @Test(
        "a setting lowers the server's bound and never passes it",
        arguments: [
            ("max_execution_time", "5", "5"), ("max_execution_time", "30", "30"), ("max_execution_time", "31", "30"),
            ("max_result_rows", "1", "1"), ("max_result_rows", "9223372036854775807", "1000"),
            ("max_threads", "64", "2"),
        ])
    func allowedSettings(name: String, wanted: String, taken: String) throws {
        let request = try #require(try parse([(name, wanted)], body: "SELECT 1"))
        #expect(request.settings.map(\.name) == [name])
        #expect(request.settings.map(\.value) == [taken])
    }

    /// Zero is "no limit" to the engine.
    @Test(
        "a bound is a whole number above zero", arguments: ["0", "-1", "", "1.5", "9223372036854775808", "1 ", "inf"])
    func wrongSettings(value: String) {
        let failure = self.failure([("max_result_rows", value)])
        #expect(failure?.code == 36)
        #expect(failure?.status == .badRequest)
    }

    @Test(
        "any other setting is refused by name",
        arguments: [
            "max_memory_usage", "max_block_size", "allow_ddl", "log_comment", "session_id", "MAX_THREADS", "", "param",
        ])
    func refusedSettings(name: String) throws {
        let failure = try #require(self.failure([(name, "1")]))
        #expect(failure.code == 115)
        #expect(failure.status == .notFound)
        #expect(failure.text == "Code: 115. DB::Exception: setting \(name) is not supported here. (UNKNOWN_SETTING)")
    }

    @Test(
        "what says nothing about the result is ignored",
        arguments: ["user", "password", "query_id", "quota_key", "wait_end_of_query", "buffer_size", "readonly"])
    func ignored(name: String) throws {
        let request = try #require(try parse([(name, "0")], body: "SELECT 1"))
        #expect(request.settings.isEmpty)
        #expect(request.parameters.isEmpty)
    }

    @Test(
        "the database is telemetry",
        arguments: [("telemetry", true), ("default", true), ("", true), ("system", false), ("x", false)])
    func database(name: String, isKnown: Bool) {
        #expect(failure([("database", name)])?.code == (isKnown ? nil : 81))
    }

    @Test func anUnknownFormatIsRefusedWithTheKnownOnes() throws {
        let failure = try #require(self.failure([], body: Array("SELECT 1 FORMAT Parquet".utf8)))
        #expect(failure.code == 73)
        #expect(failure.text.contains("format Parquet is not supported here"))
        for format in OutputFormats.all { #expect(failure.text.contains(format.name)) }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(failure([], body: [0x53, 0xFF])?.code == 62)
    }

    @Test(
        "types that Arrow does not tell as text are opaque",
        arguments: [
            ("UInt8", false), ("Int64", false), ("Float64", false), ("String", false),
            ("LowCardinality(String)", false),
            ("FixedString(16)", false), ("Bool", false), ("Array(String)", false), ("Map(String, Float64)", false),
            ("Nullable(UInt64)", false), ("Decimal(9, 2)", false), ("Nullable(Nothing)", false),
            ("DateTime64(9, 'UTC')", true), ("DateTime", true), ("Date", true), ("Date32", true), ("UUID", true),
            ("IPv4", true), ("IPv6", true), ("Enum8('a' = 1)", true), ("Int128", true), ("UInt256", true),
            ("IntervalDay", true), ("Array(DateTime)", true), ("Map(String, UUID)", true), ("Nullable(Date)", true),
            ("Variant(String, UInt8)", true), ("Dynamic", true), ("JSON", true), ("Tuple(a UUID)", true),
            ("Time64(3)", true),
            ("AggregateFunction(sum, UInt8)", true), ("BFloat16", true),
        ])
    func opaqueTypes(type: String, isOpaque: Bool) {
        let column = ResultColumnDescription(name: "c", type: type)
        #expect(column.isOpaque == isOpaque)
        #expect(
            column.isRawJSON
                == (isOpaque && type.contains("(") && ["Array", "Map", "Tuple"].contains { type.hasPrefix($0) }))
    }
}
