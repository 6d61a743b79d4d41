import ClickHouse
import Logging
import TelemetryModel
import TestSupport
import Testing

/// Against the real engine; `martlet engine install` must have run, as README's test command does.
@Suite(.serialized) struct EmbeddedEngineTests {
    @Test func tellsItsVersion() throws {
        #expect(try SharedEngine.open().version.hasPrefix("26.9."))
    }

    @Test func bindsParametersWhateverTheyHold() async throws {
        let engine = try SharedEngine.open()
        let hostile = "it's \\ \"quoted\" ; DROP TABLE x -- \n\t ü"
        let rows = try await engine.rows(
            BoundStatement("SELECT {text:String}, {number:Int64}", parameters: ["text": hostile, "number": "-7"]))
        #expect(rows == [[.string(hostile), .int(-7)]])
    }

    @Test func readsEveryKindOfValue() async throws {
        let engine = try SharedEngine.open()
        let rows = try await engine.rows(
            BoundStatement(
                """
                SELECT NULL, true, toInt8(-1), toUInt64(18446744073709551615), 1.5, toFloat32(0.5), 'text', unhex('ff00'),
                    toFixedString('ab', 2), toDecimal64(-1.25, 2), toDateTime64('2026-01-02 03:04:05.123456789', 9, 'UTC'),
                    [1, 2], map('k', 1), tuple('a', 2), toLowCardinality('low'), CAST([], 'Array(String)')
                """))
        let row = try #require(rows.first)
        #expect(row[0] == .null)
        #expect(row[1] == .bool(true) || row[1] == .unsigned(1))
        #expect(row[2] == .int(-1))
        #expect(row[3] == .unsigned(.max))
        #expect(row[4] == .double(1.5))
        #expect(row[5] == .float(0.5))
        #expect(row[6] == .string("text"))
        #expect(row[7].rawBytes == [0xFF, 0])
        #expect(row[8].rawBytes == Array("ab".utf8))
        #expect(row[9] == .decimal("-1.25"))
        #expect(row[10].timestamp == Timestamp(nanoseconds: 1_767_323_045_123_456_789))
        #expect(row[11] == .list([.unsigned(1), .unsigned(2)]))
        #expect(row[12] == .map([(key: .string("k"), value: .unsigned(1))]))
        #expect(row[14] == .string("low"))
        #expect(row[15] == .list([]))
    }

    @Test func insertsBlocksOfEveryShape() async throws {
        let engine = try SharedEngine.open()
        try await engine.execute(BoundStatement("CREATE DATABASE IF NOT EXISTS shapes"))
        try await engine.execute(
            BoundStatement(
                """
                CREATE TABLE shapes.t (at DateTime64(9, 'UTC'), id FixedString(16), name LowCardinality(String),
                    attributes Map(LowCardinality(String), String), numbers Map(LowCardinality(String), Float64),
                    events Array(LowCardinality(String)), nested Array(Map(LowCardinality(String), String)), n UInt32)
                ENGINE = MergeTree ORDER BY at SETTINGS non_replicated_deduplication_window = 100
                """))
        let attributes = AttributeColumns()
        let at = FixedColumn<Timestamp>()
        let id = FixedColumn<StoredTraceID>()
        let name = DictionaryColumn()
        let events = ListColumn(DictionaryColumn())
        let nested = NestedAttributeColumns()
        let n = FixedColumn<UInt32>()
        let trace = TraceID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)
        for row in 0..<3 {
            at.append(Timestamp(nanoseconds: Int64(row) + 1_700_000_000_000_000_000))
            id.append(StoredTraceID(trace))
            name.append(row == 1 ? "odd" : "even")
            for key in 0..<row {
                attributes.text.keys.append("k\(key)")
                attributes.text.values.append("v\u{0}\(key)")
                attributes.numbers.keys.append("k\(key)")
                attributes.numbers.values.append(Double(key))
                events.items.append("e\(key)")
                nested.text.items.keys.append("inner")
                nested.text.items.values.append("\(key)")
                nested.text.items.closeRow()
            }
            attributes.text.closeRow()
            attributes.numbers.closeRow()
            events.closeRow()
            nested.text.closeRow()
            n.append(UInt32(row))
        }
        let block = InsertBlock(
            database: "shapes", table: "t",
            columns: [
                ("at", at), ("id", id), ("name", name), ("attributes", attributes.text),
                ("numbers", attributes.numbers),
                ("events", events), ("nested", nested.text), ("n", n),
            ], deduplicationToken: "first")
        #expect(try await engine.insert(block) == 3)
        // The same token again adds nothing.
        try await engine.insert(block)
        let rows = try await engine.rows(
            BoundStatement("SELECT n, at, id, name, attributes, numbers, events, nested FROM shapes.t ORDER BY n"))
        #expect(rows.count == 3)
        let last = try #require(rows.last)
        #expect(last[1].timestamp == Timestamp(nanoseconds: 1_700_000_000_000_000_002))
        #expect(last[2].rawBytes == trace.bytes)
        #expect(last[3] == .string("even"))
        #expect(
            last[4]
                == .map([
                    (key: .string("k0"), value: .string("v\u{0}0")), (key: .string("k1"), value: .string("v\u{0}1")),
                ]))
        #expect(last[5] == .map([(key: .string("k0"), value: .double(0)), (key: .string("k1"), value: .double(1))]))
        #expect(last[6] == .list([.string("e0"), .string("e1")]))
        #expect(
            last[7]
                == .list([
                    .map([(key: .string("inner"), value: .string("0"))]),
                    .map([(key: .string("inner"), value: .string("1"))]),
                ]))
    }

    @Test func reportsTheEnginesErrorWithItsNumber() async throws {
        let engine = try SharedEngine.open()
        let error = await #expect(throws: EngineError.self) {
            try await engine.execute(BoundStatement("SELECT * FROM system.no_such_table"))
        }
        #expect(error?.number == 60)
        #expect(error?.kind == .notFound)
        let syntax = await #expect(throws: EngineError.self) { try await engine.execute(BoundStatement("SELEC 1")) }
        #expect(syntax?.number == 62)
    }

    @Test func cancelsTheStatementWithItsTask() async throws {
        let engine = try SharedEngine.open()
        // About 10^12 rows: without the cancellation this would not end within the test's life.
        let task = Task {
            try await engine.rows(BoundStatement("SELECT sum(sipHash64(number)) FROM numbers(1000000000000)"))
        }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
        // The engine is free for others.
        #expect(try await engine.rows(BoundStatement("SELECT 1")) == [[.unsigned(1)]])
    }

    @Test(arguments: [
        "SELECT * FROM file('/etc/passwd', 'LineAsString')", "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
        "INSERT INTO system.users VALUES (1)", "CREATE TABLE x (a Int8) ENGINE = Memory", "SET max_threads = 99",
        "SELECT * FROM remote('127.0.0.1', system.one)", "SELECT file('/etc/hostname')", "KILL QUERY WHERE 1",
        "/* c */ -- d\n KILL QUERY WHERE 1", "SELECT * FROM python('x')", "SELECT sleep(1)",
        "EXPLAIN SYNTAX SELECT file('/etc/hostname')", "SHOW TABLES WHERE name = file('/etc/hostname')",
        "DESCRIBE TABLE (SELECT file('/etc/hostname'))", "SELECT 1; SELECT 2",
        "SELECT length(FILE('/etc/hostname'))", "WITH file('/etc/hostname') AS x SELECT x",
    ])
    func refusesWhatUserTextMustNotDo(sql: String) async throws {
        let engine = try SharedEngine.open()
        try await engine.execute(BoundStatement("CREATE DATABASE IF NOT EXISTS telemetry"))
        await #expect(throws: EngineError.self) {
            _ = try await engine.rows(BoundStatement(sql), access: .user(settings: [("max_execution_time", "5")]))
        }
    }

    @Test func limitsUserTextInTime() async throws {
        let engine = try SharedEngine.open()
        try await engine.execute(BoundStatement("CREATE DATABASE IF NOT EXISTS telemetry"))
        let error = await #expect(throws: EngineError.self) {
            _ = try await engine.rows(
                BoundStatement("SELECT sum(sipHash64(number)) FROM numbers(1000000000000)"),
                access: .user(settings: [("max_execution_time", "1")]))
        }
        #expect(error?.kind == .timeout)
    }

    @Test func namesTheProcessThatHoldsTheDirectory() throws {
        _ = try SharedEngine.open()
        let error = #expect(throws: EngineError.self) {
            _ = try EmbeddedEngine(
                .init(
                    directory: SharedEngine.storePath, library: "",
                    sizes: EngineSizes(memoryBytes: 1 << 30, threads: 1, backgroundThreads: 1),
                    environment: processEnvironment()),
                logger: Logger(label: "test"))
        }
        #expect(error?.code == .directoryLocked)
        #expect(error?.message.contains("\(currentProcessID())") == true)
    }

    @Test func saysHowToInstallAMissingEngine() {
        let error = #expect(throws: EngineError.self) {
            _ = try EngineLocation.find(configured: "", environment: ["MARTLET_CACHE": "/nonexistent"])
        }
        #expect(error?.code == .engineMissing)
        #expect(error?.message.contains("martlet engine install") == true)
    }
}
