import Codecs
import Foundation
import TelemetryModel
import Testing

@testable import LogFiles

/// What a process leaves that is killed while it compresses.
@Suite struct RotatedCompressionTests {
    private let plain = "out-2026-01-02T03-04-05.006.jsonl"

    private func names(_ rig: LogFileRig) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: rig.folder).sorted()
    }

    @Test func anUnfinishedFileGoesAndItsSourceStays() throws {
        let rig = try LogFileRig()
        try rig.write("line\n", to: plain)
        try rig.write("half", to: plain + ".zst.new")
        try rig.write("other", to: "mine.new")
        RotatedCompression.clean(RotatedName(rig.path("out.jsonl")))
        #expect(try names(rig) == ["mine.new", plain])
    }

    @Test func ofBothFormsTheCompressedOneStays() throws {
        let rig = try LogFileRig()
        try rig.write("line\n", to: plain)
        try rig.write("packed", to: plain + ".gz")
        RotatedCompression.clean(RotatedName(rig.path("out.jsonl")))
        #expect(try names(rig) == [plain + ".gz"])
    }

    @Test func aBrokenOffCompressionLeavesTheSource() throws {
        let rig = try LogFileRig()
        try rig.write("line\n", to: plain)
        let result = RotatedCompression.compress(RotatedName(rig.path("out.jsonl")), as: .zstd) { true }
        #expect(result.files == 0 && result.failure == nil)
        #expect(try names(rig) == [plain])
    }

    @Test func filesAreCompressedOnce() throws {
        let rig = try LogFileRig()
        try rig.write("line\n", to: plain)
        let name = RotatedName(rig.path("out.jsonl"))
        #expect(RotatedCompression.compress(name, as: .gzip) { false }.files == 1)
        #expect(RotatedCompression.compress(name, as: .gzip) { false }.files == 0)
        #expect(try names(rig) == [plain + ".gz"])
    }
}
