/// The engine that this version of Martlet is built and tested with, and where its library comes from.
package enum EngineRelease {
    /// ClickHouse's own version, as `SELECT version()` begins with.
    package static let clickHouseVersion = "26.9"

    /// The Python wheel that carries the library. No Python interpreter runs at any time.
    package static let wheelName = "chdb-core"
    package static let wheelVersion = "26.9.0"

    /// SHA-256 of the wheel for this machine's architecture; nil where there is no wheel.
    package static var wheelSHA256: String? {
        #if os(Linux) && arch(x86_64)
        "707e2ec3fe0f7953bac97942eaeb7a1ed1d66b1e56ecef3f0aa2130f61f6e735"
        #elseif os(Linux) && arch(arm64)
        "46148d3fc1edd6d6f701922be0f18e2aa6e60349e418b430e69bbb87ab6b95a9"
        #else
        nil
        #endif
    }

    package static var wheelPlatform: String {
        #if arch(arm64)
        "manylinux2014_aarch64"
        #else
        "manylinux2014_x86_64"
        #endif
    }

    /// The wheel's library has undefined symbols of Python that are never called but must resolve when it is loaded.
    package static let pythonLibrary = "libpython3.11.so.1.0"
    package static let pythonPackage = "libpython3.11"

    /// Bytes of the library once unpacked, for the progress bar.
    package static var libraryBytes: Int {
        #if arch(arm64)
        493_832_505
        #else
        555_403_697
        #endif
    }

    /// The members of the wheel that are needed.
    package static let libraryMember = "chdb/_chdb.abi3.so"
    package static let companionDirectory = "chdb_core.libs/"
}
