/// Bounds of reading files.
package enum TelemetryFileLimits {
    /// A line, a message, or one element of a document: the body that a receiver takes at most (`otlp.max_body_bytes`),
    /// since exporters write what they would have sent. Raise both together.
    package static let entryBytes = 64 << 20
    /// Read from a file, and unpacked, at a time.
    package static let chunkBytes = 256 << 10
    /// Looked at to tell the form of a file.
    package static let detectionBytes = 256 << 10
    /// Memory of a zstd frame to look back, 128 MiB: what the zstd program takes without being told.
    package static let zstdWindowLog: Int32 = 27
    /// Names in a directory that are looked at.
    package static let directoryEntries = 100_000
}
