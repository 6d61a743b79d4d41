package import LogQL
package import PrometheusModel

/// Runs the pipeline of a log query over records and keeps the lines that are left, up to a limit.
package struct EntryCollector: ~Copyable {
    /// One line of the result.
    package struct Entry: Sendable, Equatable {
        /// Nanoseconds since the Unix epoch.
        package var time: Int64
        /// What the pipeline made of the line; invalid UTF-8 is U+FFFD.
        package var line: String
        /// Index into `streams`.
        package var stream: Int
        /// Sorted by name.
        package var metadata: [Label]
        /// What parsers and formats made, sorted by name; `__error__` and `__error_details__` among them.
        package var parsed: [Label]
    }

    package var entries: [Entry] { sink.entries }
    /// Lines that were looked at, and their bytes.
    package private(set) var lines = 0
    package private(set) var bytes = 0

    private var pipeline: LogPipeline
    private var sink = Sink()
    private let limit: Int
    private let interval: Int64

    /// - Parameters:
    ///   - limit: lines to keep.
    ///   - interval: nanoseconds that the next line is away from the one before at least; 0 for all lines.
    package init(
        _ stages: [Stage], limit: Int, interval: Int64 = 0, now: Int64 = 0, limits: PipelineLimits = .standard
    ) throws(LogQLEvaluationError) {
        pipeline = try LogPipeline(stages, now: now, limits: limits)
        self.limit = limit
        self.interval = interval
    }

    /// Lines and all metadata: they are the result.
    package var needs: RecordNeeds { RecordNeeds(lines: true, metadata: .all) }

    /// Labels of streams that entries are of, as the pipeline left them: distinct, sorted by name.
    package var streams: [[Label]] { sink.sets.sets }

    /// Whether more records would change nothing.
    package var isFull: Bool { sink.entries.count >= limit }

    /// Takes the next records, in the order of the result.
    package mutating func add(_ records: LogRecords) throws(LogQLEvaluationError) {
        guard !isFull else { return }
        let (limit, interval) = (limit, interval)
        let looked = try pipeline.run(records) { state, stream, _ throws(LogQLEvaluationError) in
            if interval > 0, let last = sink.entries.last {
                let distance = state.time.subtractingReportingOverflow(last.time)
                if !distance.overflow, distance.partialValue.magnitude < UInt64(interval) { return true }
            }
            sink.keep(&state, stream)
            return sink.entries.count < limit
        }
        lines += looked.rows
        bytes += looked.bytes
    }

    /// The entries and streams so far, which the collector then forgets; streams are numbered afresh from here on.
    package mutating func take() -> (streams: [[Label]], entries: [Entry]) {
        let result = (sink.sets.sets, sink.entries)
        sink = Sink()
        return result
    }

    /// What is kept.
    private struct Sink {
        var entries: [Entry] = []
        var sets = LabelSets()
        /// By the number of the pipeline's stream, -1 where not known yet.
        private var wholeSets: [Int32] = []
        private var texts = NameTexts()
        private var parts: [LabelSets.Part] = []

        mutating func keep(_ state: inout LineState, _ stream: Int32) {
            texts.cover(state.labels.names)
            var metadata: [Label] = []
            var parsed: [Label] = []
            for label in state.labels.added where label.name >= 0 && !state.labels.isHidden(label.name) {
                let made = Label(texts[label.name], label.value.text)
                if label.kind == .metadata { metadata.append(made) } else { parsed.append(made) }
            }
            if !state.labels.error.isEmpty { parsed.append(Label(LineLabels.errorName, state.labels.error)) }
            if !state.labels.errorDetails.isEmpty {
                parsed.append(Label(LineLabels.errorDetailsName, state.labels.errorDetails))
            }
            metadata.sort { $0.name < $1.name }
            parsed.sort { $0.name < $1.name }
            entries.append(
                Entry(
                    time: state.time, line: state.line.text, stream: Int(set(state.labels, stream)), metadata: metadata,
                    parsed: parsed))
        }

        private mutating func set(_ labels: LineLabels, _ stream: Int32) -> Int32 {
            let isWhole = labels.isBaseWhole
            if isWhole, Int(stream) < wholeSets.count, wholeSets[Int(stream)] >= 0 { return wholeSets[Int(stream)] }
            parts.removeAll(keepingCapacity: true)
            var hash: UInt64 = 0
            for (index, label) in labels.base.enumerated() where isWhole || labels.hasBase(index) {
                parts.append(LabelSets.Part(name: label.name, value: label.value))
                hash &+= label.hash
            }
            let number = sets.number(stream: -1, added: parts, hash: hash) {
                parts.map { Label(texts[$0.name], $0.value.text) }.sorted { $0.name < $1.name }
            }
            guard isWhole else { return number }
            while wholeSets.count <= Int(stream) { wholeSets.append(-1) }
            wholeSets[Int(stream)] = number
            return number
        }
    }
}

/// Names as strings, made once.
struct NameTexts {
    private var texts: [String] = []

    mutating func cover(_ names: NameTable) {
        guard texts.count < names.count else { return }
        for number in texts.count..<names.count { texts.append(names.entries[number].text.text) }
    }

    subscript(_ name: Int32) -> String { texts[Int(name)] }
}
