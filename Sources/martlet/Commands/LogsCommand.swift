import ArgumentParser
import MartletServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show the log of a server that `start` made.")

    @OptionGroup var server: ServerOptions

    @Option(name: [.customShort("n"), .long], help: "Lines to show.")
    var lines = 100

    @Flag(name: .shortAndLong, help: "Go on with lines as they come, until Ctrl-C.")
    var follow = false

    func run() async throws {
        let path = try server.runDirectory().logPath
        guard let tail = LogFile.tail(path, lines: max(lines, 0)) else {
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
