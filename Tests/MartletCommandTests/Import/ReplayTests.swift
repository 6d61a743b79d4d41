import TelemetryFiles
import TelemetryModel
import Testing

@testable import martlet

@Suite struct ReplayTests {
    @Test(arguments: [
        ("1", ReplaySpeed.factor(1)), ("10", .factor(10)), ("0.5", .factor(0.5)), ("10x", .factor(10)),
        ("max", .unlimited),
    ])
    func speedsAreRead(_ text: String, _ speed: ReplaySpeed) {
        #expect(ReplaySpeed(text) == speed)
    }

    @Test(arguments: ["", "0", "-1", "fast", "nan", "inf", "1e9", "x", "1e-9"])
    func otherSpeedsAreRefused(_ text: String) {
        #expect(ReplaySpeed(text) == nil)
    }

    @Test func aGapTakesAsLongAsTheSpeedSays() {
        #expect(ReplaySpeed.factor(10).wait(1_000) == 100)
        #expect(ReplaySpeed.factor(0.5).wait(1_000) == 2_000)
        #expect(ReplaySpeed.unlimited.wait(.max) == 0)
        #expect(ReplaySpeed.factor(0.001).wait(.max) == 1 << 62)
    }

    // Twenty seconds of telemetry from second 100 on, sent from second 1000 on.
    @Test func theLastItemIsOfTheMomentInWhichItIsSent() {
        var times = RequestTimes()
        times.add(100_000_000_000)
        times.add(120_000_000_000)
        let now: UInt64 = 1_000_000_000_000
        func newest(_ speed: ReplaySpeed) -> UInt64 {
            ReplayFeed.shift(times, speed, from: now).shifted(120_000_000_000)
        }
        #expect(newest(.factor(1)) == 1_020_000_000_000)
        #expect(newest(.factor(10)) == 1_002_000_000_000)
        #expect(newest(.unlimited) == now)
    }

    private func files(_ directory: TemporaryFiles) throws -> ImportFiles { try ImportFiles([directory.path]) }

    @Test func itemsGoInOrderOfTimeAndCloseOnesTogether() async throws {
        let directory = TemporaryFiles()
        // The second span ends 10 ms behind the first, the third a second later.
        directory.write(
            "traces/traces.jsonl", [(3_000_000_000, "c"), (2_000_000_000, "a"), (2_010_000_000, "b")].map(span))
        directory.write(
            "logs/logs.jsonl", [#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"2005000000"}]}]}]}"#])
        let found = try files(directory)
        let times = try found.times { _ in }
        let progress = ImportProgress()
        let feed = ReplayFeed(
            .init(
                files: found, times: times, speed: .factor(1_000_000), keepsTimes: true, isLoop: false, newIDs: false,
                isStrict: false), progress: progress)
        var sent: [(Signal, Int)] = []
        while let next = try await feed.next() { sent.append((next.request.signal, next.request.items)) }
        // At this speed all of it is within one tick.
        #expect(sent.map(\.0) == [.traces, .logs])
        #expect(sent.map(\.1) == [3, 1])
        #expect(progress.tally.total.read == 4)

        let slow = ReplayFeed(
            .init(
                files: found, times: times, speed: .factor(1), keepsTimes: true, isLoop: false, newIDs: false,
                isStrict: false), progress: ImportProgress())
        var dues: [ContinuousClock.Instant] = []
        var counts: [Int] = []
        while let next = try await slow.next() {
            counts.append(next.request.items)
            if let due = next.due { dues.append(due) }
        }
        #expect(counts == [2, 1, 1])
        #expect(dues.count == 3)
        #expect(dues[2] - dues[0] == .seconds(1))
    }

    private func span(_ end: Int, _ name: String) -> String {
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","#
            + #""spanId":"b7ad6b7169203331","name":"\#(name)","startTimeUnixNano":"1","endTimeUnixNano":"\#(end)"}]}]}]}"#
    }
}
