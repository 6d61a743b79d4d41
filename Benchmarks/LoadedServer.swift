import MartletServer

import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A server in a process of its own, with a data directory of its own, driven through the command line.
final class LoadedServer {
    /// What `martlet load` reports.
    struct Report {
        let perSecond: Double
        let verdict: String
    }

    struct Failure: Error {
        let message: String
    }

    private let martlet: String
    private let data: String
    private let settings: [String]
    private var process: Int32 = 0

    init(_ bench: Bench, name: String, settings: [String] = []) throws {
        martlet = bench.binaries + "/martlet"
        data = "\(bench.directory)/\(name)"
        self.settings = settings
        try start()
    }

    func start() throws {
        try run(["start", "--data", data, "--free-ports"] + settings.flatMap { ["--set", $0] })
        guard let pid = RunDirectory(data: data).lockHolder() else { throw Failure(message: "no server on \(data)") }
        process = pid
    }

    /// Address of a port by its name.
    func url(_ name: String) -> String? { RunDirectory(data: data).state()?.url(name) }

    func stop() throws { try run(["stop", "--data", data]) }

    /// `kill -9`.
    func kill() {
        _ = signal(process)
        while RunDirectory(data: data).lockHolder() != nil { usleep(10_000) }
    }

    /// User and system time of the server.
    var cpuSeconds: Double {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        // The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    var peakMemoryBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
        return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1024
    }

    func load(_ arguments: [String]) throws -> Report {
        let output = try run(["load", "--data", data, "--json"] + arguments)
        guard let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] else {
            throw Failure(message: "load printed no report: \(output)")
        }
        let verification = object["verification"] as? [String: Any] ?? [:]
        let verdict = ["stored", "lost", "doubled"].map { "\($0) \(verification[$0] ?? "not checked")" }
        return Report(
            perSecond: object["acceptedPerSecond"] as? Double ?? 0, verdict: verdict.joined(separator: ", "))
    }

    func startLoad(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: martlet)
        process.arguments = ["load", "--data", data, "--json"] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    func number(_ sql: String) throws -> Double {
        let output = try run(["query", "--data", data, "--format", "TabSeparated", sql])
        return Double(output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    func diskBytes() throws -> Double {
        try number("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'telemetry'")
    }

    func logBytes() throws -> Int {
        let files = FileManager.default.enumerator(atPath: data + "/wal")?.compactMap { $0 as? String } ?? []
        return try files.filter { $0.hasSuffix(".wal") }.reduce(0) { sum, name in
            let size = try FileManager.default.attributesOfItem(atPath: data + "/wal/" + name)[.size] as? Int
            return sum + (size ?? 0)
        }
    }

    /// Returns when no merge has run for five seconds.
    func waitForMerges() async throws {
        try run(["flush", "--data", data])
        var quiet = 0
        while quiet < 5 {
            try await Task.sleep(for: .seconds(1))
            quiet = try number("SELECT count() FROM system.merges") == 0 ? quiet + 1 : 0
        }
    }

    func sendSpan(_ name: String) throws {
        guard let url = RunDirectory(data: data).state()?.url("otlp_http") else {
            throw Failure(message: "no otlp_http")
        }
        let id = { (count: Int) in
            (0..<count).map { _ in String(UInt8.random(in: 1...255), radix: 16).leftPadded(2) }.joined()
        }
        let body = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"\(id(16))","spanId":"\(id(8))","name":"\(name)",\
            "startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}
            """
        try run("curl", ["-sf", "-H", "Content-Type: application/json", "--data-binary", body, url + "/v1/traces"])
    }

    @discardableResult
    private func run(_ arguments: [String]) throws -> String { try run(martlet, arguments) }

    @discardableResult
    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw Failure(
                message:
                    "\(program) \(arguments.joined(separator: " ")) ends with \(process.terminationStatus): \(text)")
        }
        return text
    }
}

/// `kill` of the C library, which a method of the same name would hide.
private func signal(_ process: Int32) -> Int32 { kill(process, SIGKILL) }

extension String {
    fileprivate func leftPadded(_ width: Int) -> String { String(repeating: "0", count: max(0, width - count)) + self }
}

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) * 1e-15
    }
}
