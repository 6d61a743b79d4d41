import FileMirror
import Foundation
import TelemetryModel
import Testing

/// A process that is killed: what it leaves is put together by hand, the next process gets the blocks again that the log
/// gives it, and each span is in the files once.
@Suite struct MirrorCrashTests {
    private let name = "traces/traces.jsonl"
    private let position = "run/mirror.traces"

    private func restore(_ rig: MirrorRig, _ file: String, _ bytes: [UInt8]?) throws {
        // In place, as the identity must stay.
        let handle = try #require(FileHandle(forWritingAtPath: rig.path(file)))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(bytes ?? []))
        try handle.close()
    }

    @Test func aBlockThatComesAgainIsNotWrittenAgain() async throws {
        let rig = MirrorRig()
        let token = rig.nextToken()
        await rig.start().write(try Blocks.spans(["a"]), of: .traces, token: token)
        // Killed before the log was told.
        let mirror = await rig.start()
        await mirror.write(try Blocks.spans(["a"]), of: .traces, token: token)
        await mirror.write(try Blocks.spans(["b"]), of: .traces, token: rig.nextToken())
        #expect(try rig.spanNames(["traces.jsonl"]) == ["a", "b"])
        #expect(mirror.snapshot.files[.traces]?.repeatedBlocks == 1)
    }

    @Test func olderBlocksOfTheSameLogAreNotWrittenAgain() async throws {
        let rig = MirrorRig()
        let tokens = [rig.nextToken(), rig.nextToken()]
        let first = await rig.start()
        await first.write(try Blocks.spans(["a"]), of: .traces, token: tokens[0])
        await first.write(try Blocks.spans(["b"]), of: .traces, token: tokens[1])
        // Neither could be noted in the log.
        let mirror = await rig.start()
        await mirror.write(try Blocks.spans(["a"]), of: .traces, token: tokens[0])
        await mirror.write(try Blocks.spans(["b"]), of: .traces, token: tokens[1])
        // Another log numbers its blocks anew.
        await mirror.write(try Blocks.spans(["c"]), of: .traces, token: "wal-00ff-02-1-1")
        #expect(try rig.spanNames(["traces.jsonl"]) == ["a", "b", "c"])
    }

    /// Killed after any byte of a piece, and after all of it, before that was noted.
    @Test func aHalfWrittenBlockIsCutOffAndWrittenAnew() async throws {
        let rig = MirrorRig()
        let first = await rig.start()
        await first.write(try Blocks.spans(["a"]), of: .traces, token: rig.nextToken())
        let before = try #require(rig.bytes(name))
        let noted = String(decoding: try #require(rig.bytes(position)), as: UTF8.self)
        let token = rig.nextToken()
        await first.write(try Blocks.spans(["b", "c"]), of: .traces, token: token)
        let after = try #require(rig.bytes(name))
        // As it is noted before the piece is written.
        var parts = noted.split(separator: " ").map(String.init)
        parts[1] = "open"
        parts[2] = "0"
        parts[7] = token
        for cut in [before.count, before.count + 1, before.count + 50, after.count - 1, after.count] {
            try restore(rig, name, Array(after[..<cut]))
            try restore(rig, position, Array(parts.joined(separator: " ").utf8))
            let mirror = await rig.start()
            await mirror.write(try Blocks.spans(["b", "c"]), of: .traces, token: token)
            #expect(rig.bytes(name) == after, "cut at \(cut)")
        }
    }

    @Test func aBlockGoesOnBehindTheLinesThatAreNoted() async throws {
        let rig = MirrorRig()
        let names = (0..<5000).map { "span \($0)" }
        let batch = try Blocks.spans(names, padding: 1000)
        let first = await rig.start()
        let token = rig.nextToken()
        await first.write(batch, of: .traces, token: token)
        let all = try #require(rig.bytes(name))
        // Killed when two lines were written and noted.
        let ends = all.indices.filter { all[$0] == UInt8(ascii: "\n") }
        let length = ends[1] + 1
        var parts = String(decoding: try #require(rig.bytes(position)), as: UTF8.self).split(separator: " ")
            .map(String.init)
        parts[1] = "open"
        parts[2] = "2"
        parts[5] = "\(length)"
        for more in [0, 700] {
            try restore(rig, name, Array(all[..<(length + more)]))
            try restore(rig, position, Array(parts.joined(separator: " ").utf8))
            await rig.start().write(try Blocks.spans(names, padding: 1000), of: .traces, token: token)
            #expect(rig.bytes(name) == all)
        }
    }

    @Test func aBlockGoesOnInTheNextFile() async throws {
        let rig = MirrorRig { $0.rotateBytes = 4 << 20 }
        let names = (0..<5000).map { "span \($0)" }
        let token = rig.nextToken()
        await rig.start().write(try Blocks.spans(names, padding: 1000), of: .traces, token: token)
        let files = rig.names("traces").filter { $0 != "traces_detailed.json" }
        #expect(files.count == 2)
        // Killed after the file was put aside, before there was another.
        let aside = try #require(files.first { $0 != "traces.jsonl" })
        let lines = rig.lines("traces/" + aside).count
        var parts = String(decoding: try #require(rig.bytes(position)), as: UTF8.self).split(separator: " ")
            .map(String.init)
        parts[1] = "open"
        parts[2] = "\(lines)"
        parts[4] = "1"
        try restore(rig, position, Array(parts.joined(separator: " ").utf8))
        try FileManager.default.removeItem(atPath: rig.path(name))
        await rig.start().write(try Blocks.spans(names, padding: 1000), of: .traces, token: token)
        #expect(try rig.spanNames([aside, "traces.jsonl"]) == names)
    }

    @Test func whatOthersAppendIsNotCutOff() async throws {
        let rig = MirrorRig()
        await rig.start().write(try Blocks.spans(["a"]), of: .traces, token: rig.nextToken())
        let handle = try #require(FileHandle(forWritingAtPath: rig.path(name)))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"mine\":1}".utf8))
        try handle.close()
        await rig.start().write(try Blocks.spans(["b"]), of: .traces, token: rig.nextToken())
        #expect(rig.lines(name).count == 3)
        #expect(rig.lines(name)[1] == "{\"mine\":1}")
    }

    @Test func aPositionThatIsNotOursIsPassedOver() async throws {
        let rig = MirrorRig()
        await rig.start().write(try Blocks.spans(["a"]), of: .traces, token: rig.nextToken())
        try restore(rig, position, Array("nonsense".utf8))
        await rig.start().write(try Blocks.spans(["b"]), of: .traces, token: rig.nextToken())
        #expect(try rig.spanNames(["traces.jsonl"]) == ["a", "b"])
    }
}
