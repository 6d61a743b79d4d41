import Codecs

/// A piece of a request that is encoded once and copied for each item: its bytes, and where a copy gets its own values.
/// All copies are equally long.
struct Fragment: Sendable {
    let bytes: [UInt8]
    let slots: [Slot]
}

/// A place in a fragment.
struct Slot: Sendable {
    var offset: Int
    let value: SlotValue
    /// Makes the random values of an item's places differ; odd, because it is a factor.
    var salt: UInt64 = 1
}

/// What goes into a place. Names say the width: 8 bytes unless noted.
enum SlotValue: Sendable {
    /// 16 bytes, big-endian.
    case traceID
    /// Big-endian.
    case spanID, parentID
    /// fixed64 times in nanoseconds.
    case startTime, endTime
    /// 32 hexadecimal digits.
    case uid
    /// This many random decimal digits.
    case digits(count: Int)
    /// This many decimal digits of the series' number in its metric.
    case seriesDigits(count: Int)
    /// A random varint of three bytes, from 2^20 to 2^21 - 1.
    case varint3
    /// A random double from 0 to below 1 in millionths.
    case fraction
    /// A byte, 1 for one item in eight.
    case flag
    /// A count that grows with the round of a series, as sfixed64 or as a double.
    case cumulativeInteger, cumulativeDouble
    /// Of a histogram: its fixed64 count, its double sum, its fixed64 bucket counts one after the other.
    case histogramCount, histogramSum, histogramBuckets
}

/// The values of one item.
struct ItemValues {
    var traceHigh: UInt64 = 0
    var traceLow: UInt64 = 0
    var spanID: UInt64 = 0
    var parentID: UInt64 = 0
    var startTime: UInt64 = 0
    var endTime: UInt64 = 0
    var uidHigh: UInt64 = 0
    var uidLow: UInt64 = 0
    /// Random for each item.
    var noise: UInt64 = 0
    /// Of a metric point: its series within the metric, and how many points of the series came before.
    var series: UInt64 = 0
    var round: UInt64 = 0
}

/// Encodes a message of a fragment.
struct FragmentWriter {
    private var writer = ProtobufWriter()
    private var slots: [Slot] = []
    var fragment: Fragment {
        var slots = slots
        for index in slots.indices { slots[index].salt = 0x9E37_79B9_7F4A_7C15 &* UInt64(2 * index + 1) }
        return Fragment(bytes: writer.bytes, slots: slots)
    }

    private var end: Int { writer.bytes.count }

    mutating func integer(_ number: UInt32, _ value: UInt64) { writer.integer(number, value) }

    mutating func double(_ number: UInt32, _ value: Double) { writer.fixed64(number, value.bitPattern) }

    mutating func field(_ number: UInt32, _ content: some Collection<UInt8>) { writer.field(number, content) }

    mutating func fixed64(_ number: UInt32, _ value: SlotValue) {
        writer.fixed64(number, 0)
        slots.append(Slot(offset: end - 8, value: value))
    }

    mutating func id(_ number: UInt32, _ value: SlotValue, bytes: Int) {
        writer.field(number, repeatElement(0, count: bytes))
        slots.append(Slot(offset: end - bytes, value: value))
    }

    mutating func varint3(_ number: UInt32) {
        writer.integer(number, 1 << 20)
        slots.append(Slot(offset: end - 3, value: .varint3))
    }

    mutating func fraction(_ number: UInt32) {
        fixed64(number, .fraction)
    }

    mutating func flag(_ number: UInt32) {
        writer.integer(number, 0)
        slots.append(Slot(offset: end - 1, value: .flag))
    }

    /// A packed list of fixed64 or double values.
    mutating func packed(_ number: UInt32, _ values: [UInt64], slot: SlotValue? = nil) {
        let bytes = values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) } }
        writer.field(number, bytes)
        if let slot { slots.append(Slot(offset: end - bytes.count, value: slot)) }
    }

    /// A text in which each run of `#` becomes random digits, and each run of `@` digits of the series.
    mutating func text(_ number: UInt32, _ pattern: String) {
        writer.field(number, pattern.utf8)
        let begin = end - pattern.utf8.count
        for mark in [UInt8(ascii: "#"), UInt8(ascii: "@")] {
            var offset = begin
            // Splitting at every other byte leaves the runs, most of them empty.
            for run in pattern.utf8.split(omittingEmptySubsequences: false, whereSeparator: { $0 != mark }) {
                if !run.isEmpty {
                    let value =
                        mark == UInt8(ascii: "@")
                        ? SlotValue.seriesDigits(count: run.count) : .digits(count: run.count)
                    slots.append(Slot(offset: offset, value: value))
                }
                offset += run.count + 1
            }
        }
    }

    /// The 32 digits of the item's uid.
    mutating func uid(_ number: UInt32) {
        writer.field(number, repeatElement(UInt8(ascii: "0"), count: 32))
        slots.append(Slot(offset: end - 32, value: .uid))
    }

    /// A message field whose content `write` encodes.
    mutating func message(_ number: UInt32, _ write: (inout FragmentWriter) -> Void) {
        var content = FragmentWriter()
        write(&content)
        writer.field(number, content.writer.bytes)
        let begin = end - content.end
        for slot in content.slots { slots.append(Slot(offset: begin + slot.offset, value: slot.value)) }
    }
}
