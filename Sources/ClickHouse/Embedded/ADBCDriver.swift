import CADBC

/// The engine's library, loaded once, and its table of functions.
// Sendable: the table is written before `init` returns and only read afterwards.
final class ADBCDriver: @unchecked Sendable {
    let functions: UnsafeMutablePointer<AdbcDriver>

    /// - Throws: `.engineMissing` when the library or what it links to cannot be loaded, `.wrongVersion` when it has no
    ///   ADBC entry point.
    init(_ location: EngineLocation) throws(EngineError) {
        if location.source == .wheel {
            guard Self.canLoadPython() else {
                throw EngineError(
                    .engineMissing,
                    "the engine's library needs \(EngineRelease.pythonLibrary) (no Python runs): "
                        + "install it with `apt-get install \(EngineRelease.pythonPackage)`; \(Self.loaderError())")
            }
        }
        guard let handle = martlet_dl_open(location.path, 0, 1) else {
            throw EngineError(
                .engineMissing,
                "the engine's library \(location.path) cannot be loaded: \(Self.loaderError()); "
                    + "`martlet engine install --force` fetches it anew")
        }
        guard let symbol = martlet_dl_symbol(handle, "chdb_adbc_init") else {
            throw EngineError(
                .wrongVersion,
                "the library \(location.path) has no ADBC interface (chdb_adbc_init); Martlet needs chDB "
                    + "\(EngineRelease.clickHouseVersion)")
        }
        let initialize = unsafeBitCast(symbol, to: MartletADBCDriverInit.self)
        functions = .allocate(capacity: 1)
        functions.initialize(to: AdbcDriver())
        var error = AdbcError()
        let status = initialize(MARTLET_ADBC_VERSION_1_1_0, functions, &error)
        guard status == 0 else {
            throw EngineError(.wrongVersion, "the library \(location.path) refuses ADBC 1.1.0: \(takeText(&error))")
        }
    }

    /// True when the symbols of Python that the wheel's library leaves open can be resolved.
    static func canLoadPython() -> Bool { martlet_dl_open(EngineRelease.pythonLibrary, 1, 0) != nil }

    private static func loaderError() -> String {
        martlet_dl_error().map { String(cString: $0) } ?? "no reason given"
    }
}

/// The text of an ADBC error, which is released.
func takeText(_ error: inout AdbcError) -> String {
    let text = error.message.map { String(cString: $0) } ?? "no reason given"
    error.release?(&error)
    error = AdbcError()
    return text
}
