import Foundation
import MartletServer

/// A server of its own, loaded through sockets by `martlet load`: CPU of the server, merges settled, and disk.
struct EndToEndCase: BenchmarkCase {
    static let name = "end-to-end"
    static let summary = "martlet load to a server of its own, each signal: CPU until merges have settled, disk, memory"

    func run(_ bench: Bench) async throws {
        for (signal, items, noun) in [
            ("traces", 4_000_000, "spans"), ("logs", 4_000_000, "records"), ("metrics", 8_000_000, "points"),
        ] {
            let server = try LoadedServer(bench, name: "e2e-\(signal)")
            let before = server.cpuSeconds
            let report = try server.load(["--signal", signal, "--items", "\(items)", "--connections", "8"])
            let peak = server.peakMemoryBytes
            try await server.waitForMerges()
            let cpu = server.cpuSeconds - before
            let million = Double(items) / 1e6
            let workload = "\(items / 1_000_000) M \(noun), 8 gRPC connections, batches of 500, as fast as possible"
            Bench.report("\(noun), all in", "\((cpu / million).text(2)) CPU s/M \(noun)", workload)
            Bench.report(
                "\(noun), speed", "\((report.perSecond / 1000).text(0)) k \(noun)/s", "accepted; \(report.verdict)")
            Bench.report(
                "\(noun), disk", "\((try server.diskBytes() / Double(items)).text(1)) B",
                "all tables, merged as far as merges went")
            Bench.report(
                "\(noun), peak memory", "\((Double(peak) / 1_048_576).text(0)) MiB resident", "during the load")
            try server.stop()
        }
    }
}

/// How often rows are written: blocks and merges at several rates.
struct WriteAmplificationCase: BenchmarkCase {
    static let name = "write-amplification"
    static let summary = "rows written by merges for each row stored, and CPU, at several rates; takes minutes"

    func run(_ bench: Bench) async throws {
        for (rate, seconds) in [(1_000, 120), (20_000, 90)] {
            let server = try LoadedServer(bench, name: "rate-\(rate)")
            let before = server.cpuSeconds
            _ = try server.load([
                "--rate", "\(rate)", "--duration", "\(seconds)s", "--batch", "100", "--connections", "4",
            ])
            try await server.waitForMerges()
            let items = Double(rate * seconds)
            let merged = try server.number("SELECT sum(value) FROM system.events WHERE event = 'MergedRows'")
            Bench.report(
                "\(rate) spans/s", "\(((server.cpuSeconds - before) / items * 1e6).text(1)) CPU s/M spans",
                "\(seconds) s, batches of 100; rows merged \((merged / items).text(2)) times")
            try server.stop()
        }
        let server = try LoadedServer(bench, name: "rate-max")
        let before = server.cpuSeconds
        let items = 10_000_000
        _ = try server.load(["--items", "\(items)", "--connections", "8"])
        try await server.waitForMerges()
        let merged = try server.number("SELECT sum(value) FROM system.events WHERE event = 'MergedRows'")
        Bench.report(
            "as fast as possible", "\(((server.cpuSeconds - before) / Double(items) * 1e6).text(2)) CPU s/M spans",
            "10 M spans; rows merged \((merged / Double(items)).text(2)) times")
        try server.stop()
    }
}

/// From a sender's call to the answer of a query that finds the span.
struct FreshnessCase: BenchmarkCase {
    static let name = "freshness"
    static let summary = "time from sending one span to finding it by SQL, idle and under full load"

    func run(_ bench: Bench) async throws {
        let server = try LoadedServer(bench, name: "fresh")
        try await measure(server, "idle", probes: 100)
        let load = try server.startLoad(["--duration", "30s", "--connections", "8", "--no-verify"])
        try await Task.sleep(for: .seconds(3))
        try await measure(server, "full load", probes: 40)
        load.waitUntilExit()
        try server.stop()
    }

    private func measure(_ server: LoadedServer, _ label: String, probes: Int) async throws {
        var times: [Double] = []
        let clock = ContinuousClock()
        for probe in 0..<probes {
            let name = "probe-\(label.filter { $0 != " " })-\(probe)"
            let start = clock.now
            try server.sendSpan(name)
            while try server.number("SELECT count() FROM spans WHERE name = '\(name)'") == 0 {}
            times.append((clock.now - start).milliseconds)
            try await Task.sleep(for: .milliseconds(20))
        }
        times.sort()
        Bench.report(
            "freshness, \(label)",
            "p50 \(times[probes / 2].text(0)) ms, p99 \(times[probes * 99 / 100].text(0)) ms",
            "\(probes) spans, one by one, by OTLP/HTTP; found by SELECT count() WHERE name = …")
    }
}

/// A start after a crash.
struct RecoveryCase: BenchmarkCase {
    static let name = "recovery"
    static let summary = "time to store what a crash left in the log"

    func run(_ bench: Bench) async throws {
        // Nothing is flushed while it is sent: what is acknowledged is in the log only.
        let server = try LoadedServer(
            bench, name: "recovery",
            settings: ["ingest.flush_interval=1h", "ingest.block_rows=100000000", "ingest.memory_bytes=1GiB"])
        _ = try server.load(["--items", "500000", "--connections", "4", "--no-verify"])
        server.kill()
        let bytes = try server.logBytes()
        let clock = ContinuousClock()
        let start = clock.now
        try server.start()
        let seconds = (clock.now - start).milliseconds / 1000
        let gigabytes = Double(bytes) / 1e9
        Bench.report(
            "recovery", "\((seconds / gigabytes).text(1)) s a GB of log",
            "start to ready with \((gigabytes * 1000).text(0)) MB of traces in the log, \(seconds.text(2)) s")
        try server.stop()
    }
}
