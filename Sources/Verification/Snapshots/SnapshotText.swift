package import Recordings
import TelemetryModel

/// The canonical text of a trace or of a run, to be kept in a repository and compared.
///
/// The same program run twice gives the same text: ids, times and durations are masked (`VolatileText`,
/// `VolatileAttributes`), siblings are in canonical order, and what is the same is written once with a count.
///
/// ```
/// martlet snapshot 1
/// 3 traces, 6 spans
///
/// resources
///
/// checkout
///     service.name: "checkout"
///
/// traces
///
/// trace of 2 spans × 3
/// - POST /orders (server, checkout)
///     http.request.method: "POST"
///   - SELECT orders (client, checkout) error "timeout"
///       event exception
///         exception.type: "TimeoutError"
/// ```
package enum SnapshotText {
    /// The first line of each snapshot. The number is raised when the same telemetry is written differently.
    package static let heading = "martlet snapshot 1"

    /// - Returns: lines, each with a line feed, none with spaces at its end.
    package static func make(_ recording: Recording, options: SnapshotOptions = SnapshotOptions()) -> String {
        let recording = options.trace.map { recording.only(trace: $0) } ?? recording
        let masker = SnapshotMasker(options)
        let traces = SnapshotTraces(recording, masker)
        let metrics = SnapshotMetrics.lines(recording, masker)
        let logs = SnapshotLogs.lines(recording, masker)

        var lines = [heading]
        if options.hasCounts {
            var counts: [String] = []
            if !recording.spans.isEmpty {
                counts = [
                    "\(traces.count) \(traces.count == 1 ? "trace" : "traces")", "\(recording.spans.count) spans",
                ]
            }
            if !recording.series.isEmpty { counts.append("\(recording.series.count) series of metrics") }
            if !recording.logs.isEmpty { counts.append("\(recording.logs.count) log records") }
            lines.append(counts.isEmpty ? "nothing" : counts.joined(separator: ", "))
        }
        for (title, section) in [
            ("resources", resources(recording, masker)), ("traces", traces.lines()), ("metrics", metrics),
            ("logs", logs),
        ] where !section.isEmpty {
            lines += ["", title, ""] + section
        }
        return lines.map { TerminalText.trimmingTrailingSpaces($0) }.joined(separator: "\n") + "\n"
    }

    /// Those that something refers to; equal ones once, since how many processes there were is no matter of content.
    private static func resources(_ recording: Recording, _ masker: SnapshotMasker) -> [String] {
        var used = Set(recording.spans.map(\.resource))
        used.formUnion(recording.series.map(\.resource))
        used.formUnion(recording.logs.map(\.resource))
        let texts = used.compactMap { index -> String? in
            guard recording.resources.indices.contains(index) else { return nil }
            let resource = recording.resources[index]
            let attributes = masker.attributes(resource.attributes).map { "    \($0)" }
            let name = resource.service.isEmpty ? "without service.name" : masker.line(resource.service)
            return ([name] + attributes).joined(separator: "\n")
        }
        return Set(texts).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .joined(separator: "\n\n").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            .nonEmpty
    }

    /// Of equal lines one, with its count where counts are wanted; in order of bytes.
    static func counted(_ lines: [String], _ options: SnapshotOptions) -> [String] {
        var counts: [String: Int] = [:]
        for line in lines { counts[line, default: 0] += 1 }
        return counts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { $0.key + times($0.value, options) }
    }

    /// ` × 3`; nothing for one.
    static func times(_ count: Int, _ options: SnapshotOptions) -> String {
        count > 1 && options.hasCounts ? " × \(count)" : ""
    }
}

extension [String] {
    /// No line where there is but an empty one.
    fileprivate var nonEmpty: [String] { self == [""] ? [] : self }
}

extension Recording {
    fileprivate func only(trace: TraceID) -> Recording {
        var recording = self
        recording.spans.removeAll { $0.traceID != trace }
        recording.logs.removeAll { $0.traceID != trace }
        recording.series = []
        return recording
    }

    /// `checkout`, or `checkout, library` with the scope: where an item is from.
    func origin(resource: Int, scope: Int, _ masker: SnapshotMasker) -> [String] {
        var parts: [String] = []
        if resources.indices.contains(resource) { parts.append(masker.line(resources[resource].service)) }
        if scopes.indices.contains(scope) { parts.append(masker.line(scopes[scope].name)) }
        return parts.filter { !$0.isEmpty }
    }
}
