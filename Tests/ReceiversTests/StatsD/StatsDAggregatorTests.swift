import Codecs
import PrometheusModel
import Testing

@testable import Receivers

/// Lines and times in, samples out; times are milliseconds.
@Suite struct StatsDAggregatorTests {
    private func aggregator(_ change: (inout StatsDAggregator.Options) -> Void = { _ in }) -> StatsDAggregator {
        var options = StatsDAggregator.Options()
        change(&options)
        return StatsDAggregator(options)
    }

    @Test func aCounterBeginsWithZeroAndAddsUp() {
        var statsd = aggregator()
        statsd.receive("a.b:3|c\na.b:2|c|@0.5", now: 1000)
        #expect(statsDText(statsd.flush(now: 2000)) == ["a_b_total 0.0 @999", "a_b_total 7.0 @2000"])
        statsd.receive("a.b:5|c\na.b:-1|c", now: 2500)
        #expect(statsDText(statsd.flush(now: 12_000)) == ["a_b_total 11.0 @12000"])
        #expect(statsDText(statsd.flush(now: 22_000)) == [])
        #expect(statsd.statistics.countersHeld == 0)
    }

    /// `increase` takes a fall for a restart, and the whole sum after it for new.
    @Test func theSumOfACounterNeverFalls() {
        var statsd = aggregator()
        statsd.receive("a:10|c", now: 1000)
        #expect(statsDText(statsd.flush(now: 2000)) == ["a_total 0.0 @999", "a_total 10.0 @2000"])
        statsd.receive("a:-4|c", now: 3000)
        #expect(statsDText(statsd.flush(now: 12_000)) == ["a_total 10.0 @12000"])
        statsd.receive("a:3|c", now: 13_000)
        #expect(statsDText(statsd.flush(now: 22_000)) == ["a_total 10.0 @22000"])
        #expect(statsd.statistics.countersHeld == 2)
        statsd.receive("a:3|c", now: 23_000)
        #expect(statsDText(statsd.flush(now: 32_000)) == ["a_total 12.0 @32000"])
        statsd.receive("b:-5|c", now: 33_000)
        #expect(statsDText(statsd.flush(now: 34_000)) == ["b_total 0.0 @32999", "b_total 0.0 @34000"])
        #expect(statsd.statistics.countersHeld == 3)
    }

    @Test func aSignedGaugeChangesTheValueThereIs() {
        var statsd = aggregator()
        statsd.receive("g:10|g\ng:+4|g\ng:-2|g", now: 1)
        #expect(statsDText(statsd.flush(now: 10)) == ["g 12.0 @10"])
        statsd.receive("g:-20|g", now: 11)
        #expect(statsDText(statsd.flush(now: 20)) == ["g -8.0 @20"])
        statsd.receive("g:5|g", now: 21)
        #expect(statsDText(statsd.flush(now: 30)) == ["g 5.0 @30"])
        statsd.receive("new:-7|g", now: 31)
        #expect(statsDText(statsd.flush(now: 40)) == ["new -7.0 @40"])
    }

    @Test func aSetCountsTheMembersOfAnInterval() {
        var statsd = aggregator()
        statsd.receive("s:a|s\ns:b|s\ns:a|s\ns:1:2|s", now: 1)
        #expect(statsDText(statsd.flush(now: 10)) == ["s 3.0 @10"])
        #expect(statsDText(statsd.flush(now: 20)) == [])
        statsd.receive("s:a|s", now: 21)
        #expect(statsDText(statsd.flush(now: 30)) == ["s 1.0 @30"])
    }

    @Test func aTimerHasCountSumHistogramAndQuantiles() {
        var statsd = aggregator()
        statsd.receive((1...20).map { "t:\($0)|ms" }.joined(separator: "\n"), now: 1000)
        #expect(
            statsDText(statsd.flush(now: 2000)) == [
                "t_ms_count 0.0 @999", "t_ms_count 20.0 @2000",
                "t_ms_histogram count 0.0 sum 0.0 @999", "t_ms_histogram count 20.0 sum 210.0 @2000",
                "t_ms_sum 0.0 @999", "t_ms_sum 210.0 @2000",
                "t_ms{quantile=\"0.5\"} 10.0 @2000", "t_ms{quantile=\"0.95\"} 19.0 @2000",
            ])
        statsd.receive("t:100|ms|@0.1", now: 3000)
        #expect(
            statsDText(statsd.flush(now: 12_000)) == [
                "t_ms_count 30.0 @12000", "t_ms_histogram count 30.0 sum 1210.0 @12000", "t_ms_sum 1210.0 @12000",
                "t_ms{quantile=\"0.5\"} 100.0 @12000", "t_ms{quantile=\"0.95\"} 100.0 @12000",
            ])
    }

    @Test func histogramsAndDistributionsAreOneKind() {
        var statsd = aggregator()
        statsd.receive("x:1|h\nx:2:3|d", now: 1)
        let text = statsDText(statsd.flush(now: 10))
        #expect(text.contains("x_count 3.0 @10"))
        #expect(text.contains("x_sum 6.0 @10"))
        #expect(text.contains("x{quantile=\"0.5\"} 2.0 @10"))
        #expect(statsd.seriesCount == 1)
    }

    @Test(arguments: [
        ("a.b-c/d e:1|g", "a_b_c_d_e"), ("a_total:1|c", "a_total"), ("9a:1|g", "_9a"), ("Zürich.x:1|g", "Z_rich_x"),
        ("a:1|g|#b.c:x,d:y", "a{b_c=\"x\", d=\"y\"}"), ("a:1|g|#d:y,b.c:x", "a{b_c=\"x\", d=\"y\"}"),
        ("a:1|g|#bare", "a{bare=\"true\"}"), ("a:1|g|#empty:", "a"), ("a:1|g|#k:1,k:2", "a{k=\"2\"}"),
        ("a:1|g|#__name__:z", "a{exported___name__=\"z\"}"), ("a:1|g|#quantile:z", "a{quantile=\"z\"}"),
        ("a;k=v:1|g|#l:w", "a{k=\"v\", l=\"w\"}"),
    ])
    func namesAndTagsBecomeLabels(_ line: String, _ labels: String) {
        var statsd = aggregator()
        statsd.receive(line, now: 1)
        let snapshots = statsd.flush(now: 2)
        #expect(snapshots.map { $0.info.labels.description } == [labels])
    }

    @Test func suffixesAreNotDoubled() {
        var statsd = aggregator()
        statsd.receive("t_ms:1|ms\nu_milliseconds:1|ms\nv:1|ms|#quantile:z", now: 1)
        let names = Set(statsd.flush(now: 2).map { $0.info.labels.description })
        #expect(names == ["t_ms", "u_milliseconds", "v_ms{exported_quantile=\"z\"}"])
    }

    @Test func spellingsOfOneSeriesAddUp() {
        var statsd = aggregator()
        statsd.receive("a.b:1|c|#x:1,y:2\na.b:1|c|#y:2,x:1\na_b:1|c|#x:1,y:2\na.b;x=1;y=2:1|c", now: 1)
        #expect(statsDText(statsd.flush(now: 2)).last == "a_b_total{x=\"1\", y=\"2\"} 4.0 @2")
        #expect(statsd.seriesCount == 1)
    }

    @Test func tagSetsAreSeparateSeries() {
        var statsd = aggregator()
        statsd.receive("a:1|c|#t:x\na:2|c|#t:y\na:4|c", now: 1)
        let text = statsDText(statsd.flush(now: 2)).filter { $0.hasSuffix("@2") }
        #expect(text == ["a_total 4.0 @2", "a_total{t=\"x\"} 1.0 @2", "a_total{t=\"y\"} 2.0 @2"])
    }

    @Test func metadataHoldsTheSentName() {
        var statsd = aggregator()
        statsd.receive("spacetimedb.database.inserts:1|c\nspacetimedb.api.x:1|ms", now: 1)
        var metadata: [String: MetricMetadata] = [:]
        for snapshot in statsd.flush(now: 2) {
            StatsDSeriesWriter(quantiles: [0.5]).write(snapshot) { metadata[$0.labels.metricName] = $0.metadata }
        }
        #expect(
            metadata["spacetimedb_database_inserts_total"]
                == MetricMetadata(type: .counter, help: "StatsD counter spacetimedb.database.inserts"))
        #expect(metadata["spacetimedb_api_x_ms"]?.type == .summary)
        #expect(metadata["spacetimedb_api_x_ms_count"]?.type == .summary)
        #expect(
            metadata["spacetimedb_api_x_ms_histogram"]
                == MetricMetadata(type: .histogram, help: "StatsD timer spacetimedb.api.x", unit: "milliseconds"))
    }

    @Test func unchangedCountersAndGaugesAreRepeatedUntilTheyEnd() {
        var statsd = aggregator {
            $0.repeatTime = 50
            $0.idleTime = 300
            $0.counterIdleTime = 1000
        }
        statsd.receive("c:1|c\ng:1|g\ns:x|s\nt:1|h", now: 5)
        _ = statsd.flush(now: 10)
        #expect(statsDText(statsd.flush(now: 50)) == [])
        #expect(
            statsDText(statsd.flush(now: 60)) == [
                "c_total 1.0 @60", "g 1.0 @60", "t_count 1.0 @60", "t_histogram count 1.0 sum 1.0 @60",
                "t_sum 1.0 @60",
            ])
        #expect(
            statsDText(statsd.flush(now: 305)) == [
                "c_total 1.0 @305", "g stale @305", "s stale @305", "t_count stale @305", "t_histogram stale @305",
                "t_sum stale @305", "t{quantile=\"0.5\"} stale @305", "t{quantile=\"0.95\"} stale @305",
            ])
        #expect(statsDText(statsd.flush(now: 400)) == ["c_total 1.0 @400"])
        #expect(statsd.seriesCount == 4)
        #expect(statsDText(statsd.flush(now: 1005)) == ["c_total stale @1005"])
        #expect(statsd.seriesCount == 0)
        statsd.receive("c:1|c", now: 1100)
        #expect(statsDText(statsd.flush(now: 1110)) == ["c_total 0.0 @1099", "c_total 1.0 @1110"])
    }

    @Test func aSeriesThatComesBackKeepsItsSums() {
        var statsd = aggregator { $0.idleTime = 100 }
        statsd.receive("g:5|g\nt:1|h", now: 1)
        _ = statsd.flush(now: 10)
        #expect(statsDText(statsd.flush(now: 110)).count == 6)
        statsd.receive("g:+1|g\nt:1|h", now: 120)
        let text = statsDText(statsd.flush(now: 130))
        #expect(text.contains("g 6.0 @130"))
        #expect(text.contains("t_count 2.0 @130"))
        #expect(!text.contains { $0.hasPrefix("t_count 0.0") })
    }

    @Test func seriesAreBounded() {
        var statsd = aggregator { $0.seriesMax = 2 }
        statsd.receive("a:1|c\nb:1|c\nc:1|c\na:1|c", now: 1)
        #expect(statsd.seriesCount == 2)
        #expect(statsd.statistics[.seriesLimit] == 1)
        #expect(statsDText(statsd.flush(now: 2)).contains("a_total 2.0 @2"))
    }

    @Test func aMetricHasOneKind() {
        var statsd = aggregator()
        statsd.receive("x:1|g\nx:a|s\nx:1|h\nx:1|c\nx:1|ms\nx_total:1|g", now: 1)
        #expect(statsd.statistics[.nameTaken] == 3)
        #expect(statsd.seriesCount == 3)
    }

    @Test func numbersStayFinite() {
        var statsd = aggregator()
        statsd.receive("c:1e308|c\nc:1e308|c\ng:1e308|g\ng:+1e308|g\nh:1e308|h\nh:1e308|h", now: 1)
        #expect(statsd.statistics[.overflow] == 3)
        #expect(statsDText(statsd.flush(now: 2)).allSatisfy { !$0.contains("inf") && !$0.contains("nan") })
    }

    @Test func tagsAreBounded() {
        var statsd = aggregator()
        statsd.receive("a:1|c|#" + (0..<65).map { "t\($0):x" }.joined(separator: ","), now: 1)
        #expect(statsd.statistics[.tooManyTags] == 1)
    }

    @Test func badLinesAreCountedAndTheNewestKept() {
        var statsd = aggregator()
        statsd.receive("ok:1|c\nbad\nbad:1|zz\n" + String(repeating: "x", count: 500), now: 9)
        #expect(statsd.statistics.lines == 4)
        #expect(statsd.statistics.badLineCount == 3)
        #expect(statsd.statistics[.noValue] == 2)
        #expect(statsd.statistics[.unknownType] == 1)
        #expect(statsd.statistics.lastBadLineTime == 9)
        #expect(statsd.statistics.badLines.map(\.reason) == ["no_value", "unknown_type", "no_value"])
        #expect(statsd.statistics.badLines.last?.text.utf8.count == 120)
        for _ in 0..<100 { statsd.receive("bad", now: 10) }
        #expect(statsd.statistics.badLines.count == 8)
    }

    @Test func eventsAndServiceChecksAreNotMetrics() {
        var statsd = aggregator { $0.logRecordsMax = 2 }
        statsd.receive("_e{1,1}:a|b\n_sc|n|0\n_sc|n|1\n_e{1\nx:1|c", now: 5)
        let records = statsd.takeLogRecords()
        #expect(records.map(\.title) == ["a", "n"])
        #expect(records.allSatisfy { $0.receivedTime == 5 })
        #expect(statsd.statistics.events == 1)
        #expect(statsd.statistics.serviceChecks == 2)
        #expect(statsd.statistics.logRecordsDropped == 1)
        #expect(statsd.statistics[.badEvent] == 1)
        #expect(statsd.seriesCount == 1)
        #expect(statsd.takeLogRecords().isEmpty)
    }

    @Test func deletedSeriesEndAndBeginAnew() {
        var statsd = aggregator()
        statsd.receive("a:1|c\nb:1|c", now: 1)
        _ = statsd.flush(now: 10)
        #expect(statsd.delete { $0.sentName == "a" } == 1)
        #expect(statsDText(statsd.flush(now: 20)) == ["a_total stale @20"])
        statsd.receive("a:5|c", now: 25)
        #expect(statsDText(statsd.flush(now: 30)) == ["a_total 0.0 @24", "a_total 5.0 @30"])
        _ = statsd.delete { $0.sentName == "a" }
        statsd.receive("a:2|c", now: 35)
        #expect(statsDText(statsd.flush(now: 40)) == ["a_total 0.0 @34", "a_total 2.0 @40"])
    }

    @Test func timesOfSamplesOnlyGrow() {
        var statsd = aggregator { $0.repeatTime = 0 }
        var last: Int64 = -1
        for now: Int64 in [100, 100, 50, 101, 90, 90] {
            statsd.receive("a\(now):1|c\nb:1|c", now: now)
            var times: [Int64] = []
            for snapshot in statsd.flush(now: now) {
                times.append(snapshot.time)
                if snapshot.isFirst { #expect(snapshot.startTime < snapshot.time && snapshot.startTime > last) }
            }
            #expect(Set(times).count == 1)
            #expect(times.allSatisfy { $0 > last })
            last = times.max() ?? last
        }
    }

    /// A flush in slices with lines between them sends each series once, and nothing is lost.
    @Test func linesBetweenSlicesAreInThisFlushOrTheNext() {
        var statsd = aggregator()
        for index in 0..<100 { statsd.receive("c\(index):1|c", now: 1) }
        statsd.beginFlush(now: 10)
        var seen: [String: Double] = [:]
        func note(_ snapshots: [StatsDSnapshot]) {
            for snapshot in snapshots {
                if case .counter(let value) = snapshot.content { seen[snapshot.info.sentName] = value }
            }
        }
        while let slice = statsd.flushSlice(7) {
            note(slice)
            for index in 0..<110 { statsd.receive("c\(index):1|c", now: 12) }
        }
        note(statsd.flush(now: 20))
        let slices = 15.0
        #expect(seen.count == 110)
        #expect((0..<100).allSatisfy { seen["c\($0)"] == 1 + slices })
        #expect((100..<110).allSatisfy { seen["c\($0)"] == slices })
    }

    @Test func whatWasLostIsSentAgain() {
        var statsd = aggregator()
        statsd.receive("c:1|c\ns:x|s", now: 1)
        _ = statsd.flush(now: 100_000)
        statsd.repeatAll()
        #expect(statsDText(statsd.flush(now: 100_010)) == ["c_total 1.0 @100010"])
    }

    /// Aliases are thrown away when there are too many; the series stay.
    @Test func spellingsAreBounded() {
        var statsd = aggregator { $0.seriesMax = 1 }
        for index in 0..<5000 { statsd.receive("a:1|c|#" + String(repeating: ",", count: index % 2000), now: 1) }
        #expect(statsDText(statsd.flush(now: 2)).last == "a_total 5000.0 @2")
    }
}
