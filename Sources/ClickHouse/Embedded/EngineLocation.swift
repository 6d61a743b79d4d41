#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where the engine's library lies on this machine.
package struct EngineLocation: Sendable, Equatable {
    package enum Source: String, Sendable {
        /// Named in the configuration.
        case configured
        /// An official libchdb, as its own installer puts it.
        case official
        /// The unpacked wheel in the cache directory.
        case wheel
    }

    package let path: String
    package let source: Source

    /// The directory that `martlet engine install` fills: `$MARTLET_CACHE`, else `$XDG_CACHE_HOME/martlet`, else
    /// `~/.cache/martlet`; below it one directory per version.
    package static func wheelDirectory(environment: [String: String]) -> String {
        let cache: String
        if let named = environment["MARTLET_CACHE"], !named.isEmpty {
            cache = named
        } else if let xdg = environment["XDG_CACHE_HOME"], !xdg.isEmpty {
            cache = xdg + "/martlet"
        } else {
            cache = (environment["HOME"] ?? "/root") + "/.cache/martlet"
        }
        return "\(cache)/engine/\(EngineRelease.wheelName)-\(EngineRelease.wheelVersion)"
    }

    /// The library to load: the configured path, else an official libchdb, else the unpacked wheel.
    ///
    /// - Throws: `.engineMissing`, with the command that installs it.
    package static func find(configured: String, environment: [String: String]) throws(EngineError) -> EngineLocation {
        if !configured.isEmpty {
            guard isReadable(configured) else {
                throw EngineError(.engineMissing, "engine.library names \(configured), which cannot be read")
            }
            return EngineLocation(path: configured, source: .configured)
        }
        for path in ["/usr/local/lib/libchdb.so", "/usr/lib/libchdb.so", "/opt/homebrew/lib/libchdb.dylib"]
        where isReadable(path) {
            return EngineLocation(path: path, source: .official)
        }
        let unpacked = wheelDirectory(environment: environment) + "/" + EngineRelease.libraryMember
        if isReadable(unpacked) { return EngineLocation(path: unpacked, source: .wheel) }
        throw EngineError(
            .engineMissing,
            "the ClickHouse engine is not installed on this machine; run `martlet engine install` (180 MB download)")
    }

    static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }
}
