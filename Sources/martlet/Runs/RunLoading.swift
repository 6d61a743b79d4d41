import MartletServer
import Recordings
import TelemetryModel
import Verification

/// Reads the telemetry that a reference names.
struct RunLoading {
    let server: ServerOptions
    /// Only of these services; empty: of all.
    let services: [String]
    let itemsMax: Int

    /// - Throws: wrong usage; exit code 1 when there is no such run; 3 when a server is needed and none answers.
    func profile(_ text: String, now: Timestamp) async throws -> RunProfile {
        let reference = try RunReference(text, now: now)
        do {
            switch reference {
            case .window(let times):
                return try await profile(times, title: text)
            case .process(let service, let instance):
                return try await profile(service: service, instance: instance)
            case .path(let path):
                return try await profile(FilesSource(directory: path), title: path)
            case .name(let name):
                let runs = RunDirectories(data: RunDirectory.absolute(try server.runDirectory().data))
                if try runs.names().contains(name) {
                    return try await profile(FilesSource(directory: runs.path(of: name)), title: name)
                }
                guard RunFiles.exists(name) else { throw try missing(name, runs) }
                return try await profile(FilesSource(directory: name), title: name)
            }
        } catch let error as VerificationError {
            throw CommandFailure(error)
        }
    }

    private func missing(_ name: String, _ runs: RunDirectories) throws -> CommandFailure {
        let names = try runs.names()
        let known =
            names.isEmpty
            ? "none is kept in \(runs.path)" : "kept are \(names.prefix(10).joined(separator: ", "))"
        return CommandFailure(
            .no, TerminalText.escaped("there is no run and no path \(name); \(known); `martlet runs` lists all"))
    }

    private func profile(_ source: some TelemetrySource, title: String) async throws -> RunProfile {
        var window = RecordingWindow()
        window.services = services
        return RunProfile(try await source.recording(window, itemsMax: itemsMax), title: title)
    }

    private func profile(_ times: TraceTimes, title: String) async throws -> RunProfile {
        let source = try ServerSource(options: server)
        try await source.settle()
        var window = RecordingWindow(start: UInt64(clamping: times.start), end: UInt64(clamping: times.end))
        window.services = services
        let recording = try await source.recording(window, itemsMax: itemsMax)
        return RunProfile(
            recording, title: title, window: (UInt64(clamping: times.start), UInt64(clamping: times.end)))
    }

    private func profile(service: String, instance: String) async throws -> RunProfile {
        let source = try ServerSource(options: server)
        try await source.settle()
        let process = try Self.find(service, instance, try await ServerProcess.list(source))
        // Points of metrics may be later than the series was last noted, and earlier than its arrival.
        let margin: Int64 = 3_600_000_000_000
        var window = RecordingWindow(
            start: UInt64(clamping: process.first - margin), end: nil)
        window.services = [service]
        let recording = try await source.recording(window, itemsMax: itemsMax)
        return RunProfile(recording.of(instance: process.instance), title: process.name)
    }

    private static func find(
        _ service: String, _ instance: String, _ processes: [ServerProcess]
    ) throws(CommandFailure) -> ServerProcess {
        let own = processes.filter { $0.service == service }
        guard !own.isEmpty else {
            throw CommandFailure(
                .no,
                TerminalText.escaped("the server has no telemetry of a service \(service); `martlet runs` lists all"))
        }
        switch instance {
        case "latest": if let last = own.last { return last }
        case "previous": if own.count > 1 { return own[own.count - 2] }
        default: break
        }
        let exact = own.filter { $0.instance == instance }
        let found = exact.isEmpty ? own.filter { $0.instance.hasPrefix(instance) && !instance.isEmpty } : exact
        guard let process = found.first, found.count == 1 else {
            let names = (found.isEmpty ? own : found).prefix(10).map(\.name).joined(separator: ", ")
            throw CommandFailure(
                .no,
                TerminalText.escaped(
                    found.isEmpty
                        ? "there is no process \(service)@\(instance); there are \(names)"
                        : "\(service)@\(instance) means several processes: \(names)"))
        }
        return process
    }
}

extension RecordedResource {
    /// As `ServerProcess.instance`.
    var instance: String {
        if let id = attributes["service.instance.id"]?.text, !id.isEmpty { return id }
        let process = attributes["process.pid"]?.text ?? ""
        guard let created = attributes["process.creation.time"]?.text, !created.isEmpty, !process.isEmpty else {
            return process
        }
        return "\(process)+\(created)"
    }
}

extension Recording {
    /// What one process sent.
    func of(instance: String) -> Recording {
        let wanted = Set(resources.indices.filter { resources[$0].instance == instance })
        var recording = self
        recording.spans.removeAll { !wanted.contains($0.resource) }
        recording.series.removeAll { !wanted.contains($0.resource) }
        recording.logs.removeAll { !wanted.contains($0.resource) }
        return recording
    }
}
