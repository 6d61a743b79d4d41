import Recordings
import TelemetryModel

/// A trace of a recording.
struct TraceItem: RecordedItem {
    static let noun = "trace"
    static let nouns = "traces"

    var index: Int

    static func all(in recording: IndexedRecording) -> [TraceItem] {
        recording.traces.indices.map { TraceItem(index: $0) }
    }

    func spans(in recording: IndexedRecording) -> [SpanItem] {
        recording.traces[index].spans.map { SpanItem(index: $0) }
    }

    func service(in recording: IndexedRecording) -> String? { nil }

    /// The first span without a parent.
    func root(in recording: IndexedRecording) -> SpanItem? {
        spans(in: recording).first { $0.span(in: recording).parentSpanID.isZero }
    }

    /// Nanoseconds from the first start to the last end.
    func duration(in recording: IndexedRecording) -> UInt64 {
        let spans = spans(in: recording).map { $0.span(in: recording) }
        let start = spans.map(\.startTime).min() ?? 0
        let end = spans.map { max($0.startTime, $0.endTime) }.max() ?? 0
        return end > start ? end - start : 0
    }

    func services(in recording: IndexedRecording) -> Set<String> {
        Set(spans(in: recording).compactMap { $0.service(in: recording) })
    }

    func errors(in recording: IndexedRecording) -> Int {
        spans(in: recording).count { $0.span(in: recording).status == .error }
    }

    /// Spans from a root to the deepest, both counted; orphans begin anew.
    func depth(in recording: IndexedRecording) -> Int {
        var depths: [Int: Int] = [:]
        var deepest = 0
        for span in recording.traces[index].spans {
            // Walks up to the next span whose depth is known, then down again.
            var path = [span]
            var seen: Set<Int> = [span]
            while let parent = recording.parent(path[path.count - 1]), depths[parent] == nil,
                seen.insert(parent).inserted
            {
                path.append(parent)
            }
            var depth = recording.parent(path[path.count - 1]).flatMap { depths[$0] } ?? 0
            for step in path.reversed() where depths[step] == nil {
                depth += 1
                depths[step] = depth
            }
            deepest = max(deepest, depths[span] ?? 0)
        }
        return deepest
    }

    /// One root, and every parent that is named.
    func isComplete(in recording: IndexedRecording) -> Bool {
        let spans = spans(in: recording)
        let roots = spans.count { $0.span(in: recording).parentSpanID.isZero }
        return roots == 1
            && spans.allSatisfy {
                $0.span(in: recording).parentSpanID.isZero || recording.parent($0.index) != nil
            }
    }

    func text(in recording: IndexedRecording) -> String {
        let count = recording.traces[index].spans.count
        let name = root(in: recording).map { Quoted.text($0.span(in: recording).name) } ?? "without root"
        return "trace \(name) \(SpanItem.counted(count)) "
            + FigureText.duration(Double(duration(in: recording))) + " trace=\(recording.traces[index].id.hex)"
    }
}
