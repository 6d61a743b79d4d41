import ClickHouse
import Logging
import TelemetryModel
import TelemetryStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `martlet-bench [CASE …]`: runs all cases or those named. CPU seconds are the figure to trust on a shared machine.
@main
enum MartletBench {
    private static let cases: [any BenchmarkCase.Type] = [
        DecodeCase.self, InsertCase.self, PipelineCase.self, AttributeLayoutsCase.self, QueriesCase.self,
        PromQLCase.self, StatsDCase.self, ScrapeCase.self, ServerAtRestCase.self, EndToEndCase.self, FreshnessCase.self,
        RecoveryCase.self, WriteAmplificationCase.self, SpanMetricsCase.self, TraceQueriesCase.self,
        LogQueriesCase.self, TailingCase.self, MirrorCase.self, ImportCase.self,
    ]

    static func main() async throws {
        let wanted = CommandLine.arguments.dropFirst()
        for name in wanted where !cases.contains(where: { $0.name == name }) {
            print("no case is called \(name); the cases are:")
            for known in cases { print("  \(known.name.padded(20)) \(known.summary)") }
            exit(2)
        }
        #if DEBUG
        print("This is a debug build: figures of Martlet's own code mean nothing. Use `make bench`.")
        #endif
        let directory = "/tmp/martlet-bench-\(getpid())"
        let environment = Dictionary(
            uniqueKeysWithValues: ["HOME", "XDG_CACHE_HOME", "MARTLET_CACHE"].compactMap { (name: String) in
                getenv(name).map { (name, String(cString: $0)) }
            })
        let engine = try EmbeddedEngine(
            .init(
                directory: directory + "/store", library: "",
                sizes: EngineSizes(memoryBytes: 4 << 30, threads: 2, backgroundThreads: 2), environment: environment),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        let store = try await TelemetryStore(
            engine,
            retention: Retention(traces: .seconds(1 << 30), logs: .seconds(1 << 30), metrics: .seconds(1 << 30)),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        let program = RunPath.executableDirectory
        for kind in cases where wanted.isEmpty || wanted.contains(kind.name) {
            print("\(kind.name): \(kind.summary)")
            try await kind.init().run(
                Bench(engine: engine, store: store, directory: directory, binaries: program))
        }
        await engine.close()
        removeTree(directory)
    }
}

enum RunPath {
    static var executableDirectory: String {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &bytes, bytes.count - 1)
        let path =
            count > 0 ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : "./martlet"
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}

/// Removes the directory of a run; a failure leaves some files under /tmp and harms nothing.
func removeTree(_ path: String) {
    guard path.hasPrefix("/tmp/martlet-") else { return }
    let arguments = ["rm", "-rf", path]
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process: pid_t = 0
    if posix_spawnp(&process, "rm", nil, nil, &pointers, environ) == 0 { waitpid(process, nil, 0) }
}
