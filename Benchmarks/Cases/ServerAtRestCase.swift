import MartletServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The built server: start, memory and CPU when nobody asks.
struct ServerAtRestCase: BenchmarkCase {
    static let name = "server-at-rest"
    static let summary = "the built server on an empty store: start to ready, memory, idle CPU"

    func run(_ bench: Bench) async throws {
        let data = "/tmp/martlet-rest-\(getpid())"
        let program = bench.binaries + "/martlet"
        var times: [Double] = []
        for _ in 0..<5 {
            let time = try await Bench.measure { try Self.spawn([program, "start", "--data", data, "--free-ports"]) }
            times.append(time.wall)
            if times.count < 5 { try Self.spawn([program, "stop", "--data", data]) }
        }
        defer {
            try? Self.spawn([program, "stop", "--data", data])
            removeTree(data)
        }
        Bench.report(
            "start to ready",
            "\((times[0] * 1000).text(0)) ms first, \(((times.dropFirst().min() ?? 0) * 1000).text(0)) ms then",
            "`martlet start` from call to return, empty store")
        guard let state = RunDirectory(data: data).state() else { throw ServerError("the server does not run") }
        try await Task.sleep(for: .seconds(5))
        let before = try Self.ticks(state.processID)
        try await Task.sleep(for: .seconds(30))
        let cpu = Double(try Self.ticks(state.processID) - before) / Double(sysconf(Int32(_SC_CLK_TCK)))
        Bench.report("idle CPU", "\((cpu / 30 * 100).text(2)) % of a core", "30 s, 5 s after the start")
        let status = String(decoding: RunDirectory.read("/proc/\(state.processID)/status") ?? [], as: UTF8.self)
        for line in status.split(separator: "\n") where line.hasPrefix("VmRSS") || line.hasPrefix("RssAnon") {
            let parts = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ":" })
            let mebibytes = (Double(parts.count > 1 ? parts[1] : "0") ?? 0) / 1024
            Bench.report(parts[0] == "VmRSS" ? "resident memory" : "private memory", "\(mebibytes.text(0)) MiB", "idle")
        }
    }

    private static func ticks(_ process: Int32) throws -> Int {
        let text = String(decoding: RunDirectory.read("/proc/\(process)/stat") ?? [], as: UTF8.self)
        // After the name in parentheses, utime and stime are the 12th and 13th fields.
        guard let close = text.lastIndex(of: ")") else { throw ServerError("the server has ended") }
        let fields = text[close...].split(separator: " ")
        guard fields.count > 14, let user = Int(fields[12]), let system = Int(fields[13]) else {
            throw ServerError("/proc cannot be read")
        }
        return user + system
    }

    private static func spawn(_ arguments: [String]) throws {
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var process: pid_t = 0
        guard posix_spawn(&process, arguments[0], &actions, nil, &pointers, environ) == 0 else {
            throw ServerError("cannot run \(arguments[0]); `make build` makes it")
        }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        guard status == 0 else { throw ServerError("\(arguments.joined(separator: " ")) ended with status \(status)") }
    }
}
