import Codecs
import TelemetryModel
import TraceAnalysis

/// What is odd about a trace, for the banner above it.
struct TraceWarning {
    let kind: String
    let count: Int
    let text: String
    /// Ids of the first spans, by start.
    let spans: [SpanID]

    /// Those that apply, the gravest first.
    static func all(_ tree: TraceTree) -> [TraceWarning] {
        let kinds: [(SpanFlags, String, (Int) -> String)] = [
            (.orphan, "orphans", { "\(spans($0)) \($0 == 1 ? "names" : "name") a parent that is not stored" }),
            (
                .cycleMember, "cycles",
                { "\(spans($0)) \($0 == 1 ? "is its" : "are their") own ancestor; the first is shown as a root" }
            ),
            (
                .duplicateID, "duplicates",
                { "\(spans($0)) \($0 == 1 ? "has" : "have") an id that an earlier span of the trace has" }
            ),
            (
                .clockSkew, "clock_skew",
                {
                    "\(spans($0)) \($0 == 1 ? "starts" : "start") before the parent, by up to "
                        + "\(ShortDuration.text(skewMax(tree))); shown as received"
                }
            ),
            (
                .negativeDuration, "negative_duration",
                { "\(spans($0)) \($0 == 1 ? "ends" : "end") before the start" }
            ),
        ]
        return kinds.compactMap { flag, kind, text in
            let count = tree.count(of: flag)
            guard count > 0 else { return nil }
            let rows = tree.flags.indices.lazy.filter { tree.flags[$0].contains(flag) }
            return TraceWarning(
                kind: kind, count: count, text: text(count),
                spans: rows.prefix(TraceUILimits.warningSpansMax).map { tree.skeleton.spanIDs[$0] })
        }
    }

    func write(into writer: inout JSONWriter) {
        writer.member("kind", kind)
        writer.member("count", count)
        writer.member("text", text)
        writer.texts("spanIds", spans.map(\.hex))
    }

    private static func spans(_ count: Int) -> String { count == 1 ? "1 span" : "\(count) spans" }

    /// Nanoseconds by which a span is the farthest before its parent.
    private static func skewMax(_ tree: TraceTree) -> UInt64 {
        var largest: UInt64 = 0
        for row in tree.flags.indices where tree.flags[row].contains(.clockSkew) {
            guard let parent = tree.parent(of: row) else { continue }
            largest = max(
                largest, UInt64(bitPattern: tree.skeleton.starts[parent] &- tree.skeleton.starts[row]))
        }
        return largest
    }
}

/// Durations as a person reads them: three digits that count and one unit.
enum ShortDuration {
    static func text(_ nanoseconds: UInt64) -> String {
        let units: [(name: String, size: UInt64)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1000)]
        guard let unit = units.first(where: { nanoseconds >= $0.size }) else { return "\(nanoseconds) ns" }
        let whole = nanoseconds / unit.size
        // What is below three digits is cut off: nothing is said to be longer than it is.
        let digits = whole >= 100 ? 0 : whole >= 10 ? 1 : 2
        var fraction = String(nanoseconds % unit.size * 100 / unit.size)
        fraction = String((String(repeating: "0", count: 2 - fraction.utf8.count) + fraction).prefix(digits))
        while fraction.last == "0" { fraction.removeLast() }
        return fraction.isEmpty ? "\(whole) \(unit.name)" : "\(whole).\(fraction) \(unit.name)"
    }
}
