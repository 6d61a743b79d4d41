import ClickHouse
import Ingest
import MartletServer
import TelemetryModel
import WriteAheadLog

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Engine, data directory, logs and process: can Martlet work here?
enum MachineExamination {
    static func findings(_ directory: RunDirectory) async -> [DoctorFinding] {
        var findings = [engine(), data(directory)]
        findings += Signal.allCases.map { log($0, directory) }
        findings += replay(directory)
        findings.append(await running(directory))
        return findings
    }

    private static func engine() -> DoctorFinding {
        do {
            let location = try EngineLocation.find(configured: "", environment: processEnvironment())
            return DoctorFinding(subject: "engine", state: .ok, text: location.path)
        } catch {
            return DoctorFinding(subject: "engine", state: .bad, text: error.message)
        }
    }

    private static func data(_ directory: RunDirectory) -> DoctorFinding {
        var space = statvfs()
        guard statvfs(directory.data, &space) == 0 else {
            return DoctorFinding(
                subject: "data", state: .note, text: "\(directory.data) is not there; the first start makes it")
        }
        guard access(directory.data, W_OK) == 0 else {
            return DoctorFinding(subject: "data", state: .bad, text: "\(directory.data) is not writable for this user")
        }
        let free = UInt64(space.f_bavail) * UInt64(space.f_frsize)
        // Below this a block or two and the merges after them no longer fit.
        let isLow = free < 1 << 30
        return DoctorFinding(
            subject: "data", state: isLow ? .bad : .ok,
            text: "\(directory.data), \(HumanText.bytes(free)) free\(isLow ? ": too little, free space" : "")")
    }

    private static func log(_ signal: Signal, _ directory: RunDirectory) -> DoctorFinding {
        let path = IngestPipeline.directory(of: signal, in: directory.logDirectory)
        let subject = "log of \(signal.rawValue)"
        guard access(path, F_OK) == 0 else { return DoctorFinding(subject: subject, state: .ok, text: "not there yet") }
        do {
            let found = try WriteAheadLog.inspect(directory: path)
            guard found.isClean else {
                let damages = found.damages.prefix(3).map(\.text).joined(separator: "; ")
                return DoctorFinding(
                    subject: subject, state: .bad,
                    text: "\(found.damages.count + found.damagesOmitted) damaged: \(damages)")
            }
            guard found.uncommittedRecords > 0 else {
                return DoctorFinding(
                    subject: subject, state: .ok,
                    text: "everything is stored, \(HumanText.bytes(UInt64(found.bytes))) on disk")
            }
            let bytes = HumanText.bytes(UInt64(found.uncommittedBytes))
            let owner = directory.lockHolder() == nil ? "the next start stores them" : "the server stores them"
            return DoctorFinding(
                subject: subject, state: .note, text: "\(found.uncommittedRecords) requests (\(bytes)) wait; \(owner)")
        } catch {
            return DoctorFinding(subject: subject, state: .bad, text: error.message)
        }
    }

    /// What the last start found in the logs.
    private static func replay(_ directory: RunDirectory) -> [DoctorFinding] {
        guard let lines = directory.replay() else { return [] }
        return lines.map { line in
            DoctorFinding(subject: "last start", state: line.contains("LOST") ? .bad : .ok, text: line)
        }
    }

    private static func running(_ directory: RunDirectory) async -> DoctorFinding {
        guard let state = directory.state() else {
            if let holder = directory.lockHolder() {
                return DoctorFinding(
                    subject: "server", state: .note, text: "process \(holder) is starting, or stopping")
            }
            return DoctorFinding(subject: "server", state: .note, text: "none runs; `martlet start` starts one")
        }
        let name = "process \(state.processID), \(state.version)"
        guard let url = state.url("health") else { return DoctorFinding(subject: "server", state: .ok, text: name) }
        do {
            let answer = try await HTTPCalls.send("GET", url + "/", timeout: .seconds(5))
            return DoctorFinding(
                subject: "server", state: answer.status == 200 ? .ok : .bad,
                text: answer.status == 200 ? "\(name), healthy" : "\(name): \(answer.text)")
        } catch {
            return DoctorFinding(subject: "server", state: .bad, text: "\(name): \(CommandFailure(error).message)")
        }
    }
}
