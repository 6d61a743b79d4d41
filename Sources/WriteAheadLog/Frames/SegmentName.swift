import TelemetryModel

/// The name of a segment's file: 20 digits, the first sequence that may be in it; a hyphen; 16 hexadecimal digits, the
/// epoch of the opening that made it; `.wal`. Sorted as text the files are in order, because no two segments of a log
/// have the same first sequence.
struct SegmentName: Hashable, Comparable {
    var first: UInt64
    var epoch: UInt64

    /// Sequences stay below this, so that adding to one never overflows, whatever a file's name claims.
    static let sequenceLimit: UInt64 = 1 << 62

    init(first: UInt64, epoch: UInt64) {
        self.first = first
        self.epoch = epoch
    }

    /// Nil for a file that is not ours.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 41, bytes[20] == UInt8(ascii: "-"), bytes[37...].elementsEqual(".wal".utf8) else {
            return nil
        }
        let digits = bytes[..<20]
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let first = UInt64(String(decoding: digits, as: UTF8.self)), first > 0, first < Self.sequenceLimit
        else { return nil }
        let hexadecimal = String(decoding: bytes[21..<37], as: UTF8.self)
        guard hexadecimal == hexadecimal.lowercased(), let decoded = Hex.decode(hexadecimal, paddedTo: 8) else {
            return nil
        }
        self.init(first: first, epoch: decoded.reduce(0) { $0 << 8 | UInt64($1) })
    }

    var text: String {
        let digits = String(first)
        return String(repeating: "0", count: 20 - digits.count) + digits + "-" + epoch.hex + ".wal"
    }

    static func < (left: SegmentName, right: SegmentName) -> Bool {
        (left.first, left.epoch) < (right.first, right.epoch)
    }
}

extension UInt64 {
    /// 16 lower-case hexadecimal digits.
    var hex: String { SpanID(value: self).hex }
}
