import ClickHouse
import Logging
import MartletServer
import TelemetryModel
import TelemetryStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One measured case. A case prints its figures itself, each with its workload.
protocol BenchmarkCase: Sendable {
    /// What it is called on the command line.
    static var name: String { get }
    /// One sentence for the list.
    static var summary: String { get }
    init()
    func run(_ bench: Bench) async throws
}

/// What cases share: the engine, clocks, output.
struct Bench: Sendable {
    let engine: EmbeddedEngine
    let store: TelemetryStore
    /// Of this run; removed at its end.
    let directory: String
    /// Directory of this program and of `martlet`.
    let binaries: String

    /// CPU seconds of this process so far, the engine's threads included.
    static var cpuSeconds: Double { ProcessFacts.read().cpuSeconds }

    /// CPU and wall time of some work.
    static func measure(_ work: () async throws -> Void) async rethrows -> (cpu: Double, wall: Double) {
        let clock = ContinuousClock()
        let start = clock.now
        let before = cpuSeconds
        try await work()
        let wall = clock.now - start
        return (cpuSeconds - before, Double(wall.components.seconds) + Double(wall.components.attoseconds) * 1e-18)
    }

    /// A line of the report.
    static func report(_ figure: String, _ value: String, _ workload: String) {
        print("  \(figure.padded(44)) \(value.padded(26)) \(workload)")
        // Into a file, too, each line when it is there.
        fflush(nil)
    }

    func sql(_ text: String) async throws { try await engine.execute(BoundStatement(text)) }

    func number(_ text: String) async throws -> Double {
        let value = try await engine.rows(BoundStatement(text)).first?.first
        return value?.number ?? 0
    }
}

extension String {
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension Double {
    /// With a fixed number of digits after the point.
    func text(_ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = Int((magnitude * scale).rounded())
        let fraction = "\(scaled % Int(scale))"
        let sign = self < 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(scaled)" }
        return "\(sign)\(scaled / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
