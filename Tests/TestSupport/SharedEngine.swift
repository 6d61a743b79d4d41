package import ClickHouse
import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The one embedded engine of a test process; a process holds one only.
package enum SharedEngine {
    private static let directory = TemporaryDirectory()

    package static let result: Result<EmbeddedEngine, EngineError> = {
        do throws(EngineError) {
            return .success(
                try EmbeddedEngine(
                    .init(
                        directory: directory.path + "/store", library: "",
                        sizes: EngineSizes(memoryBytes: 2 << 30, threads: 2, backgroundThreads: 2),
                        environment: processEnvironment()),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        } catch {
            return .failure(error)
        }
    }()

    package static func open() throws -> EmbeddedEngine { try result.get() }
    package static var storePath: String { directory.path + "/store" }
}

/// The environment of this process.
package func processEnvironment() -> [String: String] {
    var values: [String: String] = [:]
    for name in ["HOME", "XDG_CACHE_HOME", "MARTLET_CACHE"] {
        if let value = getenv(name) { values[name] = String(cString: value) }
    }
    return values
}

package func currentProcessID() -> Int32 { getpid() }
