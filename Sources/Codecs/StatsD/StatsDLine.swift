/// A metric line as places in its bytes. Nothing is copied: it is worth something only beside the bytes it was parsed from.
///
/// Spec: statsd/statsd "Metric types" and DogStatsD datagram format 1.0 to 1.3:
/// `name:value|type[|@rate][|#tags][|c:container][|Ttime][|e:external][|card:level]`, the optional fields in any order.
package struct StatsDLine {
    /// How tags stand in the name itself.
    package enum InlineTags: UInt8, Sendable {
        case none
        /// `name;key=value;key=value` (Graphite).
        case graphite
        /// `name,key=value,key=value` (Telegraf).
        case influx

        var separator: UInt8 { self == .graphite ? UInt8(ascii: ";") : UInt8(ascii: ",") }
    }

    /// Without inline tags.
    package var name = 0..<0
    /// Name and inline tags.
    package var head = 0..<0
    package var inlineTags = InlineTags.none
    /// After `#`; empty when there are none.
    package var tags = 0..<0
    /// Of the field `c:`, without these two bytes.
    package var container = 0..<0
    /// Of the field `T`: Unix seconds; nil when there is none. The aggregator does not use it: its series are sums up to
    /// the flush, to which a value of another time cannot be added.
    package var time: Int64?
    package var first = StatsDSection()
    /// Where the next section begins (`a:1|c:2|ms` has two); nil after the last.
    var next: Int?
}

/// `value|type|@rate`: what a line says once, or, in the form of the original server, several times.
package struct StatsDSection {
    package var type = StatsDType.counter
    /// All values of the section: `1:2:32` in the packed form of DogStatsD 1.1; the member when it is a set.
    package var values = 0..<0
    /// Above zero; 1 when the line says none.
    package var rate = 1.0
    /// The first number; 0 for a set.
    package var value = 0.0
    /// The first number has a sign.
    package var isSigned = false
    /// There are more numbers than the first.
    package var isPacked = false
}

extension StatsDLine {
    /// Calls `body` with every number or set member of the line, in order.
    ///
    /// - Parameters:
    ///   - bytes: those it was parsed from.
    ///   - body: takes type, number, whether it has a sign, rate, and the bytes of the value.
    @inline(__always)
    package func forEachValue(
        in bytes: UnsafeBufferPointer<UInt8>, _ body: (StatsDType, Double, Bool, Double, Range<Int>) -> Void
    ) {
        body(first.type, first.value, first.isSigned, first.rate, first.values)
        if first.isPacked || next != nil { forEachFurtherValue(in: bytes, body) }
    }

    @inline(never)
    private func forEachFurtherValue(
        in bytes: UnsafeBufferPointer<UInt8>, _ body: (StatsDType, Double, Bool, Double, Range<Int>) -> Void
    ) {
        Self.packed(first, bytes, body)
        var next = next
        while let begin = next {
            // It was parsed once already, and found good.
            guard let (section, following, _) = try? StatsDParser.section(bytes, from: begin) else { return }
            body(section.type, section.value, section.isSigned, section.rate, section.values)
            Self.packed(section, bytes, body)
            next = following
        }
    }

    /// The numbers after the first.
    private static func packed(
        _ section: StatsDSection, _ bytes: UnsafeBufferPointer<UInt8>,
        _ body: (StatsDType, Double, Bool, Double, Range<Int>) -> Void
    ) {
        guard section.isPacked else { return }
        var isFirst = true
        StatsDParser.forEachPart(bytes, section.values, separator: UInt8(ascii: ":")) { part in
            defer { isFirst = false }
            guard !isFirst, let number = StatsDNumber.parse(bytes, part) else { return }
            body(section.type, number, StatsDNumber.hasSign(bytes, part), section.rate, part)
        }
    }
}
