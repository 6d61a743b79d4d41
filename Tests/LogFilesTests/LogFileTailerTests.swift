import Foundation
import LogProcessing
import Logging
import ServiceLifecycle
import Synchronization
import TelemetryModel
import Testing

@testable import LogFiles

/// The service with real files and clocks, and writers that do not stop.
@Suite(.serialized) struct LogFileTailerTests {
    /// Writes numbered lines from a thread of its own until it is told to stop.
    private final class Writer: Sendable {
        private let state = Mutex((written: 0, isStopping: false, hasStopped: false))

        init(after hasBegun: @escaping @Sendable () -> Bool = { true }, each: @escaping @Sendable (Int) -> Void) {
            Thread.detachNewThread { [self] in
                var number = 0
                while !state.withLock({ $0.isStopping }) {
                    each(number)
                    number += 1
                    state.withLock { $0.written = number }
                    while !hasBegun(), !state.withLock({ $0.isStopping }) { usleep(1000) }
                }
                state.withLock { $0.hasStopped = true }
            }
        }

        var written: Int { state.withLock { $0.written } }

        func stop() async throws -> Int {
            state.withLock { $0.isStopping = true }
            while !state.withLock({ $0.hasStopped }) { try await Task.sleep(for: .milliseconds(5)) }
            return written
        }
    }

    private static func line(_ number: Int) -> String {
        "line \(number) " + String(repeating: "x", count: number % 200) + "\n"
    }

    /// Runs a tailing until `body` ends, then in order to its end.
    private func run(
        _ rig: LogFileRig, _ body: @Sendable () async throws -> Void
    ) async throws {
        rig.options.scanInterval = .milliseconds(20)
        rig.options.pollInterval = .milliseconds(5)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let tailer = try LogFileTailer(
            rig.options, processors: [PlainProcessing()], sink: rig.sink, statistics: rig.statistics, logger: logger)
        let group = ServiceGroup(services: [tailer], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static func wait(_ sink: RecordingLogSink, for count: Int) async throws {
        for _ in 0..<4000 where sink.count < count { try await Task.sleep(for: .milliseconds(5)) }
    }

    private func expectOnce(_ rig: LogFileRig, _ count: Int) {
        let bodies = rig.sink.bodies
        var seen: [Int: Int] = [:]
        for body in bodies { seen[Int(body.split(separator: " ")[1]) ?? -1, default: 0] += 1 }
        let missing = (0..<count).filter { seen[$0] == nil }
        #expect(missing.isEmpty, "\(missing.count) missing: \(missing.prefix(10))")
        #expect(bodies.count == count)
        #expect(seen.values.allSatisfy { $0 == 1 })
    }

    @Test func aFileRenamedUnderAWriterThatDoesNotStop() async throws {
        let rig = try LogFileRig()
        let path = rig.path("a.log")
        let sink = rig.sink
        let file = Mutex(fopen(path, "a").map { UInt(bitPattern: $0) })
        // Files that are renamed before anyone looked for the first time are not looked for.
        let writer = Writer(after: { sink.count > 0 }) { number in
            file.withLock { address in
                guard let handle = address.flatMap({ UnsafeMutablePointer<FILE>(bitPattern: $0) }) else { return }
                fputs(Self.line(number), handle)
                fflush(handle)
                guard number % 2000 == 1999 else { return }
                Foundation.rename(path, "\(path).\(number)")
                fclose(handle)
                address = fopen(path, "a").map { UInt(bitPattern: $0) }
            }
            if number % 100 == 0 { usleep(1000) }
        }
        try await run(rig) {
            try await Self.wait(sink, for: 20_000)
            let count = try await writer.stop()
            try await Self.wait(sink, for: count)
        }
        expectOnce(rig, writer.written)
    }

    @Test func aFileCutUnderAWriterThatDoesNotStop() async throws {
        let rig = try LogFileRig()
        let path = rig.path("a.log")
        let sink = rig.sink
        let writer = Writer { number in
            guard let handle = fopen(path, "a") else { return }
            fputs(Self.line(number), handle)
            fclose(handle)
            // What was not read when a file is cut is gone; so the writer cuts when all has been read, and is back at
            // once.
            guard number % 1000 == 999 else { return }
            while sink.count < number + 1 { usleep(500) }
            truncate(path, 0)
        }
        try await run(rig) {
            try await Self.wait(sink, for: 10_000)
            let count = try await writer.stop()
            try await Self.wait(sink, for: count)
        }
        expectOnce(rig, writer.written)
    }

    @Test func restartsUnderAWriterThatDoesNotStop() async throws {
        let rig = try LogFileRig()
        let path = rig.path("a.log")
        let sink = rig.sink
        let writer = Writer { number in
            guard let handle = fopen(path, "a") else { return }
            fputs(Self.line(number), handle)
            fclose(handle)
            if number % 3000 == 2999 { Foundation.rename(path, "\(path).\(number)") }
            if number % 50 == 0 { usleep(1000) }
        }
        for turn in 1...8 { try await run(rig) { try await Self.wait(sink, for: turn * 1000) } }
        try await run(rig) {
            let count = try await writer.stop()
            try await Self.wait(sink, for: count)
        }
        expectOnce(rig, writer.written)
    }

    @Test func aSinkThatIsBusyIsAskedAgainAndOneThatIsTooSmallGetsLess() async throws {
        let rig = try LogFileRig()
        try rig.append((0..<100).map { Self.line($0) }.joined())
        rig.sink.state.withLock { state in
            state.refusals = [LogFileSinkError(.overloaded, "busy"), LogFileSinkError(.unavailable, "away")]
            state.draftsMax = 7
        }
        let sink = rig.sink
        try await run(rig) { try await Self.wait(sink, for: 100) }
        expectOnce(rig, 100)
        #expect(rig.sink.bodies.map { $0 + "\n" } == (0..<100).map { Self.line($0) })
        #expect(rig.statistics.snapshot.total.retries == 2)
    }

    @Test func whatTheSinkRefusesForGoodIsCountedAndPassed() async throws {
        let rig = try LogFileRig()
        try rig.append("1\n2\n")
        rig.sink.state.withLock { $0.refusals = [LogFileSinkError(.invalid, "wrong")] }
        let (sink, path) = (rig.sink, rig.path("a.log"))
        let statistics = rig.statistics
        try await run(rig) {
            while statistics.snapshot.total.rejected == 0 { try await Task.sleep(for: .milliseconds(5)) }
            let file = fopen(path, "a")
            fputs("3\n", file)
            fclose(file)
            try await Self.wait(sink, for: 1)
        }
        #expect(rig.sink.bodies == ["3"])
        #expect(rig.statistics.snapshot.total.rejected == 2)
    }

    @Test func aShutdownWhileTheSinkIsBusyLosesNothing() async throws {
        let rig = try LogFileRig()
        try rig.append((0..<100).map { Self.line($0) }.joined())
        rig.sink.state.withLock { $0.refusals = Array(repeating: LogFileSinkError(.overloaded, "busy"), count: 1000) }
        let sink = rig.sink
        try await run(rig) {
            while sink.state.withLock({ $0.admissions }) < 2 { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(rig.sink.count == 0)
        rig.sink.state.withLock { $0.refusals = [] }
        try await run(rig) { try await Self.wait(sink, for: 100) }
        expectOnce(rig, 100)
    }
}
