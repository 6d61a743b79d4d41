import ArgumentParser
import MartletServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Find stored log lines; without a question, show the server's own log.",
        discussion: """
            A question is a LogQL query, or words that all occur in a line, in either case. Of the last hour unless a \
            time is given; the newest lines stand at the bottom. Without one, and without an option that asks for \
            stored lines, this is the log file of the server that `start` made. Examples:

              martlet logs timeout
              martlet logs connection refused --service checkout --level warn --since 1d
              martlet logs '{service_name="checkout"} | json | status >= 500' --labels
              martlet logs --trace 0af7651916cd43dd8448eb211c80319c
              martlet logs --patterns --since 6h
              martlet logs --follow
            """)

    @OptionGroup var server: ServerOptions

    @Argument(help: "A LogQL query, or words.")
    var question: [String] = []

    @OptionGroup var options: LogQueryOptions

    @Option(name: [.customShort("n"), .long], help: "Lines of the server's own log to show; 100 without.")
    var lines: Int?

    @Flag(name: .shortAndLong, help: "Go on with lines of the server's own log as they come, until Ctrl-C.")
    var follow = false

    func validate() throws {
        let asks = !question.isEmpty || options.isGiven
        if asks, follow { throw ValidationError("--follow is for the server's own log; see `martlet tail`") }
        if asks, lines != nil { throw ValidationError("--lines is for the server's own log; use --limit") }
    }

    func run() async throws {
        guard question.isEmpty, !options.isGiven else {
            return try await options.run(question, isQuery: false, server: server)
        }
        let path = try server.runDirectory().logPath
        guard let tail = LogFile.tail(path, lines: max(lines ?? 100, 0)) else {
            throw CommandFailure(.no, "there is no log at \(path); it is written by servers that `martlet start` made")
        }
        for line in tail { StandardOutput.write(line + "\n") }
        guard follow else { return }
        var position = LogFile.size(path)
        while true {
            try await Task.sleep(for: .milliseconds(200))
            let size = LogFile.size(path)
            // A shorter file is a new one.
            if size < position { position = 0 }
            guard size > position else { continue }
            StandardOutput.write(LogFile.read(path, from: position, count: min(size - position, 1 << 20)))
            position += min(size - position, 1 << 20)
        }
    }
}

/// The log file of a background server.
enum LogFile {
    /// A log of this size is put aside at the next start, as `martlet.log.1`.
    private static let bytesMax = 16 << 20

    static func rotate(_ path: String) {
        if size(path) > bytesMax { rename(path, path + ".1") }
    }

    static func size(_ path: String) -> Int {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        return max(0, Int(lseek(file, 0, SEEK_END)))
    }

    static func read(_ path: String, from position: Int, count: Int) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = pread(file, &bytes, count, off_t(position))
        return read > 0 ? Array(bytes[..<read]) : []
    }

    /// The last lines, at most those of the last MiB; nil when there is no file.
    static func tail(_ path: String, lines: Int) -> [String]? {
        guard access(path, R_OK) == 0 else { return nil }
        let size = size(path)
        let start = max(0, size - 1 << 20)
        let text = String(decoding: read(path, from: start, count: size - start), as: UTF8.self)
        return text.split(separator: "\n").suffix(lines).map(String.init)
    }
}
