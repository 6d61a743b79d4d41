import Testing

@testable import martlet

@Suite struct LogStatisticsTests {
    @Test func `services stand with their levels, the most lines first`() throws {
        func answer(_ values: [(String, String, Int)]) throws -> PromQLAnswer {
            let series = values.map {
                #"{"metric":{"service_name":"\#($0.0)","detected_level":"\#($0.1)"},"value":[1,"\#($0.2)"]}"#
            }.joined(separator: ",")
            return try PromQLAnswer(
                Array(#"{"status":"success","data":{"resultType":"vector","result":[\#(series)]}}"#.utf8))
        }
        var statistics = LogStatistics()
        statistics.add(try answer([("a", "info", 5), ("b", "info", 1000), ("b", "error", 7)]), isBytes: false)
        statistics.add(try answer([("a", "info", 100), ("b", "info", 2048)]), isBytes: true)
        #expect(statistics.sorted.map(\.name) == ["b", "a"])
        let lines = statistics.text(width: nil).split(separator: "\n").map(String.init)
        #expect(lines.first == "service  lines     bytes  error   info")
        #expect(lines.contains("b        1,007  2.00 KiB      7  1,000"))
        #expect(lines.last == "2 services, 1,012 lines, 2.10 KiB")
        #expect(
            String(decoding: statistics.json, as: UTF8.self)
                == #"{"service":"b","lines":1007,"bytes":2048,"levels":{"error":7,"info":1000}}"# + "\n"
                + #"{"service":"a","lines":5,"bytes":100,"levels":{"info":5}}"# + "\n")
        #expect(LogStatistics().text(width: nil) == "no lines\n")
    }

    @Test func `the range of the query is the time that was asked for`() throws {
        let query = LogStatistics.query(
            "count_over_time", try LogQuestion(["x"]), TraceTimes(start: 0, end: 60_000_000_000))
        #expect(query.hasSuffix(#"(count_over_time({service_name=~".+"} |~ "(?i)x" [60000ms]))"#))
        #expect(try LogQuestion([query]).kind == .numbers)
    }
}
