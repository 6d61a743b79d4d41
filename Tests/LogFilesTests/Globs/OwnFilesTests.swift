import Foundation
import Testing

@testable import LogFiles

/// What this process writes into the folder that it follows is not read.
@Suite struct OwnFilesTests {
    @Test func ownFilesAreNotFollowed() async throws {
        let rig = try LogFileRig()
        rig.options.ownFiles = [rig.path("logs.jsonl")]
        try rig.write("own\n", to: "logs.jsonl")
        try rig.write("own\n", to: "logs-2026-01-02T03-04-05.006.jsonl")
        try rig.write("app\n", to: "logs-app.jsonl")
        try rig.write("app\n", to: "app.log")
        try await rig.settle()
        #expect(rig.sink.bodies.sorted() == ["app", "app"])
        // Made anew, and put aside while it is looked for.
        try rig.rename("logs.jsonl", to: "logs-2026-01-02T03-04-06.006.jsonl")
        try rig.write("own\n", to: "logs.jsonl")
        try await rig.settle()
        #expect(rig.sink.count == 2)
    }

    @Test func noOtherWayLeadsToThem() async throws {
        let rig = try LogFileRig(["../*/*.{jsonl,log}", "linked/*.jsonl"])
        rig.options.ownFiles = [rig.path("logs/logs.jsonl")]
        try rig.makeFolder("logs")
        try rig.write("own\n", to: "logs/logs.jsonl")
        try rig.link("linked", to: rig.path("logs"))
        try rig.link("logs.log", to: rig.path("logs/logs.jsonl"))
        try FileManager.default.linkItem(atPath: rig.path("logs/logs.jsonl"), toPath: rig.path("second.log"))
        try rig.write("app\n", to: "logs/app.jsonl")
        rig.options.inputs[0].paths = [rig.path("logs/../logs/*.jsonl"), rig.path("linked/*.jsonl"), rig.path("*.log")]
        try await rig.settle()
        #expect(Set(rig.sink.bodies) == ["app"])
    }

    /// A folder of the same name elsewhere.
    @Test func filesOfTheSameNameElsewhereAreFollowed() async throws {
        let rig = try LogFileRig(["*/logs.jsonl"])
        rig.options.ownFiles = [rig.path("mine/logs.jsonl")]
        try rig.makeFolder("mine")
        try rig.makeFolder("app")
        try rig.write("own\n", to: "mine/logs.jsonl")
        try rig.write("app\n", to: "app/logs.jsonl")
        try await rig.settle()
        #expect(rig.sink.bodies == ["app"])
    }
}
