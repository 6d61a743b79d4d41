import Codecs
import FileMirror
import Foundation
import LogFiles
import ServiceLifecycle
import Synchronization
import TelemetryModel
import TestSupport
import Testing

@Suite struct MirrorFilesTests {
    private func inode(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.systemFileNumber] as? Int
    }

    @Test func allFilesAreThereFromTheStart() async throws {
        let rig = MirrorRig()
        _ = await rig.start()
        for name in ["traces/traces.jsonl", "traces/traces_detailed.json", "metrics/metrics.jsonl", "logs/logs.jsonl"] {
            #expect(rig.bytes(name) == [], "\(name)")
        }
    }

    @Test func theSecondFileOfTracesIsTheSameFile() async throws {
        let rig = MirrorRig()
        let mirror = await rig.start()
        await mirror.write(try Blocks.spans(["a"]), of: .traces, token: rig.nextToken())
        #expect(inode(rig.path("traces/traces.jsonl")) == inode(rig.path("traces/traces_detailed.json")))
        try FileManager.default.removeItem(atPath: rig.path("traces/traces_detailed.json"))
        await mirror.write(try Blocks.spans(["b"]), of: .traces, token: rig.nextToken())
        #expect(rig.bytes("traces/traces_detailed.json") == rig.bytes("traces/traces.jsonl"))
        #expect(rig.lines("traces/traces.jsonl").count == 2)
    }

    @Test func aFileOfSomebodyElseIsPutAsideForTheSecondName() async throws {
        let rig = MirrorRig()
        try FileManager.default.createDirectory(
            atPath: rig.path("traces"), withIntermediateDirectories: true)
        try Data("{}\n".utf8).write(to: URL(fileURLWithPath: rig.path("traces/traces_detailed.json")))
        _ = await rig.start()
        #expect(rig.bytes("traces/traces_detailed.json") == [])
        let aside = rig.names("traces").filter { $0.hasPrefix("traces_detailed-") }
        #expect(aside.count == 1 && rig.lines("traces/" + (aside.first ?? "")) == ["{}"])
    }

    @Test func aDeletedFileIsMadeAgain() async throws {
        let rig = MirrorRig()
        let mirror = await rig.start()
        await mirror.write(try Blocks.spans(["a"]), of: .traces, token: rig.nextToken())
        try FileManager.default.removeItem(atPath: rig.path("traces"))
        await mirror.write(try Blocks.spans(["b"]), of: .traces, token: rig.nextToken())
        #expect(try rig.spanNames(["traces.jsonl"]) == ["b"])
        #expect(rig.lines("traces/traces_detailed.json").count == 1)
    }

    @Test func aFullFileIsPutAsideAndTheOldestGo() async throws {
        let rig = MirrorRig { $0.rotateBytes = 2000 }
        let mirror = await rig.start()
        for number in 0..<6 {
            rig.advance(seconds: 1)
            await mirror.write(
                try Blocks.spans(["span \(number)"], padding: 1000), of: .traces, token: rig.nextToken())
        }
        let names = rig.names("traces").filter { $0.hasPrefix("traces-") }
        #expect(names.count == 3)
        #expect(names.allSatisfy { $0.hasSuffix(".jsonl") && $0.count == "traces-2026-01-02T15-04-05.000.jsonl".count })
        #expect(try rig.spanNames(names + ["traces.jsonl"]) == ["span 2", "span 3", "span 4", "span 5"])
        #expect(rig.bytes("traces/traces_detailed.json") == rig.bytes("traces/traces.jsonl"))
        #expect(mirror.snapshot.files[.traces]?.rotations == 5)
    }

    @Test func anOldFileIsPutAside() async throws {
        let rig = MirrorRig { $0.rotateAge = .seconds(60) }
        let first = await rig.start()
        await first.write(try Blocks.spans(["a"]), of: .traces, token: rig.nextToken())
        rig.advance(seconds: 50)
        // Its age outlives a restart.
        let second = await rig.start()
        await second.write(try Blocks.spans(["b"]), of: .traces, token: rig.nextToken())
        #expect(rig.names("traces").filter { $0.hasPrefix("traces-") }.isEmpty)
        rig.advance(seconds: 20)
        await second.write(try Blocks.spans(["c"]), of: .traces, token: rig.nextToken())
        #expect(try rig.spanNames(["traces.jsonl"]) == ["c"])
        #expect(rig.names("traces").filter { $0.hasPrefix("traces-") }.count == 1)
    }

    @Test func withoutRoomNothingIsWrittenAndItIsCounted() async throws {
        let rig = MirrorRig {
            $0.rotateBytes = 2000
            $0.diskBytes = 5000
        }
        let mirror = await rig.start()
        // The oldest go first.
        for number in 0..<4 {
            rig.advance(seconds: 2)
            await mirror.write(
                try Blocks.spans(["span \(number)"], padding: 1200), of: .traces, token: rig.nextToken())
        }
        #expect(mirror.snapshot.files[.traces]?.dropped == [:])
        #expect(mirror.space.removed > 0)
        // A line that can never be written.
        rig.advance(seconds: 2)
        await mirror.write(try Blocks.spans(["x", "y"], padding: 5000), of: .traces, token: rig.nextToken())
        #expect(mirror.snapshot.files[.traces]?.dropped == ["disk_bytes": 2])
        #expect(mirror.snapshot.files[.traces]?.trouble.contains("5000 bytes") == true)
        rig.advance(seconds: 2)
        await mirror.write(try Blocks.spans(["z"]), of: .traces, token: rig.nextToken())
        #expect(mirror.snapshot.files[.traces]?.trouble == "")
        #expect(try rig.spanNames(["traces.jsonl"]).last == "z")
    }

    @Test func aFileThatCannotBeWrittenHindersNothing() async throws {
        let rig = MirrorRig()
        try FileManager.default.createDirectory(
            atPath: rig.path("traces/traces.jsonl"), withIntermediateDirectories: true)
        let mirror = await rig.start()
        await mirror.write(try Blocks.spans(["a", "b"]), of: .traces, token: rig.nextToken())
        #expect(mirror.snapshot.files[.traces]?.dropped.values.reduce(0, +) == 2)
        try FileManager.default.removeItem(atPath: rig.path("traces/traces.jsonl"))
        await mirror.write(try Blocks.spans(["c"]), of: .traces, token: rig.nextToken())
        #expect(try rig.spanNames(["traces.jsonl"]) == ["c"])
    }

    @Test func thePageOfMetricsIsWrittenWhenThereIsSomethingNew() async throws {
        let rig = MirrorRig()
        let mirror = await rig.start()
        let pages = Mutex(0)
        mirror.writeMetricsPage {
            Array("page \(pages.withLock { $0 += 1; return $0 })\n".utf8)
        }
        await mirror.settle()
        #expect(rig.bytes("metrics/metrics.prom") == nil)
        var random = RandomOTLP(seed: 1)
        await mirror.write(
            try Blocks.of([random.metricsRequest()], .metrics), of: .metrics, token: rig.nextToken())
        await mirror.settle()
        await mirror.settle()
        #expect(rig.lines("metrics/metrics.prom") == ["page 1"])
        try FileManager.default.removeItem(atPath: rig.path("metrics/metrics.prom"))
        await mirror.settle()
        #expect(rig.lines("metrics/metrics.prom") == ["page 2"])
        #expect(rig.names("metrics") == ["metrics.jsonl", "metrics.prom"])
    }

    @Test(arguments: [FileCompression.gzip, .zstd])
    func filesPutAsideAreCompressed(_ form: FileCompression) async throws {
        let rig = MirrorRig {
            $0.rotateBytes = 2000
            $0.compression = form
        }
        let mirror = await rig.start()
        for number in 0..<3 {
            rig.advance(seconds: 1)
            await mirror.write(
                try Blocks.spans(["span \(number)"], padding: 1000), of: .traces, token: rig.nextToken())
        }
        let group = ServiceGroup(services: [mirror], logger: silentLogger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            while mirror.snapshot.compressed < 2 { try await Task.sleep(for: .milliseconds(10)) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        let names = rig.names("traces").filter { $0.hasPrefix("traces-") }
        #expect(names.count == 2 && names.allSatisfy { $0.hasSuffix(".jsonl" + form.ending) })
        for (number, name) in names.enumerated() {
            let packed = try #require(rig.bytes("traces/" + name))
            var reserved = 0
            let compression: BodyCompression = form == .gzip ? .gzip : .zstd
            let line = try compression.decompress(packed, bytesMax: 1 << 20, reserved: &reserved) { _ in true }
            #expect(String(decoding: line, as: UTF8.self).contains("\"name\":\"span \(number)\""))
        }
    }
}
