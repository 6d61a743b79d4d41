package import Codecs
package import TelemetryModel

/// Reads one file of telemetry from its beginning to its end, in any of the forms, packed or not. Blocks.
///
/// What the file is its bytes say, not its name; the name is asked only for the signal of protobuf messages without
/// anything in them that tells. What cannot be read is reported with its place and passed over.
///
/// - Bounds: a line, message or element (`TelemetryFileLimits.entryBytes`) and what is decoded of it are in memory.
/// - Guard: used by one owner at a time.
package final class TelemetryFileReader {
    package let path: String
    package let form: TelemetryFileForm
    /// Packed as a whole; messages that are packed each do not count.
    package let compression: FileCompression
    /// What the decoders mended so far.
    package private(set) var repairs = RepairCounts()

    private enum Entries {
        case none
        case lines(LinesReader)
        case frames(FramesReader)
        case document(DocumentReader)
    }

    /// Nil for bytes in memory.
    private let file: FileSource?
    private let source: any ByteSource
    private let hint: Signal?
    private var entries: Entries
    private var pending: [TelemetryFileEvent] = []
    private var isEndReported = false
    private var lastNumber = 1

    /// - Parameters:
    ///   - path: `-` for standard input.
    ///   - signal: that of messages that do not tell; nil: as the name says.
    /// - Throws: when it cannot be opened, or is in no form that is read.
    package convenience init(_ path: String, signal: Signal? = nil) throws(TelemetryFileError) {
        let file = try FileSource(path)
        try self.init(file, file: file, path: path, signal: signal)
    }

    /// Reads bytes that are in memory as if they were a file.
    ///
    /// - Parameters:
    ///   - name: for the places of problems, and as the name of a file otherwise.
    ///   - piece: bytes that are handed over at a time, which changes nothing.
    package convenience init(
        bytes: [UInt8], name: String, signal: Signal? = nil, piece: Int = .max
    ) throws(TelemetryFileError) {
        try self.init(MemorySource(bytes, piece: piece), file: nil, path: name, signal: signal)
    }

    private init(
        _ packed: any ByteSource, file: FileSource?, path: String, signal: Signal?
    ) throws(TelemetryFileError) {
        self.path = path
        self.file = file
        hint = signal ?? Self.signal(ofName: path)
        (source, compression) = try Unpacking.source(packed, path: path)
        var bytes = BufferedBytes(source)
        form = try FormDetection.form(&bytes, path: path)
        switch form {
        case .otlpLines: entries = .lines(LinesReader(bytes))
        case .otlpFrames: entries = .frames(FramesReader(bytes))
        case .document: entries = .document(DocumentReader(bytes))
        case .empty: entries = .none
        case .prometheus:
            throw TelemetryFileError(
                .unsupported, path, "Prometheus' text form is not read; point a scrape job at it instead")
        }
    }

    /// Bytes of the file that were read, packed ones as they are, and its length where it is known.
    package var progress: (read: Int, size: Int?) { (file?.position ?? 0, file?.size) }

    /// The next request or problem; nil at the end.
    package func next() throws(TelemetryFileError) -> TelemetryFileEvent? {
        while pending.isEmpty {
            guard try readEntry() else {
                guard !isEndReported else { return nil }
                isEndReported = true
                if let failure = source.failure {
                    let unit: TelemetryFilePosition.Unit = form == .otlpFrames ? .message : .line
                    return .problem(problem(unit, lastNumber, failure))
                }
                return nil
            }
        }
        return pending.removeFirst()
    }

    /// Reads one entry into `pending`, which may leave it empty; false at the end.
    private func readEntry() throws(TelemetryFileError) -> Bool {
        // The reader is taken out while it is changed, so that its buffer has one owner.
        switch exchange(&entries, with: .none) {
        case .none: return false
        case .lines(var lines):
            defer { entries = .lines(lines) }
            guard let line = try lines.next() else { return false }
            lastNumber = lines.number
            switch line {
            case .tooLong:
                add(problem(.line, lines.number, "a line of more than \(TelemetryFileLimits.entryBytes) bytes"))
            case .whole(let bytes):
                guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return true }
                // What a truncation leaves before the end; a file that grows may have more next time.
                decode(bytes, .line, lines.number, cutShort: lines.isUnended) { (repairs) throws(DecodeError) in
                    try JSONEntry.requests(lines.number == 1 ? Self.withoutMark(bytes) : bytes, repairs: &repairs)
                }
            }
        case .frames(var frames):
            defer { entries = .frames(frames) }
            guard let frame = try frames.next() else { return false }
            lastNumber = frames.number
            switch frame {
            case .broken(let reason): add(problem(.message, frames.number, reason))
            case .whole(let bytes):
                decode(bytes, .message, frames.number) { (repairs) throws(DecodeError) in
                    try FrameEntry.requests(bytes, hint: hint, repairs: &repairs)
                }
            }
        case .document(var document):
            defer { entries = .document(document) }
            guard let element = try document.next() else { return false }
            switch element {
            case .broken(let reason, let line): add(problem(.line, line, reason))
            case .found(let kind, let bytes, let line):
                lastNumber = line
                let whole = kind.document(bytes)
                decode(whole, .line, line) { (repairs) throws(DecodeError) in
                    try JSONEntry.requests(whole, repairs: &repairs)
                }
            }
        }
        return true
    }

    private func decode(
        _ bytes: [UInt8], _ unit: TelemetryFilePosition.Unit, _ number: Int, cutShort: Bool = false,
        _ body: (inout RepairCounts) throws(DecodeError) -> [TelemetryRequest]
    ) {
        do throws(DecodeError) {
            let position = TelemetryFilePosition(path: path, unit: unit, number: number)
            let requests = try body(&repairs)
            for (index, request) in requests.enumerated() {
                pending.append(.request(request, position: position, bytes: index == 0 ? bytes.count : 0))
            }
        } catch {
            let reason = cutShort ? "\(error.message) (the last line, without its end)" : error.message
            add(problem(unit, number, reason, signal: JSONEntry.signal(ofBeginning: bytes)))
        }
    }

    private func add(_ problem: TelemetryFileProblem) { pending.append(.problem(problem)) }

    private func problem(
        _ unit: TelemetryFilePosition.Unit, _ number: Int, _ reason: String, signal: Signal? = nil
    ) -> TelemetryFileProblem {
        TelemetryFileProblem(
            position: TelemetryFilePosition(path: path, unit: unit, number: number), signal: signal ?? hint,
            reason: reason)
    }

    /// The mark that some editors put before UTF-8.
    private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: FormDetection.mark) ? Array(bytes.dropFirst(FormDetection.mark.count)) : bytes
    }

    /// What the name of a file, or of the directory that it is in, says of its signal.
    package static func signal(ofName path: String) -> Signal? {
        let parts = path.split(separator: "/").suffix(2).reversed().map { $0.lowercased() }
        for part in parts {
            let found = Signal.allCases.filter { part.contains($0.rawValue.dropLast()) }
            if found.count == 1 { return found[0] }
        }
        return nil
    }
}

private func exchange<Value>(_ value: inout Value, with other: Value) -> Value {
    var other = other
    swap(&value, &other)
    return other
}
