import ArgumentParser
import ClickHouse
import Codecs
import Ingest
import MartletServer
import TelemetryModel
import WriteAheadLog

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine engine, data directory, logs and server; exit code 1 when something is wrong.")

    @OptionGroup var server: ServerOptions

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    /// What was looked at, and what was seen.
    private struct Finding {
        enum State: String { case ok, note, bad }

        let subject: String
        let state: State
        let text: String
    }

    func run() async throws {
        let directory = try server.runDirectory()
        var findings = [Self.engine(), Self.data(directory)]
        findings += Signal.allCases.map { Self.log($0, directory) }
        findings += Self.replay(directory)
        findings.append(await Self.running(directory))
        if json {
            StandardOutput.write(Self.json(findings))
        } else {
            let rows = findings.map { [$0.subject, $0.state.rawValue, $0.text] }
            StandardOutput.write(
                TextTable(columns: [("CHECK", .left), ("STATE", .left), ("FOUND", .left)], rows: rows)
                    .text(width: StandardOutput.isTerminal ? StandardOutput.width : .max))
        }
        if findings.contains(where: { $0.state == .bad }) { throw CommandFailure(.no, "") }
    }

    private static func engine() -> Finding {
        do {
            let location = try EngineLocation.find(configured: "", environment: processEnvironment())
            return Finding(subject: "engine", state: .ok, text: location.path)
        } catch {
            return Finding(subject: "engine", state: .bad, text: error.message)
        }
    }

    private static func data(_ directory: RunDirectory) -> Finding {
        var space = statvfs()
        guard statvfs(directory.data, &space) == 0 else {
            return Finding(
                subject: "data", state: .note, text: "\(directory.data) is not there; the first start makes it")
        }
        guard access(directory.data, W_OK) == 0 else {
            return Finding(subject: "data", state: .bad, text: "\(directory.data) is not writable for this user")
        }
        let free = UInt64(space.f_bavail) * UInt64(space.f_frsize)
        // Below this a block or two and the merges after them no longer fit.
        let isLow = free < 1 << 30
        return Finding(
            subject: "data", state: isLow ? .bad : .ok,
            text: "\(directory.data), \(HumanText.bytes(free)) free\(isLow ? ": too little, free space" : "")")
    }

    private static func log(_ signal: Signal, _ directory: RunDirectory) -> Finding {
        let path = IngestPipeline.directory(of: signal, in: directory.logDirectory)
        let subject = "log of \(signal.rawValue)"
        guard access(path, F_OK) == 0 else { return Finding(subject: subject, state: .ok, text: "not there yet") }
        do {
            let found = try WriteAheadLog.inspect(directory: path)
            guard found.isClean else {
                let damages = found.damages.prefix(3).map(\.text).joined(separator: "; ")
                return Finding(
                    subject: subject, state: .bad,
                    text: "\(found.damages.count + found.damagesOmitted) damaged: \(damages)")
            }
            guard found.uncommittedRecords > 0 else {
                return Finding(
                    subject: subject, state: .ok,
                    text: "everything is stored, \(HumanText.bytes(UInt64(found.bytes))) on disk")
            }
            let bytes = HumanText.bytes(UInt64(found.uncommittedBytes))
            let owner = directory.lockHolder() == nil ? "the next start stores them" : "the server stores them"
            return Finding(
                subject: subject, state: .note, text: "\(found.uncommittedRecords) requests (\(bytes)) wait; \(owner)")
        } catch {
            return Finding(subject: subject, state: .bad, text: error.message)
        }
    }

    /// What the last start found in the logs.
    private static func replay(_ directory: RunDirectory) -> [Finding] {
        guard let lines = directory.replay() else { return [] }
        return lines.enumerated().map { index, line in
            Finding(
                subject: index == 0 ? "last start" : "", state: line.contains("LOST") ? .bad : .ok, text: line)
        }
    }

    private static func running(_ directory: RunDirectory) async -> Finding {
        guard let state = directory.state() else {
            if let holder = directory.lockHolder() {
                return Finding(subject: "server", state: .note, text: "process \(holder) is starting, or stopping")
            }
            return Finding(subject: "server", state: .note, text: "none runs; `martlet start` starts one")
        }
        let name = "process \(state.processID), \(state.version)"
        guard let url = state.url("health") else { return Finding(subject: "server", state: .ok, text: name) }
        do {
            let answer = try await HTTPCalls.send("GET", url + "/", timeout: .seconds(5))
            return Finding(
                subject: "server", state: answer.status == 200 ? .ok : .bad,
                text: answer.status == 200 ? "\(name), healthy" : "\(name): \(answer.text)")
        } catch {
            return Finding(subject: "server", state: .bad, text: "\(name): \(CommandFailure(error).message)")
        }
    }

    private static func json(_ findings: [Finding]) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("ok")
        writer.bool(!findings.contains { $0.state == .bad })
        writer.key("findings")
        writer.open("[")
        for finding in findings {
            writer.separate()
            writer.open("{")
            writer.key("check")
            writer.string(finding.subject)
            writer.key("state")
            writer.string(finding.state.rawValue)
            writer.key("text")
            writer.string(finding.text)
            writer.close("}")
        }
        writer.close("]")
        writer.close("}")
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
