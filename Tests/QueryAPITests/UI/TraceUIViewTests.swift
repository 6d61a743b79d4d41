import Codecs
import QueryEngines
import TelemetryModel
import Testing
import TraceAnalysis
import TraceQL

@testable import QueryAPI

@Suite struct TraceUIViewTests {
    // MARK: Spans

    @Test func `spans are answered as OTLP JSON`() async {
        let text = await UISamples.api(UISamples.small).text(.spans, "ids=2,77")
        #expect(
            text == """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"db"}}]},\
                "scopeSpans":[{"scope":{},"spans":[{"traceId":"\(UISamples.hex)","spanId":"0000000000000002",\
                "name":"select","startTimeUnixNano":"1010","endTimeUnixNano":"1040","status":{}}]}]}]}
                """)
    }

    @Test func `spans are asked by id or by row, each once`() async {
        let traces = UIMemoryTraces([(UISamples.id, UISamples.small + [UISpan(3, 1, 2000)])])
        let api = UISamples.api(traces)
        #expect(await api.ask(.spans, "ids=2,0000000000000002,3").status == 200)
        #expect(await api.ask(.spans, "from=1&count=10").status == 200)
        #expect(traces.asked.spans == [[2, 3].map { SpanID(value: $0) }, [2, 3].map { SpanID(value: $0) }])
        #expect(await api.text(.spans, "from=4") == "{\"resourceSpans\":[]}")
    }

    @Test func `spans that are not said, too many or no ids are refused`() async {
        let api = UISamples.api(UISamples.small)
        let many = (1...501).map { String($0) }.joined(separator: ",")
        for query in ["", "count=3", "ids=x", "ids=1,zz", "ids=12345678901234567", "ids=\(many)", "from=0&count=501"] {
            #expect(await api.ask(.spans, query).status == 400)
        }
    }

    // MARK: Search

    @Test func `a query finds rows`() async {
        let api = UISamples.api(UISamples.small) { $0.found = [3, 1] }
        #expect(
            await api.text(.search, "q=%7B%20status%20%3D%20error%20%7D")
                == "{\"spans\":3,\"language\":\"traceql\",\"matched\":2,\"rows\":[0,2],\"complete\":true}")
        #expect(
            await api.text(.search, "q=%7B%7D&limit=1")
                == "{\"spans\":3,\"language\":\"traceql\",\"matched\":2,\"rows\":[0],\"complete\":false}")
    }

    @Test func `what is no query is looked for as text`() async {
        let traces = UIMemoryTraces([(UISamples.id, UISamples.small)]) { $0.found = [1, 2, 3] }
        let api = UISamples.api(traces)
        #expect(
            await api.text(.search, "q=lock+wait&limit=2")
                == "{\"spans\":3,\"language\":\"text\",\"matched\":2,\"rows\":[0,1],\"complete\":false}")
        #expect(traces.asked.texts.first?.text == "lock wait" && traces.asked.texts.first?.limit == 3)
        let note = await api.text(.search, "q=%7B%20name%20%3D")
        #expect(note.contains("\"language\":\"text\",\"note\":{\"kind\":\"invalid\",\"message\":"))
        #expect(note.contains("\"position\":{\"start\":8,") && note.contains("\"matched\":3"))
    }

    @Test func `searches without text, of metrics, of wrong types or too long are refused`() async {
        let api = UISamples.api(UISamples.small)
        let long = String(repeating: "a", count: 1025)
        for query in [
            "", "q=", "q=%7B%7D%7Crate()", "q=%7B%201%20%7D", "q=\(long)", "q=a&limit=0", "q=a&limit=100001", "q=%ff",
        ] {
            #expect(await api.ask(.search, query).status == 400)
        }
    }

    @Test func `positions are counted as JavaScript counts`() throws {
        let text = "{ name = \"😀\" ?"
        do throws(TraceQLError) {
            _ = try TraceQLParser.parse(text)
            Issue.record("parsed")
        } catch {
            let position = try #require(TraceUIFailure(error, in: text).position)
            #expect(position.start == 14 && error.range.start == 16)
        }
    }

    // MARK: Critical path

    @Test func `the critical path is told by section and by operation`() async {
        let text = await UISamples.api(UISamples.small).text(.criticalPath)
        func section(_ row: Int, _ span: String, _ from: Int, _ to: Int) -> String {
            "{\"row\":\(row),\"spanId\":\"000000000000000\(row + 1)\",\(span),\"from\":\"\(from)\",\"to\":\"\(to)\"}"
        }
        let (api, db) = ("\"service\":\"api\",\"name\":\"GET\"", "\"service\":\"db\",\"name\":\"select\"")
        let sections = [
            section(0, api, 1000, 1010), section(1, db, 1010, 1040), section(0, api, 1040, 1050),
            section(2, db, 1050, 1090), section(0, api, 1090, 1100),
        ].joined(separator: ",")
        #expect(
            text == """
                {"traceId":"\(UISamples.hex)","spans":3,\
                "root":{"row":0,"spanId":"0000000000000001","service":"api","name":"GET"},"duration":100,\
                "sections":[\(sections)],"complete":true,"other":null,\
                "operations":[{"service":"db","operation":"select","time":70,"share":0.7,"traces":1},\
                {"service":"api","operation":"GET","time":30,"share":0.3,"traces":1}],"otherOperations":null}
                """)
    }

    @Test func `the shortest sections are left out first`() async {
        let text = await UISamples.api(UISamples.small).text(.criticalPath, "limit=2")
        #expect(text.contains("\"complete\":false,\"other\":{\"sections\":3,\"time\":30}"))
        #expect(text.contains("\"from\":\"1010\"") && text.contains("\"from\":\"1050\""))
    }

    // MARK: Flame graph

    @Test func `a flame graph is a tree with the most time first`() async {
        let text = await UISamples.api(UISamples.small + [UISpan(4, 1, 1095, 1, name: "log")]).text(.flame)
        #expect(
            text == """
                {"traceId":"\(UISamples.hex)","traces":1,"spans":4,"nodes":3,"roots":[\
                {"service":"api","name":"GET","count":1,"errors":0,"total":100,"self":29,"children":[\
                {"service":"db","name":"select","count":2,"errors":1,"total":70,"self":70,"children":[]},\
                {"service":"api","name":"log","count":1,"errors":0,"total":1,"self":1,"children":[]}]}],\
                "otherNodes":null,"complete":true}
                """)
    }

    @Test func `nodes beyond the limit are the smallest, and are added up`() async {
        let spans =
            [UISpan(1, 0, 0, 1000)] + (2...9).map { UISpan(UInt64($0), 1, 0, Int64($0)) } + [UISpan(10, 2, 0, 5000)]
        let text = await UISamples.api(spans).text(.flame, "nodes=3")
        #expect(text.contains("\"nodes\":3,") && text.contains("\"name\":\"op9\"") && text.contains("\"name\":\"op8\""))
        // A node is not there without its parent, however long it takes.
        #expect(!text.contains("\"name\":\"op10\""))
        #expect(text.contains("\"otherNodes\":{\"count\":7,\"errors\":0,\"total\":27,"))
        #expect(text.hasSuffix("\"complete\":false}"))
    }

    @Test func `a chain is cut before it is too deep for a reader of JSON`() async {
        let spans = (1...6000).map { UISpan(UInt64($0), UInt64($0) - 1, Int64($0), 10_000, name: "f") }
        let text = await UISamples.api(spans).text(.flame, "nodes=20000")
        #expect(text.contains("\"nodes\":256,") && text.contains("\"otherNodes\":{\"count\":5744,"))
        var (depth, deepest) = (0, 0)
        for byte in text.utf8 {
            if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth -= 1 }
            deepest = max(deepest, depth)
        }
        #expect(depth == 0 && deepest == 2 + 2 * 256)
    }

    // MARK: Statistics and statements

    @Test func `operations are counted and measured`() async {
        let text = await UISamples.api(UISamples.small).text(.statistics)
        #expect(
            text == """
                {"traceId":"\(UISamples.hex)","spans":3,"operations":[\
                {"service":"api","operation":"GET","count":1,"errors":0,"total":100,"self":30,\
                "min":100,"p50":100,"p95":100,"p99":100,"max":100},\
                {"service":"db","operation":"select","count":2,"errors":1,"total":70,"self":70,\
                "min":30,"p50":30,"p95":40,"p99":40,"max":40}],"otherOperations":null,"complete":true}
                """)
        let cut = await UISamples.api(UISamples.small).text(.statistics, "top=1")
        #expect(
            cut.contains(
                "\"otherOperations\":{\"operations\":1,\"count\":2,\"errors\":1,\"total\":70,\"self\":70},"
                    + "\"complete\":false"))
    }

    @Test func `statements of a trace are counted, and what repeats is told`() async {
        let traces = UIMemoryTraces([(TraceID(high: 0, low: 1), []), (UISamples.id, UISamples.small)])
        let text = await UISamples.api(traces).text(.statements, "min=2")
        let fingerprint = StatementFingerprint("SELECT a FROM t WHERE id = 1", dialect: .postgresql)
        let hash = StatementHash.text(fingerprint.hash)
        #expect(
            text == """
                {"traceId":"\(UISamples.hex)","spans":3,"statements":[{"hash":"\(hash)",\
                "text":"SELECT a FROM t WHERE id = ?","truncated":false,"system":"postgresql","services":["db"],\
                "moreServices":false,"count":2,"errors":1,"total":70,"min":30,"p50":30,"p95":40,"p99":40,"max":40,\
                "sample":"SELECT a FROM t WHERE id = 2","traceId":"\(UISamples.hex)","spanId":"0000000000000003"}],\
                "otherStatements":null,"repeated":[{"traceId":"\(UISamples.hex)",\
                "parent":{"row":0,"spanId":"0000000000000001","service":"api","name":"GET"},"place":"sameParent",\
                "hash":"\(hash)","text":"SELECT a FROM t WHERE id = ?","count":2,"total":70,"elapsed":70,\
                "pattern":"sequential","rows":[1,2]}],"otherRepeated":null,"complete":true}
                """)
        #expect(traces.asked.visits.first?.limit == 1 && traces.asked.visits.first?.range == .all)
        #expect(await UISamples.api(traces).ask(.statements, id: "77").status == 404)
        #expect(await UISamples.api(traces).ask(.statements, "min=1").status == 400)
    }

    @Test func `hashes are sixteen digits`() {
        #expect(StatementHash.text(1) == "0000000000000001" && StatementHash.text(.max) == "ffffffffffffffff")
    }
}
