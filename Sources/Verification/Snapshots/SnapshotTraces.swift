import Recordings
import TelemetryModel

/// Traces as indented trees of spans.
///
/// Recursion would be as deep as a trace is, so every walk has its own stack. Of a subtree there is a hash, so that
/// equal ones are found, and compared, without going through them.
struct SnapshotTraces {
    /// Deeper spans are written at this indentation with their depth, else a chain of spans would be a triangle of
    /// spaces that grows with its square.
    private static let depthMax = 64

    /// A span; or a trace, whose children are its outermost spans.
    private struct Node {
        /// Index in `texts`: the span's own lines, not indented.
        var text: Int
        var children: [Int] = []
        var start: UInt64 = 0
        /// Of the text and the children in their order.
        var hash: UInt64 = 0
        var spans = 1
    }

    private let options: SnapshotOptions
    private var texts: [[String]] = []
    private var textIndex: [[String]: Int] = [:]
    private var nodes: [Node] = []
    /// Nodes that are traces, in canonical order.
    private var traces: [Int] = []

    var count: Int { traces.count }

    init(_ recording: Recording, _ masker: SnapshotMasker) {
        options = masker.options
        var spans: [TraceID: [Int]] = [:]
        var places: [SpanKey: Int] = [:]
        for (index, span) in recording.spans.enumerated() {
            spans[span.traceID, default: []].append(index)
            let key = SpanKey(trace: span.traceID, span: span.spanID)
            if places[key] == nil { places[key] = index }
        }
        // The nodes of spans come first: node and span have the same index.
        nodes.reserveCapacity(recording.spans.count + spans.count)
        for span in recording.spans { nodes.append(Node(text: 0, start: span.startTime)) }
        for members in spans.values { add(members, recording, places, masker) }
        traces.sort(by: precedes)
    }

    // MARK: Trees

    private struct SpanKey: Hashable {
        let trace: TraceID
        let span: SpanID
    }

    private mutating func add(
        _ members: [Int], _ recording: Recording, _ places: [SpanKey: Int], _ masker: SnapshotMasker
    ) {
        var top: [Int] = []
        var missing: Set<Int> = []
        for index in members {
            let span = recording.spans[index]
            if span.parentSpanID.isZero {
                top.append(index)
            } else if let parent = places[SpanKey(trace: span.traceID, span: span.parentSpanID)] {
                nodes[parent].children.append(index)
            } else {
                top.append(index)
                missing.insert(index)
            }
        }
        // Parents before children.
        var order = top
        var position = 0
        while position < order.count {
            order += nodes[order[position]].children
            position += 1
        }
        var cyclic: [Int] = []
        if order.count < members.count {
            // Each is its own ancestor, or below one that is.
            let reached = Set(order)
            cyclic = members.filter { !reached.contains($0) }
            for index in cyclic { nodes[index].children = [] }
        }
        for index in order { set(index, missing.contains(index) ? "parent missing" : nil, recording, places, masker) }
        for index in cyclic { set(index, "parents in a cycle", recording, places, masker) }
        for index in cyclic + order.reversed() { finish(index) }

        nodes.append(Node(text: intern([]), children: top + cyclic))
        finish(nodes.count - 1)
        nodes[nodes.count - 1].spans -= 1
        traces.append(nodes.count - 1)
    }

    private mutating func set(
        _ index: Int, _ note: String?, _ recording: Recording, _ places: [SpanKey: Int], _ masker: SnapshotMasker
    ) {
        nodes[index].text = intern(Self.lines(recording.spans[index], note, recording, places, masker))
    }

    private mutating func intern(_ lines: [String]) -> Int {
        if let index = textIndex[lines] { return index }
        textIndex[lines] = texts.count
        texts.append(lines)
        return texts.count - 1
    }

    /// Puts the children, which are finished, in order.
    private mutating func finish(_ index: Int) {
        var children = nodes[index].children
        if options.order == .start {
            children.sort { left, right in
                let starts = (nodes[left].start, nodes[right].start)
                return starts.0 == starts.1 ? precedes(left, right) : starts.0 < starts.1
            }
        } else if children.count > 1 {
            children.sort(by: precedes)
        }
        var hash = StableHash()
        for line in texts[nodes[index].text] { hash.combine(line) }
        for child in children {
            hash.combine(nodes[child].hash)
            nodes[index].spans += nodes[child].spans
        }
        nodes[index].children = children
        nodes[index].hash = hash.finalize()
    }

    /// In the order of what would be written.
    private func precedes(_ left: Int, _ right: Int) -> Bool {
        var stack: [(Int?, Int?)] = [(left, right)]
        while let pair = stack.popLast() {
            guard let left = pair.0 else { return true }
            guard let right = pair.1 else { return false }
            if nodes[left].hash == nodes[right].hash { continue }
            if nodes[left].text != nodes[right].text {
                let lines = (texts[nodes[left].text], texts[nodes[right].text])
                for (first, second) in zip(lines.0, lines.1) where first != second {
                    return first.utf8.lexicographicallyPrecedes(second.utf8)
                }
                return lines.0.count < lines.1.count
            }
            let children = (nodes[left].children, nodes[right].children)
            for index in (0..<max(children.0.count, children.1.count)).reversed() {
                stack.append(
                    (
                        index < children.0.count ? children.0[index] : nil,
                        index < children.1.count ? children.1[index] : nil
                    ))
            }
        }
        return false
    }

    // MARK: Lines

    /// Equal traces once.
    func lines() -> [String] {
        var lines: [String] = []
        for (trace, count) in grouped(traces) {
            if !lines.isEmpty { lines.append("") }
            let spans = nodes[trace].spans
            lines.append(
                "trace of \(spans) \(spans == 1 ? "span" : "spans")\(SnapshotText.times(count, options))")
            append(trace, to: &lines)
        }
        return lines
    }

    private func append(_ trace: Int, to lines: inout [String]) {
        var stack = grouped(nodes[trace].children).reversed().map { ($0.node, $0.count, 0) }
        while let (node, count, depth) = stack.popLast() {
            let indent = String(repeating: "  ", count: min(depth, Self.depthMax))
            for (index, line) in texts[nodes[node].text].enumerated() {
                guard index == 0 else {
                    lines.append("\(indent)    \(line)")
                    continue
                }
                let deep = depth > Self.depthMax ? " at depth \(depth)" : ""
                lines.append("\(indent)- \(line)\(deep)\(SnapshotText.times(count, options))")
            }
            stack += grouped(nodes[node].children).reversed().map { ($0.node, $0.count, depth + 1) }
        }
    }

    /// Neighbours that are equal, once.
    private func grouped(_ members: [Int]) -> [(node: Int, count: Int)] {
        var groups: [(node: Int, count: Int)] = []
        for member in members {
            if let last = groups.last, nodes[last.node].hash == nodes[member].hash {
                groups[groups.count - 1].count += 1
            } else {
                groups.append((member, 1))
            }
        }
        return groups
    }

    private static func lines(
        _ span: RecordedSpan, _ note: String?, _ recording: Recording, _ places: [SpanKey: Int],
        _ masker: SnapshotMasker
    ) -> [String] {
        var facts = span.kind == .unspecified ? [] : ["\(span.kind)"]
        facts += recording.origin(resource: span.resource, scope: span.scope, masker)
        if masker.options.durations == .buckets { facts.append(bucket(span.duration)) }
        if let note { facts.append(note) }
        var heading = masker.line(masker.text(span.name, key: "span.name"))
        if heading.isEmpty { heading = "without name" }
        if !facts.isEmpty { heading += " (\(facts.joined(separator: ", ")))" }
        if span.status != .unset { heading += " \(span.status)" }
        if !span.statusMessage.isEmpty {
            heading += " " + masker.quoted(masker.text(span.statusMessage, key: "status.message"))
        }
        var lines = [heading] + masker.attributes(span.attributes)
        for event in span.events {
            lines.append("event \(masker.line(masker.text(event.name, key: "event.name")))")
            lines += masker.attributes(event.attributes).map { "  \($0)" }
        }
        let links = span.links.map { link -> [String] in
            let place = places[SpanKey(trace: link.traceID, span: link.spanID)]
            let target =
                place.map { masker.line(masker.text(recording.spans[$0].name, key: "span.name")) } ?? "what is not here"
            let other = link.traceID == span.traceID ? "" : " in another trace"
            return ["link to \(target)\(other)"] + masker.attributes(link.attributes).map { "  \($0)" }
        }
        // Which link is first says nothing.
        let ordered = links.sorted { left, right in
            left.joined(separator: "\n").utf8.lexicographicallyPrecedes(right.joined(separator: "\n").utf8)
        }
        return lines + ordered.flatMap { $0 }
    }

    private static func bucket(_ nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case ..<1_000_000: "below 1 ms"
        case ..<10_000_000: "1–10 ms"
        case ..<100_000_000: "10–100 ms"
        case ..<1_000_000_000: "100–1000 ms"
        case ..<10_000_000_000: "1–10 s"
        case ..<100_000_000_000: "10–100 s"
        default: "above 100 s"
        }
    }
}
