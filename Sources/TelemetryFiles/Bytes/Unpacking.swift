import Codecs

/// Tells how a file is packed from its first bytes, and unpacks it.
package enum Unpacking {
    static func compression(of start: [UInt8]) -> FileCompression {
        if start.starts(with: [0x1F, 0x8B]) { return .gzip }
        // A frame, or one that is to be skipped. Spec: RFC 8878, section 3.1.
        let isZstd =
            start.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
            || start.count >= 4 && start[0] & 0xF0 == 0x50 && start[1...3].elementsEqual([0x2A, 0x4D, 0x18])
        return isZstd ? .zstd : .none
    }

    static func source(
        _ source: any ByteSource, path: String
    ) throws(TelemetryFileError) -> (source: any ByteSource, compression: FileCompression) {
        var start: [UInt8] = []
        while start.count < 4, try source.read(into: &start) {}
        let compression = compression(of: start)
        switch compression {
        case .none: return (StartedSource(source, start: start), .none)
        case .gzip: return (GunzipSource(source, start: start), .gzip)
        case .zstd: return (try UnzstdSource(source, start: start, path: path), .zstd)
        }
    }

    /// All of a file in memory, up to `bytesMax` and a chunk, and why it ends before its time.
    ///
    /// - Parameter piece: bytes that are handed over at a time, which changes nothing.
    package static func unpacked(
        _ bytes: [UInt8], piece: Int = .max, bytesMax: Int
    ) throws(TelemetryFileError) -> (bytes: [UInt8], failure: String?) {
        let (source, _) = try source(MemorySource(bytes, piece: piece), path: "")
        var result: [UInt8] = []
        while result.count <= bytesMax, try source.read(into: &result) {}
        return (result, source.failure)
    }
}

/// Bytes that were read already, then those of a source.
private final class StartedSource: ByteSource {
    private let source: any ByteSource
    private var start: [UInt8]

    init(_ source: any ByteSource, start: [UInt8]) {
        self.source = source
        self.start = start
    }

    var failure: String? { source.failure }

    func read(into bytes: inout [UInt8]) throws(TelemetryFileError) -> Bool {
        guard start.isEmpty else {
            bytes += start
            start = []
            return true
        }
        return try source.read(into: &bytes)
    }
}
