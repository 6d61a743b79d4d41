import LogQL
import LogQLEvaluation
import Testing

@Suite struct SampleCollectorTests {
    /// Series as `labels: times@values`.
    private func run(
        _ query: String, _ lines: [String], grouping: Grouping? = nil, seriesMax: Int = 100
    ) throws -> [String] {
        var records = TestRecords()
        for (index, line) in lines.enumerated() {
            records.add(
                line, stream: ["app": "a", "zone": "z\(index % 2)"], metadata: [("m", "1")], time: Int64(index))
        }
        var collector = try SampleCollector(
            try TestRecords.aggregation(query), grouping: grouping, seriesMax: seriesMax)
        try collector.add(records.records)
        return collector.series.map { series in
            let values = series.values.map { "\($0)" }.joined(separator: ",")
            return "\(TestRecords.text(series.labels)): \(series.times.map(String.init).joined(separator: ","))"
                + (values.isEmpty ? "" : "@\(values)")
        }.sorted()
    }

    private let lines = ["k=1 v=2", "k=2 v=3s", "k=1 v=4", "k=2"]

    @Test func seriesHaveAllLabels() throws {
        #expect(
            try run(#"count_over_time({app="a"} [1m])"#, lines) == ["app=a m=1 zone=z0: 0,2", "app=a m=1 zone=z1: 1,3"])
        #expect(
            try run(#"count_over_time({app="a"} | logfmt | drop v, zone [1m])"#, lines)
                == ["app=a k=1 m=1: 0,2", "app=a k=2 m=1: 1,3"])
    }

    @Test func bytesAreThoseOfTheFormattedLine() throws {
        #expect(
            try run(#"bytes_over_time({app="a"} | logfmt | line_format "{{.k}}" | keep app [1m])"#, lines)
                == ["app=a: 0,1,2,3@1.0,1.0,1.0,1.0"])
    }

    @Test func theUnwrappedLabelIsNoLabelUnlessGroupedBy() throws {
        #expect(
            try run(#"sum_over_time({app="a"} | logfmt | unwrap v | __error__="" [1m])"#, lines)
                == ["app=a k=1 m=1 zone=z0: 0,2@2.0,4.0"])
        #expect(
            try run(#"max_over_time({app="a"} | logfmt | unwrap duration(v) | __error__="" [1m]) by (k, v)"#, lines)
                == ["k=2 v=3s: 1@3.0"])
        #expect(
            try run(#"max_over_time({app="a"} | logfmt | unwrap k [1m]) without (zone, v)"#, lines)
                == ["app=a m=1: 0,1,2,3@1.0,2.0,1.0,2.0"])
    }

    @Test func anOuterSumReducesLabels() throws {
        let query = #"count_over_time({app="a"} | logfmt [1m])"#
        #expect(
            try run(query, lines, grouping: Grouping(labels: ["k"], isWithout: false)) == ["k=1: 0,2", "k=2: 1,3"])
        #expect(try run(query, lines, grouping: Grouping(labels: [], isWithout: false)) == [": 0,1,2,3"])
        #expect(
            try run(query, lines, grouping: Grouping(labels: ["v", "m", "zone"], isWithout: true))
                == ["app=a k=1: 0,2", "app=a k=2: 1,3"])
        // Not where the sum of parts is another one.
        #expect(
            try run(
                #"max_over_time({app="a"} | logfmt | unwrap k [1m])"#, lines,
                grouping: Grouping(labels: [], isWithout: false)
            ).count == 4)
    }

    @Test func aParserStopsWhenItHasWhatIsAskedFor() throws {
        let broken = [#"{"k":1,"x":"#, #"{"x":2}"#]
        let by = Grouping(labels: ["k"], isWithout: false)
        #expect(try run(#"count_over_time({app="a"} | json [1m])"#, broken, grouping: by) == [": 1", "k=1: 0"])
        // Nothing is asked for: the parser does not run.
        #expect(
            try run(
                #"count_over_time({app="a"} | json [1m])"#, broken, grouping: Grouping(labels: [], isWithout: false))
                == [": 0,1"])
    }

    @Test func aFailedLineFailsTheQueryUnlessFiltered() throws {
        var records = TestRecords()
        records.add("v=x", time: 5)
        var collector = try SampleCollector(
            try TestRecords.aggregation(#"sum_over_time({app="a"} | logfmt | unwrap v [1m])"#), seriesMax: 10)
        try collector.add(records.records)
        let series = try #require(collector.series.first)
        #expect(series.times == [5])
        #expect(
            series.failure?.message.hasPrefix(
                "pipeline error: 'SampleExtractionErr' for series: '{__error__=\"SampleExtractionErr\", "
                    + "__error_details__=\"strconv.ParseFloat: parsing \\\"x\\\": invalid syntax\", app=\"a\", v=\"x\"}'.\n"
            )
                == true)
    }

    @Test func errorsThatAreAskedForAreSeries() throws {
        let query = #"count_over_time({app="a"} | json [1m])"#
        let series = try run(query, ["x", "y"], grouping: Grouping(labels: ["__error__"], isWithout: false))
        #expect(series.count == 2)
        #expect(series.allSatisfy { $0.contains("__error__=JSONParserErr") })
    }

    @Test func emptyValuesAreLabels() throws {
        #expect(
            try run(#"count_over_time({app="a"} | logfmt --keep-empty | keep k [1m])"#, ["k=", "x=1"])
                == [": 1", "k=: 0"])
    }

    @Test func seriesAreBounded() throws {
        #expect(throws: LogQLEvaluationError.self) {
            try run(#"count_over_time({app="a"} | logfmt [1m])"#, (0..<10).map { "k=\($0)" }, seriesMax: 9)
        }
    }

    @Test func oneSetFromSeveralStreamsIsOneSeries() throws {
        #expect(
            try run(#"count_over_time({app="a"} | drop zone, m [1m])"#, lines) == ["app=a: 0,1,2,3"])
        #expect(
            try run(#"count_over_time({app="a"} | logfmt | label_format zone="q" | drop m, v, k [1m])"#, lines)
                == ["app=a zone=q: 0,1,2,3"])
    }

    @Test func needsNameWhatIsRead() throws {
        func needs(_ query: String, _ grouping: Grouping? = nil) throws -> RecordNeeds {
            try SampleCollector(try TestRecords.aggregation(query), grouping: grouping, seriesMax: 1).needs
        }
        let nothing = Grouping(labels: [], isWithout: false)
        #expect(try needs(#"count_over_time({a="b"} [1m])"#) == RecordNeeds(lines: false, metadata: .all))
        #expect(try needs(#"rate({a="b"} [1m])"#, nothing) == RecordNeeds(lines: false, metadata: .none))
        #expect(
            try needs(#"rate({a="b"} | json | x_extracted="1" [1m])"#, nothing)
                == RecordNeeds(lines: true, metadata: .names(["x", "x_extracted"])))
        #expect(
            try needs(#"rate({a="b"} | level="x" | line_format "y" [1m])"#, Grouping(labels: ["z"], isWithout: false))
                == RecordNeeds(lines: false, metadata: .names(["level", "z"])))
        #expect(try needs(#"bytes_rate({a="b"} [1m])"#, nothing) == RecordNeeds(lines: true, metadata: .none))
    }
}
