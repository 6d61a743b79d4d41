import Codecs
import OTLPMessages
import SwiftProtobuf

import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `martlet import` of files of spans in three forms, into a server of its own.
struct ImportCase: BenchmarkCase {
    static let name = "import"
    static let summary = "files of 500,000 spans through `martlet import`: CPU of the reader and of the server, time"

    private static let requests = 1_000
    private static let spansPerRequest = 500

    struct Failure: Error {
        let message: String
    }

    func run(_ bench: Bench) async throws {
        let server = try LoadedServer(bench, name: "import")
        defer { try? server.stop() }
        guard let url = server.url("otlp_http") else { throw Failure(message: "no otlp_http") }
        let files = try Self.write(bench.directory)
        let spans = Double(Self.requests * Self.spansPerRequest)
        for (form, path) in files {
            let before = try server.number("SELECT count() FROM telemetry.spans")
            let serverBefore = server.cpuSeconds
            let clientBefore = Self.childrenCPUSeconds
            let start = ContinuousClock.now
            try Self.importFile(bench.binaries + "/martlet", path, url)
            let wall = (ContinuousClock.now - start) / .seconds(1)
            let client = Self.childrenCPUSeconds - clientBefore
            let stored = try server.number("SELECT count() FROM telemetry.spans") - before
            let serverCPU = server.cpuSeconds - serverBefore
            let bytes = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
            Bench.report(
                form, "\((client / spans * 1e6).text(2)) CPU s/M spans",
                "server \((serverCPU / spans * 1e6).text(2)), \((wall / spans * 1e6).text(2)) s/M spans; "
                    + "\((Double(bytes) / spans).text(0)) bytes a span, \(Int(stored)) stored")
        }
    }

    private static func write(_ directory: String) throws -> [(form: String, path: String)] {
        let paths = ["traces.jsonl", "traces.jsonl.zst", "traces.pb"].map { "\(directory)/\($0)" }
        var workload = Workload(seed: 7)
        guard let packer = StreamCompressor(.zstd) else { throw Failure(message: "no memory for zstd") }
        for path in paths { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        let handles = try paths.map { try FileHandle(forWritingTo: URL(filePath: $0)) }
        for number in 0..<requests {
            let request = workload.request(spans: spansPerRequest)
            let line = OTLPJSONEncoder.encode(request) + [0x0A]
            let message: [UInt8] = try request.serializedBytes()
            let length = withUnsafeBytes(of: UInt32(message.count).bigEndian) { Array($0) }
            let packed = line.withUnsafeBytes { packer.compress($0, isLast: number == requests - 1) } ?? []
            try handles[0].write(contentsOf: line)
            try handles[1].write(contentsOf: packed)
            try handles[2].write(contentsOf: length + message)
        }
        for handle in handles { try handle.close() }
        return zip(["JSON lines", "JSON lines, zstd", "protobuf with lengths"], paths).map { ($0, $1) }
    }

    private static func importFile(_ martlet: String, _ path: String, _ url: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: martlet)
        process.arguments = ["import", "--endpoint", url, "--json", path]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(message: "import of \(path) ends with \(process.terminationStatus)")
        }
    }

    /// Of processes that have ended; the server has not.
    private static var childrenCPUSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}
