import TelemetryModel

/// Writes streams as OTLP while they are read: an entry is never more than its bytes.
struct LokiPushWriter {
    static let scopeName = "martlet.loki"

    private let receivedTime: UInt64
    private var push = LokiPush()
    private var output = ProtobufWriter()
    private var resource = ProtobufWriter()
    /// The `LogRecord`s of the present stream, each with its tag and length.
    private var records = ProtobufWriter()
    private var recordCount = 0
    /// The attributes of the present entry, each with its tag and length.
    private var attributes = ProtobufWriter()
    /// Bytes of the lines of the present stream that are too long.
    private var tooLong: [Int] = []

    init(receivedTime: Timestamp) { self.receivedTime = UInt64(max(1, receivedTime.nanoseconds)) }

    mutating func beginStream() {
        records.removeAll()
        recordCount = 0
        attributes.removeAll()
        tooLong.removeAll(keepingCapacity: true)
    }

    /// Structured metadata of the entry that `entry` writes next.
    mutating func metadata(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
        Self.withValidText(name) { name in
            Self.withValidText(value) { value in
                let text = ProtobufWriter.length(ofField: value.count)
                attributes.header(
                    6, length: ProtobufWriter.length(ofField: name.count) + ProtobufWriter.length(ofField: text))
                attributes.field(1, name)
                attributes.header(2, length: text)
                attributes.field(1, value)
            }
        }
    }

    /// - Parameter nanoseconds: since the Unix epoch. Zero says in OTLP that there is no time, and times before 1970 do
    ///   not exist: both are the first nanosecond.
    mutating func entry(nanoseconds: Int64, line: UnsafeBufferPointer<UInt8>) {
        defer { attributes.removeAll() }
        guard line.count <= LokiLimits.lineBytes else {
            tooLong.append(line.count)
            return
        }
        Self.withValidText(line) { line in
            let body = ProtobufWriter.length(ofField: line.count)
            records.header(2, length: 18 + ProtobufWriter.length(ofField: body) + attributes.bytes.count)
            records.fixed64(1, UInt64(max(1, nanoseconds)))
            records.header(5, length: body)
            records.field(1, line)
            records.append(attributes.bytes)
            records.fixed64(11, receivedTime)
        }
        recordCount += 1
    }

    /// The labels come last, because JSON may have them behind the entries.
    mutating func endStream(_ given: [LokiLabel]) {
        push.streamCount += 1
        let labels: LokiStreamLabels
        do throws(LokiRejection) {
            labels = try LokiStreamLabels(given)
        } catch {
            return push.rejections.add(error.sentence)
        }
        if !tooLong.isEmpty {
            let stream = labels.text
            for length in tooLong {
                push.rejections.add(
                    "Max entry size '\(LokiLimits.lineBytes)' bytes exceeded for stream '\(stream)' while adding an "
                        + "entry with length '\(length)' bytes")
            }
        }
        guard recordCount > 0 else { return }
        push.entryCount += recordCount
        resource.removeAll()
        labels.write(&resource)
        let scope = ProtobufWriter.length(ofField: Self.scopeName.utf8.count)
        let scopeLogs = ProtobufWriter.length(ofField: scope) + records.bytes.count
        output.header(
            1,
            length: ProtobufWriter.length(ofField: resource.bytes.count) + ProtobufWriter.length(ofField: scopeLogs)
                + ProtobufWriter.length(ofField: labels.schemaURL.utf8.count))
        output.field(1, resource.bytes)
        output.header(2, length: scopeLogs)
        output.header(1, length: scope)
        output.field(1, Self.scopeName.utf8)
        output.append(records.bytes)
        output.field(3, labels.schemaURL.utf8)
    }

    func finish() -> LokiPush {
        var push = push
        push.request = output.bytes
        return push
    }

    /// OTLP's strings are UTF-8, Loki's need not be: other bytes become U+FFFD.
    @inline(__always)
    private static func withValidText(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        if UTF8Text.isValid(text) { return body(text) }
        var mended = String(decoding: text, as: UTF8.self)
        mended.withUTF8(body)
    }
}
