import Codecs
import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where an export goes: standard output, or a file that has its name only when it is whole.
final class ExportOutput {
    private enum Target {
        case standardOutput
        case file(path: String, temporary: String, descriptor: Int32)
    }

    /// What is packed at once: not as it comes over the network, or the same export would not give the same bytes twice.
    private static let packedBytes = 1 << 20

    private let target: Target
    private let compressor: StreamCompressor?
    /// To be packed; less than `packedBytes`.
    private var waiting: [UInt8] = []
    private var isEnded = false
    /// As they are written.
    private(set) var bytes = 0

    /// - Parameter path: nil for standard output. Directories in it are made.
    init(_ path: String?, _ packing: ExportPacking?) throws(CommandFailure) {
        if let packing {
            guard let compressor = StreamCompressor(packing.compression) else {
                throw CommandFailure(.no, "there is no memory for \(packing.rawValue)")
            }
            self.compressor = compressor
        } else {
            compressor = nil
        }
        guard let path else {
            target = .standardOutput
            return
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let directory = parts.dropLast().joined(separator: "/")
        try Self.makeDirectories(directory)
        // No reader of a directory of telemetry takes such a name for one of its files.
        let name = ".\(parts.last ?? "export").partial-\(getpid())"
        let temporary = parts.count > 1 ? "\(directory)/\(name)" : name
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(path) }
        target = .file(path: path, temporary: temporary, descriptor: descriptor)
    }

    deinit {
        // What was not finished is not kept.
        guard !isEnded, case .file(_, let temporary, let descriptor) = target else { return }
        close(descriptor)
        unlink(temporary)
    }

    func write(_ piece: UnsafeBufferPointer<UInt8>) throws(CommandFailure) {
        guard compressor != nil else { return try put(piece) }
        var rest = piece[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.packedBytes - waiting.count)
            waiting.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            if waiting.count == Self.packedBytes { try pack(isLast: false) }
        }
    }

    private func pack(isLast: Bool) throws(CommandFailure) {
        guard let compressor else { return }
        guard let packed = waiting.withUnsafeBytes({ compressor.compress($0, isLast: isLast) }) else {
            throw CommandFailure(.no, "there is no memory to pack the export")
        }
        waiting.removeAll(keepingCapacity: true)
        try packed.withUnsafeBufferPointer { (packed) throws(CommandFailure) in try put(packed) }
    }

    /// Ends the text; a file gets its name.
    func finish() throws(CommandFailure) {
        try pack(isLast: true)
        guard case .file(let path, let temporary, let descriptor) = target else { return }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw Self.failure(path) }
        close(descriptor)
        isEnded = true
        guard rename(temporary, path) == 0 else {
            unlink(temporary)
            throw Self.failure(path)
        }
    }

    private func put(_ piece: UnsafeBufferPointer<UInt8>) throws(CommandFailure) {
        let (descriptor, path) =
            switch target {
            case .standardOutput: (Int32(1), "standard output")
            case .file(let path, _, let descriptor): (descriptor, path)
            }
        var rest = piece[...]
        while !rest.isEmpty {
            let count = systemWrite(descriptor, UnsafeBufferPointer(rebasing: rest))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            rest = rest.dropFirst(count)
            bytes += count
        }
    }

    private static func makeDirectories(_ path: String) throws(CommandFailure) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/" + part
            if mkdir(made, 0o755) != 0, errno != EEXIST { throw failure(made) }
        }
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(.no, "cannot write \(TerminalText.escaped(path)): \(String(cString: strerror(errno)))")
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
