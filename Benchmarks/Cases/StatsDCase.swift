import Receivers

/// Bytes of datagrams to sums, without a socket.
struct StatsDCase: BenchmarkCase {
    static let name = "statsd"
    static let summary = "StatsD lines parsed and added up: counters, gauges, timers, sets, lines of new series"

    private static let lines = 1_000_000
    private static let linesPerDatagram = 10

    func run(_ bench: Bench) async throws {
        await measure("counters", series: 1000) { "spacetimedb.database.inserts:1|c|#table:t\($0 % 1000),op:i" }
        await measure("gauges", series: 1000) { "spacetimedb.system.memory_usage.\($0 % 1000):\($0)|g" }
        await measure("timers", series: 1000) {
            "spacetimedb.api.request_duration:\($0 &* 7919 % 5000)|ms|#method:POST,path:/call\($0 % 1000)"
        }
        await measure("set members", series: 1000) { "users.uniques.\($0 % 1000):user\($0 % 77_777)|s" }
        await measure("lines of new series", series: 100_000) { "a.b.c:1|c|#id:\($0 % 100_000)" }
    }

    private func measure(_ items: String, series: Int, _ line: (Int) -> String) async {
        // Each series once is enough where meeting it is what costs.
        let count = items.hasPrefix("lines") ? series : Self.lines
        let datagrams = stride(from: 0, to: count, by: Self.linesPerDatagram).map { first in
            Array((first..<first + Self.linesPerDatagram).map(line).joined(separator: "\n").utf8)
        }
        var statsd = StatsDAggregator()
        let time = await Bench.measure {
            for datagram in datagrams { datagram.withUnsafeBufferPointer { statsd.receive($0, now: 1000) } }
        }
        let flush = await Bench.measure { _ = statsd.flush(now: 2000) }
        let bytes = datagrams.reduce(0) { $0 + $1.count }
        Bench.report(
            "StatsD \(items)", "\((Double(count) / time.cpu / 1e6).text(2)) M lines/CPU s",
            "\(count) lines of \(bytes / count) B, \(series) series; snapshot \((flush.cpu * 1e3).text(1)) ms")
    }
}
