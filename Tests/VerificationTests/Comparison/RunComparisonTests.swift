import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite("Comparing runs")
struct RunComparisonTests {
    private func compare(
        _ a: Recording, _ b: Recording, _ options: ComparisonOptions = ComparisonOptions()
    ) throws -> ComparisonResult {
        try RunComparison.compare(RunProfile(a, title: "A"), RunProfile(b, title: "B"), options: options)
    }

    private func kinds(_ result: ComparisonResult) -> Set<ComparisonFinding.Kind> {
        Set(result.differences.map(\.kind))
    }

    @Test("a run does not differ from itself")
    func identical() throws {
        let recording = ComparisonSamples.load(seed: 1)
        let result = try compare(recording, recording)
        #expect(result.differences.isEmpty)
        #expect(result.tooFew.isEmpty)
        #expect(result.summary.hasPrefix("no difference, "))
        #expect(result.isSameWork)
    }

    @Test("an empty side is an error, whichever it is")
    func empty() {
        let recording = ComparisonSamples.load(seed: 1, requests: 3)
        #expect(throws: ComparisonError.self) { try compare(recording, Recording()) }
        #expect(throws: ComparisonError.self) { try compare(Recording(), recording) }
        #expect(throws: ComparisonError.self) { try compare(Recording(), Recording()) }
    }

    /// Of 800 pairs of runs of the same random program, 12 differed; a test takes fewer of them.
    @Test("natural noise makes a difference in less than three of a hundred comparisons")
    func noise() throws {
        var wrong: [String] = []
        for seed in 0..<100 as Range<UInt64> {
            let requests = [60, 200, 500, 900][Int(seed % 4)]
            let result = try compare(
                ComparisonSamples.load(seed: 2 * seed + 1, requests: requests),
                ComparisonSamples.load(seed: 2 * seed + 2, requests: requests))
            if let first = result.differences.first {
                wrong.append("seed \(seed): \(first.kind) \(first.title) p=\(first.pValue ?? -1)")
            }
        }
        #expect(wrong.count <= 3, "\(wrong.joined(separator: "\n"))")
    }

    /// Log-normal durations with σ = 0.5; one operation of several has 500 spans on each side.
    @Test("a slowdown by a fifth is found with 500 spans")
    func slowdown() throws {
        var found = 0
        for seed in 0..<20 as Range<UInt64> {
            var a = ComparisonSamples(seed: 1000 + seed)
            var b = ComparisonSamples(seed: 5000 + seed)
            for index in 0..<500 as Range<UInt64> {
                let offset = index * 100_000_000
                a.addTrace("checkout", children: ["pay"], at: offset, duration: a.duration(median: 20e6))
                b.addTrace("checkout", children: ["pay"], at: offset, duration: b.duration(median: 24e6))
                a.addTrace("browse", at: offset, duration: a.duration(median: 5e6))
                b.addTrace("browse", at: offset, duration: b.duration(median: 5e6))
            }
            let result = try compare(a.recording, b.recording)
            #expect(!result.differences.contains { $0.name == "browse" })
            #expect(!kinds(result).contains(.faster))
            if result.differences.contains(where: { $0.kind == .slower && $0.name == "checkout" && $0.detail == "p50" })
            {
                found += 1
            }
        }
        #expect(found >= 19, "found in \(found) of 20")
    }

    @Test("a slow tail is found though the median stands still, and the interval holds the value")
    func tail() throws {
        var a = ComparisonSamples(seed: 11)
        var b = ComparisonSamples(seed: 12)
        for index in 0..<2000 as Range<UInt64> {
            a.addTrace("get", at: index * 1_000_000, duration: a.duration(median: 5e6, sigma: 0.2))
            let isSlow = b.uniform() < 0.08
            b.addTrace("get", at: index * 1_000_000, duration: b.duration(median: isSlow ? 40e6 : 5e6, sigma: 0.2))
        }
        let result = try compare(a.recording, b.recording)
        let tail = try #require(result.differences.first { $0.detail == "p95" })
        #expect(tail.kind == .slower)
        let figure = try #require(tail.b)
        let (low, high) = (try #require(figure.low), try #require(figure.high))
        #expect(low <= figure.value && figure.value <= high)
        #expect(!result.differences.contains { $0.detail == "p50" })
    }

    @Test("few spans that look slower are too few to tell")
    func tooFew() throws {
        var a = ComparisonSamples(seed: 1)
        var b = ComparisonSamples(seed: 2)
        for index in 0..<4 as Range<UInt64> {
            a.addTrace("get", at: index, duration: 5_000_000)
            b.addTrace("get", at: index, duration: 9_000_000 + index)
        }
        let result = try compare(a.recording, b.recording)
        #expect(result.differences.isEmpty)
        #expect(result.tooFew.contains { $0.kind == .slower && $0.detail == "p50" })
    }

    @Test("a change below the smallest that matters is none, however certain")
    func small() throws {
        var a = ComparisonSamples(seed: 1)
        var b = ComparisonSamples(seed: 2)
        for index in 0..<2000 as Range<UInt64> {
            a.addTrace("get", at: index, duration: a.duration(median: 10e6, sigma: 0.05))
            b.addTrace("get", at: index, duration: b.duration(median: 10.5e6, sigma: 0.05))
        }
        #expect(try compare(a.recording, b.recording).differences.isEmpty)
        var options = ComparisonOptions()
        options.relativeMin = 0.02
        #expect(try kinds(compare(a.recording, b.recording, options)).contains(.slower))
    }

    @Test("of the same work, one operation that is missing is a difference, with its shape")
    func missingOperation() throws {
        var a = ComparisonSamples(seed: 1)
        var b = ComparisonSamples(seed: 2)
        a.addTrace("start", children: ["load", "warm up"], at: 0, duration: 1_000_000)
        b.addTrace("start", children: ["load", "connect"], at: 0, duration: 1_000_000)
        let result = try compare(a.recording, b.recording)
        #expect(result.isSameWork)
        let missing = try #require(result.differences.first { $0.kind == .missingOperation })
        #expect(missing.name == "warm up")
        #expect(result.differences.contains { $0.kind == .newOperation && $0.name == "connect" })
        let shape = try #require(result.differences.first { $0.kind == .newShape })
        #expect(shape.lines == ["  shop: start", "+   shop: connect", "    shop: load", "-   shop: warm up"])
    }

    @Test("under random load, an operation that came once is too few to tell, and one that came often is missing")
    func rareOperation() throws {
        var a = ComparisonSamples(seed: 1)
        var b = ComparisonSamples(seed: 2)
        a.recording = ComparisonSamples.load(seed: 3)
        b.recording = ComparisonSamples.load(seed: 4)
        b.addTrace("GET /rare", at: 5, duration: 1_000_000)
        var result = try compare(a.recording, b.recording)
        #expect(result.tooFew.contains { $0.kind == .newOperation && $0.name == "GET /rare" })
        #expect(!kinds(result).contains(.newOperation))
        for index in 0..<30 as Range<UInt64> {
            a.addTrace("GET /often", at: index * 1_000_000_000, duration: 1_000_000)
        }
        result = try compare(a.recording, b.recording)
        #expect(result.differences.contains { $0.kind == .missingOperation && $0.name == "GET /often" })
    }

    @Test("errors that became more frequent are found, and a first error of many calls is not enough")
    func errors() throws {
        var (a, b, c) = (ComparisonSamples(seed: 1), ComparisonSamples(seed: 2), ComparisonSamples(seed: 3))
        for index in 0..<400 as Range<UInt64> {
            a.addTrace("get", at: index, duration: 5_000_000)
            b.addTrace("get", at: index, duration: 5_000_000, isError: index % 10 == 0)
            c.addTrace("get", at: index, duration: 5_000_000, isError: index == 7)
        }
        let result = try compare(a.recording, b.recording)
        let found = try #require(result.differences.first { $0.kind == .moreErrors })
        #expect(found.magnitude == 0.1)
        #expect(try kinds(compare(b.recording, a.recording)).contains(.fewerErrors))
        let once = try compare(a.recording, c.recording)
        #expect(once.differences.isEmpty)
        #expect(once.tooFew.contains { $0.kind == .moreErrors })
    }

    @Test("new and missing attributes and other types are found")
    func attributes() throws {
        var (a, b) = (ComparisonSamples(seed: 1), ComparisonSamples(seed: 2))
        for index in 0..<50 as Range<UInt64> {
            a.addTrace("get", at: index, duration: 5, attributes: ["old": .int(1), "code": .int(200)])
            b.addTrace("get", at: index, duration: 5, attributes: ["new": .int(1), "code": .string("200")])
        }
        b.recording.resources[0].attributes.entries.append(.init(key: "host.name", value: .string("x")))
        let result = try compare(a.recording, b.recording)
        let found = result.differences.map { "\($0.kind.rawValue) \($0.detail)" }
        #expect(found.contains("new-attribute new"))
        #expect(found.contains("missing-attribute old"))
        #expect(found.contains("attribute-type code"))
        #expect(found.contains("new-attribute host.name"))
    }

    @Test("runs of the same work differ in no count though one lasted longer; windows are compared by rate")
    func counts() throws {
        var (a, b) = (ComparisonSamples(seed: 1), ComparisonSamples(seed: 2))
        for index in 0..<200 as Range<UInt64> {
            a.addTrace("get", at: index * 10_000_000, duration: 5_000_000)
            b.addTrace("get", at: index * 30_000_000, duration: 5_000_000)
        }
        #expect(try compare(a.recording, b.recording).differences.isEmpty)
        var options = ComparisonOptions()
        options.countBasis = .rate
        #expect(try kinds(compare(a.recording, b.recording, options)) == [.fewerCalls])
        for index in 0..<200 as Range<UInt64> { b.addTrace("get", at: index * 30_000_000, duration: 5_000_000) }
        options.countBasis = .total
        #expect(try kinds(compare(a.recording, b.recording, options)).contains(.moreCalls))
    }

    @Test("new and gone lines and other levels are found by template, numbers do not matter")
    func logs() throws {
        var (a, b) = (ComparisonSamples(seed: 1), ComparisonSamples(seed: 2))
        for index in 0..<100 as Range<UInt64> {
            a.addLog("request \(index) took \(index * 3) ms", at: index * 1_000_000)
            b.addLog("request \(index + 77) took \(index * 5) ms", at: index * 1_000_000)
            a.addLog("cache is warm", at: index * 1_000_000)
            b.addLog("cache miss for key k\(index)", at: index * 1_000_000, severity: 13)
        }
        let result = try compare(a.recording, b.recording)
        #expect(result.differences.contains { $0.kind == .newPattern && $0.name.hasPrefix("cache miss") })
        #expect(result.differences.contains { $0.kind == .gonePattern && $0.name == "cache is warm" })
        #expect(!result.differences.contains { $0.name.hasPrefix("request") })
        #expect(result.differences.contains { $0.name == "level warn" && $0.kind == .moreLogs })
    }

    @Test("metrics: names, definitions, increases, values and percentiles")
    func metrics() throws {
        func make(_ factor: Double, unit: String, name: String) -> Recording {
            var samples = ComparisonSamples(seed: UInt64(factor * 10))
            samples.addSeries(name, values: [.int(1)])
            samples.addSeries(
                "queue", unit: unit, kind: .gauge, values: (0..<40).map { .double(10 * factor + Double($0 % 3)) })
            samples.addSeries("requests", values: [.int(Int64(200 * factor)), .int(Int64(500 * factor))])
            let counts = factor > 1 ? [0, 100, 400] as [UInt64] : [400, 100, 0]
            samples.addSeries(
                "latency", unit: "ms", kind: .histogram,
                values: [
                    .histogram(
                        .init(count: 500, sum: nil, min: nil, max: nil, bounds: [10, 100], counts: counts))
                ])
            samples.addTrace("get", at: 0, duration: 60_000_000_000)
            samples.addTrace("put", at: 0, duration: 60_000_000_000)
            return samples.recording
        }
        let result = try compare(make(1, unit: "s", name: "old"), make(2, unit: "ms", name: "new"))
        let found = Set(result.differences.map { "\($0.kind.rawValue) \($0.name) \($0.detail)" })
        #expect(
            found.isSuperset(of: [
                "missing-metric old ", "new-metric new ", "metric-definition queue unit", "metric-higher queue median",
                "metric-higher requests increase", "metric-higher latency p50",
            ]), "\(found)")
        let equal = try compare(make(1, unit: "s", name: "old"), make(1, unit: "s", name: "old"))
        #expect(equal.differences.isEmpty)
    }

    @Test("what is ignored is not compared")
    func ignored() throws {
        var (a, b) = (ComparisonSamples(seed: 1), ComparisonSamples(seed: 2))
        a.addTrace("start", children: ["load"], at: 0, duration: 1_000_000)
        b.addTrace("start", children: ["load", "connect"], at: 0, duration: 1_000_000)
        var options = ComparisonOptions()
        options.ignored = [IgnorePattern("connect"), IgnorePattern("shape:*")]
        #expect(try compare(a.recording, b.recording, options).differences.isEmpty)
        options.ignored = [IgnorePattern("logs:*")]
        #expect(try kinds(compare(a.recording, b.recording, options)) == [.newOperation, .newShape, .goneShape])
    }

    @Test("the order in which telemetry came changes nothing")
    func order() throws {
        let a = ComparisonSamples.load(seed: 5)
        var b = ComparisonSamples.load(seed: 6, slowdown: ["GET /items": 2])
        let first = try compare(a, b)
        b.spans.reverse()
        b.logs.sort { $0.time > $1.time }
        let second = try compare(a, b)
        let isDuration = { (finding: ComparisonFinding) in finding.unit == .nanoseconds }
        #expect(first.findings.filter(isDuration) == second.findings.filter(isDuration))
    }
}
