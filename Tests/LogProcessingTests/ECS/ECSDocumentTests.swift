import LogProcessing
import TelemetryModel
import Testing

struct ECSDocumentTests {
    private func document(_ line: String) throws -> ECSDocument {
        ECSDocument(try TestEvents.draft(line), TestEvents.source)
    }

    @Test func theLineHasTheSeedsForm() throws {
        let line = try document(
            #"{"timestamp":"2024-05-24T20:30:00Z","level":"INFO","service":"spacetimedb","message":"up","load_time_ms":45,"ok":true,"o":{"n":1.5},"database":"d"}"#
        ).line
        #expect(
            line
                == #"{"@timestamp":"2024-05-24T20:30:00.000Z","log.level":"INFO","service.name":"spacetimedb","message":"up","#
                + #""load_time_ms":"45","ok":"true","o.n":"1.5","database.name":"d","spacetimedb.database_name":"d","#
                + #""log.offset":0,"log.file.inode":"7","host.name":"h","log.file.path":"/var/log/app/app.log","#
                + #""log.file.name":"app.log","input.type":"log","agent.type":"filebeat","agent.version":"8.11.0","#
                + #""agent.name":"h","ecs.version":"8.0.0"}"#)
    }

    @Test func aRecordWithoutTimeHasThatOfReading() throws {
        #expect(try document("x")["@timestamp"] == .string("2024-05-25T00:00:00.000Z"))
    }

    @Test func otherNamesBecomeThoseOfECS() throws {
        let document = try document(
            #"{"level":"error","message":"m","logger":"l","thread":"t","pid":5,"error":"boom","stack_trace":"s","version":"1","environment":"e","trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","tags":["a","b"],"http.response.status_code":"200"}"#
        )
        #expect(document["log.logger"] == .string("l"))
        #expect(document["process.thread.name"] == .string("t"))
        #expect(document["process.pid"] == .int(5))
        #expect(document["error.message"] == .string("boom"))
        #expect(document["error.stack_trace"] == .string("s"))
        #expect(document["service.version"] == .string("1"))
        #expect(document["environment"] == .string("e"))
        #expect(document["trace.id"] == .string("0af7651916cd43dd8448eb211c80319c"))
        #expect(document["span.id"] == .string("b7ad6b7169203331"))
        #expect(document["tags"] == .list([.string("a"), .string("b")]))
        #expect(document["http.response.status_code"] == .int(200))
    }

    // Filebeat's `message` of lines that are not JSON is the line.
    @Test func aPlainLineIsTheMessage() throws {
        let line = "2024-05-24 23:22:00 ERROR c.e.X - query failed pwd=x trace_id=0af7651916cd43dd8448eb211c80319c"
        let plain = try document(line)
        #expect(plain["message"] == .string(line))
        #expect(plain["@timestamp"] == .string("2024-05-24T23:22:00.000Z"))
        #expect(plain["log.level"] == .string("ERROR"))
        #expect(plain["trace.id"] == .string("0af7651916cd43dd8448eb211c80319c"))
        #expect(try document("level=info msg=x")["message"] == .string("level=info msg=x"))
        let masked = ECSDocument(try TestProcessors.draft(line, "mask"), TestEvents.source)
        #expect(masked["message"] == .string(line.replacing("pwd=x", with: "pwd=[REDACTED]")))
        let changed = ECSDocument(
            try TestProcessors.draft(line, ["uppercase": ["fields": ["message"]]]), TestEvents.source)
        #expect(changed["message"] == .string("QUERY FAILED PWD=X TRACE_ID=0AF7651916CD43DD8448EB211C80319C"))
    }
}
