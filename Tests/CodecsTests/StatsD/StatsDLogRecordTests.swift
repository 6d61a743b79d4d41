import Testing

@testable import Codecs

@Suite struct StatsDLogRecordTests {
    private func event(_ line: String) throws -> StatsDLogRecord {
        try Array(line.utf8).withUnsafeBufferPointer { try StatsDEvent.parse($0, receivedTime: 7) }
    }

    private func check(_ line: String) throws -> StatsDLogRecord {
        try Array(line.utf8).withUnsafeBufferPointer { try StatsDServiceCheck.parse($0, receivedTime: 7) }
    }

    @Test func anEventHasTitleTextAndFields() throws {
        let record = try event(
            "_e{5,12}:title|first\\nlines|d:1656581400|h:web1|k:key|p:low|s:src|t:error|#a:1,b|c:ci-1|x:y")
        #expect(
            record
                == StatsDLogRecord(
                    kind: .event(.init(alert: .error, priority: "low", aggregationKey: "key", sourceType: "src")),
                    title: "title", text: "first\nlines", host: "web1",
                    tags: [.init("a", "1"), .init("b", "true")], container: "ci-1", time: 1_656_581_400_000,
                    receivedTime: 7))
    }

    @Test func lengthsCountBytesAndBarsMayBeInside() throws {
        let record = try event("_e{7,3}:Zü|ich|a|b")
        #expect(record.title == "Zü|ich")
        #expect(record.text == "a|b")
    }

    @Test(arguments: [
        "_e{", "_e{}", "_e{1}:a", "_e{1,1}", "_e{1,1}:", "_e{1,1}:a", "_e{1,1}:a|", "_e{0,1}:|b", "_e{2,1}:a|b",
        "_e{1,1}:a|bc", "_e{1,9}:a|b", "_e{-1,1}:a|b", "_e{9999999,1}:a|b", "_e{1,1}a|b", "_e{999999,999999}:a|b",
    ])
    func brokenEvents(_ line: String) {
        #expect(throws: StatsDProblem.badEvent) { _ = try event(line) }
    }

    @Test func aServiceCheckHasStatusAndMessage() throws {
        let record = try check("_sc|Redis connection|2|d:10|h:web1|#env:dev|m:timed out\\nafter m\\: 10s")
        #expect(
            record
                == StatsDLogRecord(
                    kind: .serviceCheck(.critical), title: "Redis connection", text: "timed out\nafter m: 10s",
                    host: "web1", tags: [.init("env", "dev")], time: 10_000, receivedTime: 7))
        #expect(try check("_sc|a|0").kind == .serviceCheck(.ok))
    }

    @Test(arguments: ["_sc|", "_sc||1", "_sc|a", "_sc|a|", "_sc|a|4", "_sc|a|x", "_sc|a|12", "_sc|a|1x|m:y"])
    func brokenServiceChecks(_ line: String) {
        #expect(throws: StatsDProblem.badServiceCheck) { _ = try check(line) }
    }
}
