import TelemetryModel
import Testing

@testable import martlet

@Suite struct LoadReportTests {
    private func report(
        _ verification: LoadReport.Verification = .counted([.traces: StoredCount(rows: 900, unique: 900)]),
        accepted: UInt64 = 900, rejected: UInt64 = 0, errors: [String: UInt64] = [:]
    ) -> LoadReport {
        var tally = LoadTally()
        tally.items[.traces] = ItemCounts(sent: 1_000, accepted: accepted, rejected: rejected)
        tally.requests = 2
        tally.errors = errors
        tally.rawBytes = 4_096
        tally.wireBytes = 1_024
        tally.latency.record(.milliseconds(2))
        return LoadReport(
            run: RunIdentity(id: 0xABC), endpoint: "http://127.0.0.1:4317", transport: .grpc, compression: .none,
            shape: .typical, signals: [.traces], connections: 4, tally: tally, seconds: 2, late: nil,
            clientCPUSeconds: 0.25, serverCPUSeconds: 0.009, flushMilliseconds: 12, verification: verification)
    }

    @Test func `the JSON has its members in this order`() {
        #expect(
            String(decoding: report().json, as: UTF8.self) == """
                {"run":"0000000000000abc","endpoint":"http://127.0.0.1:4317","protocol":"grpc","compression":"none",\
                "shape":"typical","connections":4,"seconds":2,\
                "items":{"sent":1000,"accepted":900,"rejected":0,"unknown":0,"failed":0},\
                "signals":{"traces":{"sent":1000,"accepted":900,"rejected":0,"unknown":0,"failed":0,"stored":900,\
                "rows":900}},"late":null,"requests":2,"retries":0,"errors":{},"acceptedPerSecond":450,\
                "latencyMilliseconds":{"p50":2,"p90":2,"p99":2,"max":2},"bytes":{"raw":4096,"wire":1024},\
                "clientCPUSeconds":0.25,"serverCPUSeconds":0.009,"serverCPUSecondsPerMillion":10,\
                "flushMilliseconds":12,\
                "verification":{"state":"counted","reason":null,"stored":900,"lost":0,"doubled":0},"ok":true}

                """)
    }

    @Test func `loss, doubling, rejections, errors and a failed check are problems`() {
        #expect(report().problem == nil)
        #expect(report(.skipped("--no-verify")).problem == nil)
        #expect(report(accepted: 901).lost == 1)
        #expect(report(accepted: 901).problem == "1 accepted items are not stored")
        let doubled = report(.counted([.traces: StoredCount(rows: 903, unique: 900)]))
        #expect(doubled.doubled == 3 && doubled.problem == "3 items are stored twice")
        // Items without an answer may be stored, too.
        #expect(report(.counted([.traces: StoredCount(rows: 950, unique: 950)])).problem == nil)
        #expect(report(.failed("the flush failed")).problem == "the flush failed")
        #expect(report(rejected: 5).problem == "5 items were rejected")
        #expect(report(errors: ["400": 2, "503": 1]).problem == "requests failed: 2 × 400, 1 × 503")
    }

    @Test func `the table says what was not checked`() {
        let table = report(.skipped("another receiver (--endpoint)")).table(width: nil)
        #expect(table.contains("not checked: another receiver (--endpoint)"))
        #expect(report().table(width: 60).contains("CPU of the server per million           10.00 s"))
        #expect(!String(decoding: report(.skipped("x")).json, as: UTF8.self).contains("\"stored\":900"))
    }
}
