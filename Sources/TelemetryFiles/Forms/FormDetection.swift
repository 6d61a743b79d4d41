/// Tells the form of a file from its beginning.
enum FormDetection {
    /// UTF-8's byte order mark.
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Forms that people may try, by their first bytes.
    private static let foreign: [(start: [UInt8], name: String)] = [
        (Array("PK\u{3}\u{4}".utf8), "a zip archive"), (Array("PAR1".utf8), "Parquet"), (Array("BZh".utf8), "bzip2"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"), ([0x04, 0x22, 0x4D, 0x18], "lz4"),
        ([0xFF, 0x06, 0x00, 0x00, 0x73, 0x4E, 0x61, 0x50], "snappy"), (Array("ARROW1".utf8), "Arrow"),
    ]

    /// - Throws: for a form that is not read.
    static func form(_ bytes: inout BufferedBytes, path: String) throws(TelemetryFileError) -> TelemetryFileForm {
        _ = try bytes.need(TelemetryFileLimits.detectionBytes)
        var start = bytes.prefix(TelemetryFileLimits.detectionBytes)
        if start.isEmpty { return .empty }
        for (beginning, name) in foreign where start.starts(with: beginning) {
            throw TelemetryFileError(.unsupported, path, "\(name) is not read; unpack or convert it first")
        }
        if FrameEntry.begins(start) { return .otlpFrames }
        if start.starts(with: mark) { start = start.dropFirst(mark.count) }
        start = start.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        guard let first = start.first else { return .empty }
        let isWhole = bytes.count < TelemetryFileLimits.detectionBytes
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            // JSON of something else, such as the log of an application, is told so once and not for each line.
            guard mentionsTelemetry(start) else { throw unknown(path) }
            return isLines(start, isWhole: isWhole) ? .otlpLines : .document
        default:
            // A file that was cut in the middle of a line has whole ones behind.
            if hasOTLPLine(start) { return .otlpLines }
            if start.starts(with: "# HELP ".utf8) || start.starts(with: "# TYPE ".utf8) { return .prometheus }
            throw unknown(path)
        }
    }

    private static func unknown(_ path: String) -> TelemetryFileError {
        TelemetryFileError(.unknownForm, path, "neither OTLP (JSON, or protobuf with lengths) nor traces of Jaeger")
    }

    /// Keys of which every file of telemetry has one near its beginning.
    private static let keys = [
        "resourceSpans", "resourceMetrics", "resourceLogs", "resource_spans", "resource_metrics", "resource_logs",
        "batches", "spans", "data", "traceID",
    ].map { Array("\"\($0)\"".utf8) }

    private static func mentionsTelemetry(_ start: ArraySlice<UInt8>) -> Bool {
        var rest = start
        while let quote = rest.firstIndex(of: UInt8(ascii: "\"")) {
            rest = rest[quote...]
            if keys.contains(where: { rest.starts(with: $0) }) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// Whether each line is a value of its own.
    private static func isLines(_ start: ArraySlice<UInt8>, isWhole: Bool) -> Bool {
        let lineEnd = start.firstIndex(of: 0x0A)
        let line = start[..<(lineEnd ?? start.endIndex)]
        if let lineEnd {
            if isBalanced(line) { return true }
            // A line that was cut short begins as all do, and below it another one begins.
            return begins(line) && begins(start[start.index(after: lineEnd)...])
        }
        // One line: of OTLP, so that another may follow. What is longer than a line may be is a document anyhow.
        return begins(line) || (isWhole && isBalanced(line))
    }

    private static func hasOTLPLine(_ start: ArraySlice<UInt8>) -> Bool {
        var rest = start
        while let end = rest.firstIndex(of: 0x0A) {
            rest = rest[rest.index(after: end)...]
            if begins(rest) { return true }
        }
        return false
    }

    private static func begins(_ line: ArraySlice<UInt8>) -> Bool { line.starts(with: "{\"resource".utf8) }

    /// Whether all brackets are closed and nothing follows.
    private static func isBalanced(_ line: ArraySlice<UInt8>) -> Bool {
        var (depth, inString, isEscaped) = (0, false, false)
        for byte in line {
            if inString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return depth == 0 && !inString
    }
}
