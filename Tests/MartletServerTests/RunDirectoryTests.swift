import Foundation
import TestSupport
import Testing

@testable import MartletServer

@Suite struct RunDirectoryTests {
    private static func state(_ process: Int32) -> ServerState {
        ServerState(
            processID: process, isReady: true, version: "1.2.3", startTime: "2026-01-02T03:04:05.678Z",
            endpoints: [
                Endpoint(
                    name: "tempo", host: "127.0.0.1", port: 3201, scheme: "http", purpose: "traces \"by\" id",
                    instead: 3200),
                Endpoint(name: "health", host: "::1", port: 13133, scheme: "http", purpose: "", instead: nil),
            ])
    }

    @Test func theLockNamesItsHolder() throws {
        let directory = TemporaryDirectory()
        let run = RunDirectory(data: directory.path + "/data")
        #expect(run.lockHolder() == nil)
        let lock = try run.lock()
        #expect(run.lockHolder() == currentProcessID())
        let error = #expect(throws: ServerError.self) { _ = try run.lock() }
        #expect(error?.message == run.alreadyRunning(currentProcessID()))
        #expect(error?.message.contains("is served by process \(currentProcessID()) already") == true)
        #expect(error?.message.contains("martlet stop --data \(run.data)") == true)
        lock.release()
        #expect(run.lockHolder() == nil)
        let again = try run.lock()
        #expect(run.lockHolder() == currentProcessID())
        again.release()
    }

    @Test func theStateIsReadWhileItsWriterHoldsTheLock() throws {
        let directory = TemporaryDirectory()
        let run = RunDirectory(data: directory.path)
        let lock = try run.lock()
        #expect(run.state() == nil)
        let state = Self.state(currentProcessID())
        try run.write(state)
        #expect(run.state() == state)
        run.removeState()
        #expect(run.state() == nil)
        try run.write(state)
        lock.release()
        // The file is still there; a crashed server leaves it so.
        #expect(RunDirectory.read(run.statePath) != nil)
        #expect(run.state() == nil)
    }

    /// A server that died leaves its files, and the next one starts as if there were none.
    @Test func filesOfACrashedServerAreNoServer() throws {
        let directory = TemporaryDirectory()
        let run = RunDirectory(data: directory.path)
        try FileManager.default.createDirectory(atPath: run.path, withIntermediateDirectories: true)
        try Data("4194304\n".utf8).write(to: URL(filePath: run.path + "/martlet.pid"))
        try Data(Self.state(4_194_304).json).write(to: URL(filePath: run.statePath))
        #expect(run.lockHolder() == nil)
        #expect(run.state() == nil)
        let lock = try run.lock()
        #expect(run.lockHolder() == currentProcessID())
        // The old state must not be taken for the new server's.
        #expect(RunDirectory.read(run.statePath) == nil)
        lock.release()
    }

    @Test func aStateOfAnotherProcessIsNotTheHolders() throws {
        let directory = TemporaryDirectory()
        let run = RunDirectory(data: directory.path)
        let lock = try run.lock()
        try run.write(Self.state(4_194_304))
        #expect(run.state() == nil)
        lock.release()
    }

    @Test func theStateComesBackFromItsFile() {
        let state = Self.state(7)
        #expect(ServerState(json: state.json) == state)
        #expect(state.json.last == UInt8(ascii: "\n"))
        #expect(state.url("health") == "http://[::1]:13133")
        #expect(state.url("tempo") == "http://127.0.0.1:3201")
        #expect(state.url("other") == nil)
        #expect(state.endpoints[1].address == "[::1]:13133")
    }

    @Test func halfAFileIsNoState() {
        let bytes = Self.state(7).json
        // The last byte is the line's end.
        for end in 0..<bytes.count - 1 { #expect(ServerState(json: Array(bytes[..<end])) == nil, "\(end) bytes") }
    }

    @Test(
        "other files are no state",
        arguments: ["{}", "[]", "null", #"{"pid":0}"#, #"{"pid":-1}"#, #"{"pid":"7"}"#, "x"])
    func otherFiles(text: String) {
        #expect(ServerState(json: Array(text.utf8)) == nil)
    }

    @Test func membersOfALaterVersionAreSkipped() throws {
        let state = try #require(
            ServerState(json: Array(#"{"later":{"a":[1]},"pid":7,"endpoints":[],"ready":true}"#.utf8)))
        #expect(state.processID == 7)
        #expect(state.isReady)
    }

    /// A damaged file must not end the command that reads it. In a process of its own: a trap would end this one.
    @Test func aProcessNumberThatIsNoneDoesNotTrap() async {
        await #expect(processExitsWith: .success) {
            for number in ["1e300", "99999999999", "-99999999999", "2147483648"] {
                precondition(ServerState(json: Array("{\"pid\":\(number)}".utf8)) == nil)
            }
        }
    }

    @Test(
        "a path becomes absolute without dots",
        arguments: [
            ("/a/b", "/a/b"), ("/a/./b/", "/a/b"), ("/a/../b", "/b"), ("/../..", "/"), ("//a///b", "/a/b"), ("/", "/"),
            ("/a/b/../../c", "/c"),
        ])
    func absolutePaths(path: String, absolute: String) {
        #expect(RunDirectory.absolute(path) == absolute)
    }

    @Test func aRelativePathStartsWhereTheProcessStands() {
        let here = FileManager.default.currentDirectoryPath
        #expect(RunDirectory.absolute("./data") == here + "/data")
        #expect(RunDirectory(data: "x/../data").data == here + "/data")
    }
}
