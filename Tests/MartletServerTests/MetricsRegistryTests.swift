import CoreMetrics
import Metrics
import Testing

@testable import MartletServer

/// Spec: Prometheus, "Exposition formats", text format 0.0.4.
@Suite struct MetricsRegistryTests {
    @Test func nothingCountedIsNoText() {
        #expect(MetricsRegistry().text() == "")
    }

    @Test func aCounterAddsUpUnderItsLabelsWhateverTheirOrder() {
        let registry = MetricsRegistry()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment(by: 2)
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "c", dimensions: [("a", "1")], factory: registry).increment(by: 5)
        Counter(label: "c", factory: registry).increment(by: 7)
        #expect(
            registry.text() == """
                # TYPE c counter
                c 7
                c{a="1",b="2"} 3
                c{a="1"} 5

                """)
    }

    @Test func aGaugeIsItsLastValue() {
        let registry = MetricsRegistry()
        let meter = Meter(label: "g", factory: registry)
        meter.set(3)
        meter.set(2.5)
        #expect(registry.text() == "# TYPE g gauge\ng 2.5\n")
        meter.increment(by: 1.5)
        #expect(registry.text() == "# TYPE g gauge\ng 4\n")
        meter.decrement(by: 5)
        #expect(registry.text() == "# TYPE g gauge\ng -1\n")
    }

    /// A value on a bound belongs to that bucket ("le" is less than or equal), and buckets count all below them.
    @Test func aHistogramHasCumulativeBucketsInOrder() throws {
        let registry = MetricsRegistry()
        let recorder = Recorder(label: "h", dimensions: [("s", "x")], factory: registry)
        for value in [0.001, 0.0011, 0.3, 10, 10.5] { recorder.record(value) }
        let lines = registry.text().split(separator: "\n").map(String.init)
        #expect(lines.first == "# TYPE h histogram")
        let bounds = [
            "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf",
        ]
        let counts = [1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 5]
        #expect(
            Array(lines.dropFirst().prefix(14)) == zip(bounds, counts).map { "h_bucket{s=\"x\",le=\"\($0)\"} \($1)" })
        #expect(lines.count == 17)
        let sum = try #require(lines[15].split(separator: " ").last.flatMap { Double($0) })
        #expect(lines[15].hasPrefix("h_sum{s=\"x\"} "))
        #expect(abs(sum - 20.8021) < 1e-9)
        #expect(lines[16] == "h_count{s=\"x\"} 5")
    }

    @Test func aTimerRecordsSeconds() {
        let registry = MetricsRegistry()
        Metrics.Timer(label: "t", factory: registry).recordNanoseconds(2_000_000_000)
        #expect(registry.text().contains("t_sum 2\n"))
        #expect(registry.text().contains("t_bucket{le=\"1\"} 0\n"))
        #expect(registry.text().contains("t_bucket{le=\"2.5\"} 1\n"))
    }

    @Test func labelValuesAreEscaped() {
        let registry = MetricsRegistry()
        Counter(label: "c", dimensions: [("l", "a\"b\\c\nd")], factory: registry).increment()
        #expect(registry.text().contains(#"c{l="a\"b\\c\nd"} 1"#))
    }

    /// "If more than one metric of a name, all lines must be in one group"; help first, then type.
    @Test func familiesAreSortedAndHaveTheirHelp() {
        let registry = MetricsRegistry()
        Counter(label: "z", factory: registry).increment()
        Counter(label: "martlet_store_rows_total", dimensions: [("signal", "logs")], factory: registry).increment(by: 4)
        Meter(label: "a", factory: registry).set(1)
        #expect(
            registry.text() == """
                # TYPE a gauge
                a 1
                # HELP martlet_store_rows_total Rows written to the store, by signal.
                # TYPE martlet_store_rows_total counter
                martlet_store_rows_total{signal="logs"} 4
                # TYPE z counter
                z 1

                """)
    }

    @Test func aCountOutlivesItsHandle() {
        let registry = MetricsRegistry()
        let counter = Counter(label: "c", factory: registry)
        counter.increment(by: 3)
        counter.destroy()
        Counter(label: "c", factory: registry).increment()
        #expect(registry.text().contains("c 4\n"))
    }

    @Test(
        "numbers are as Prometheus reads them",
        arguments: [
            (0, "0"), (1, "1"), (-2, "-2"), (0.25, "0.25"), (1e15, "1e+15"), (0.001, "0.001"),
        ] as [(Double, String)])
    func numbers(value: Double, text: String) throws {
        let printed = MetricsRegistry.print(value)
        #expect(Double(printed) == value)
        if abs(value) < 1e6 { #expect(printed == text) }
    }
}
