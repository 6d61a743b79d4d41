/// What is to be said about a span's place and times.
package struct SpanFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The span has no parent row. Orphans and the span at which a circle was opened are roots too.
    package static let root = SpanFlags(rawValue: 1 << 0)
    /// The span names a parent that is not stored.
    package static let orphan = SpanFlags(rawValue: 1 << 1)
    /// The span lies on a circle of parents. The earliest of a circle is made a root.
    package static let cycleMember = SpanFlags(rawValue: 1 << 2)
    /// An earlier span has the same id; children that name it belong to that one.
    package static let duplicateID = SpanFlags(rawValue: 1 << 3)
    /// The span starts before its parent does.
    package static let clockSkew = SpanFlags(rawValue: 1 << 4)
    package static let negativeDuration = SpanFlags(rawValue: 1 << 5)
    package static let error = SpanFlags(rawValue: 1 << 6)

    /// Every flag with the name that answers and documents use, lowest bit first.
    package static let named: [(flag: SpanFlags, name: String)] = [
        (.root, "root"), (.orphan, "orphan"), (.cycleMember, "cycle"), (.duplicateID, "duplicateId"),
        (.clockSkew, "clockSkew"), (.negativeDuration, "negativeDuration"), (.error, "error"),
    ]

    package var names: [String] { Self.named.filter { contains($0.flag) }.map(\.name) }
}
