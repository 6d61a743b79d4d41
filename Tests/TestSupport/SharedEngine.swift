package import ClickHouse

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
            let engine = try EmbeddedEngine(
                .init(
                    directory: directory.path + "/store", library: "",
                    sizes: EngineSizes(memoryBytes: 2 << 30, threads: 2, backgroundThreads: 2),
                    environment: processEnvironment()), logger: silentLogger())
            return .success(engine)
        } catch {
            return .failure(error)
        }
    }()

    package static func open() throws -> EmbeddedEngine {
        leaveWithoutDestructors()
        return try result.get()
    }

    /// The engine's static objects must not be destroyed while its threads run, and a test process has no moment after
    /// its last test at which the engine could be closed. So the process ends before their destructors: exit handlers
    /// run last in, first out, hence anew at each use.
    private static func leaveWithoutDestructors() {
        #if canImport(Glibc)
        on_exit(
            { status, _ in
                fflush(nil)
                _exit(status)
            }, nil)
        #endif
    }

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
