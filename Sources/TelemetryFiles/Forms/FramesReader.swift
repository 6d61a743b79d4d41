/// Messages of a file, each behind its length in four bytes, the highest first.
struct FramesReader {
    enum Frame {
        case whole([UInt8])
        /// The file cannot be read on; the reason.
        case broken(String)
    }

    private var bytes: BufferedBytes
    private let bytesMax: Int
    /// Of the message that was handed over last, from 1.
    private(set) var number = 0

    init(_ bytes: BufferedBytes, bytesMax: Int = TelemetryFileLimits.entryBytes) {
        self.bytes = bytes
        self.bytesMax = bytesMax
    }

    mutating func next() throws(TelemetryFileError) -> Frame? {
        guard try bytes.need(4) else {
            guard bytes.count > 0 else { return nil }
            return end("its length is cut short")
        }
        let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        // Behind a length that is wrong nothing tells where the next message begins.
        guard length <= bytesMax else {
            return end("a message of \(length) bytes, the limit is \(bytesMax); the rest cannot be read")
        }
        guard try bytes.need(4 + length) else {
            return end("cut short: \(bytes.count - 4) of \(length) bytes")
        }
        bytes.drop(4)
        number += 1
        return .whole(bytes.take(length))
    }

    private mutating func end(_ reason: String) -> Frame {
        number += 1
        bytes.drop(bytes.count)
        // Nothing more is read, however much there is.
        bytes = BufferedBytes(EmptySource())
        return .broken(reason)
    }
}

private final class EmptySource: ByteSource {
    var failure: String? { nil }
    func read(into bytes: inout [UInt8]) throws(TelemetryFileError) -> Bool { false }
}
