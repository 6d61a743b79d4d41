package import LogQL
import PrometheusModel
import TelemetryModel

/// A pipeline made ready for many lines.
///
/// Used by one task at a time, and not copied: it holds memory that it works in. Records of one query go through it in as many batches
/// as there are; names and streams are known from one batch to the next.
///
/// - Spec: Loki, "Log queries" and, for the unwrap, "Metric queries"; what Loki's pkg/logql/log does decides.
package struct LogPipeline: ~Copyable {
    /// The number that a line is worth, with what stands behind it.
    private struct UnwrapStage {
        let label: Int32
        let conversion: Unwrap.Conversion
        let filters: [LineStage]
    }

    /// What becomes of a row.
    enum Outcome {
        case dropped
        case kept
        /// Kept, and worth this.
        case sample(Double)
    }

    private let stages: [LineStage]
    private let unwrap: UnwrapStage?
    private let limits: PipelineLimits
    private let readsLine: Bool
    /// Nil for any.
    private(set) var readsLabels: [String]?
    var state: LineState

    // MARK: Streams

    private let arena = ByteArena()
    private var streamNumbers: [Labels: Int32] = [:]
    private(set) var streams: [StreamBase] = []
    private var currentStream: Int32 = -1

    /// A stream of the query.
    struct StreamBase {
        let labels: Labels
        let base: [LineLabels.Base]
        /// Of all labels together.
        let hash: UInt64
    }

    /// - Parameters:
    ///   - stages: in their order.
    ///   - now: what the function `now` of templates gives, nanoseconds since the Unix epoch.
    ///   - skipsUnreadFormats: a `line_format` whose result no later stage looks at is left out: so for metric queries
    ///     that do not measure the line.
    /// - Throws: `.invalid` for an expression or template that is none, in Loki's words.
    package init(
        _ stages: [Stage], unwrap: Unwrap? = nil, now: Int64 = 0, limits: PipelineLimits = .standard
    ) throws(LogQLEvaluationError) {
        try self.init(stages, unwrap: unwrap, now: now, limits: limits, skipsUnreadFormats: false)
    }

    init(
        _ stages: [Stage], unwrap: Unwrap?, now: Int64, limits: PipelineLimits, skipsUnreadFormats: Bool
    ) throws(LogQLEvaluationError) {
        var state = LineState(limits: limits)
        var made: [LineStage] = []
        for stage in stages { made.append(try Self.make(stage, now, limits, &state.labels.names)) }
        var names: [String]? = []
        for stage in made { names = Self.joined(names, stage.readsLabels) }
        if skipsUnreadFormats {
            while let last = made.lastIndex(where: { $0.readsLine || $0 is LineFormatStage }),
                made[last] is LineFormatStage
            {
                made.remove(at: last)
            }
        }
        if let unwrap {
            var filters: [LineStage] = []
            for filter in unwrap.filters {
                let stage = try LabelFilterStage(filter, &state.labels.names)
                names = Self.joined(names, stage.readsLabels)
                filters.append(stage)
            }
            names = Self.joined(names, [unwrap.label])
            self.unwrap = UnwrapStage(
                label: state.labels.names.intern(unwrap.label), conversion: unwrap.conversion, filters: filters)
        } else {
            self.unwrap = nil
        }
        self.stages = made
        self.limits = limits
        self.state = state
        readsLine = made.contains(where: \.readsLine)
        readsLabels = names
    }

    private static func joined(_ left: [String]?, _ right: [String]?) -> [String]? {
        guard let left, let right else { return nil }
        return left + right
    }

    private static func make(
        _ stage: Stage, _ now: Int64, _ limits: PipelineLimits, _ names: inout NameTable
    ) throws(LogQLEvaluationError) -> LineStage {
        switch stage {
        case .lineFilter(let filter): try LineFilterStage(filter)
        case .parser(.json(let extractions)):
            extractions.isEmpty
                ? JSONStage(limits: limits) : try JSONExpressionStage(extractions, limits: limits, &names)
        case .parser(.logfmt(let extractions, let isStrict, let keepsEmpty)):
            extractions.isEmpty
                ? LogfmtStage(isStrict: isStrict, keepsEmpty: keepsEmpty)
                : try LogfmtExpressionStage(extractions, isStrict: isStrict, &names)
        case .parser(.regexp(let source)): try RegexpStage(source, &names)
        case .parser(.pattern(let text)): PatternStage(text, &names)
        case .parser(.unpack): UnpackStage()
        case .labelFilter(let filter): try LabelFilterStage(filter, &names)
        case .lineFormat(let text): try LineFormatStage(text, now: now, &names)
        case .labelFormat(let formats): try LabelFormatStage(formats, now: now, &names)
        case .decolorize: try DecolorizeStage()
        case .drop(let labels): try DropStage(labels, &names)
        case .keep(let labels): try KeepStage(labels, &names)
        }
    }

    /// What the stages read of each record. Who wants the lines or all labels for the result needs more.
    package var needs: RecordNeeds { RecordNeeds(lines: readsLine, metadata: metadataNeeds(besides: [])) }

    /// Metadata that the stages and these names depend on; all of it when a parser may clash with any.
    func metadataNeeds(besides names: [String]) -> RecordNeeds.Metadata {
        guard let readsLabels else { return .all }
        var needed = Set<String>()
        for name in readsLabels + names where !name.isEmpty {
            needed.insert(name)
            if name.hasSuffix("_extracted") { needed.insert(String(name.dropLast(10))) }
        }
        needed.remove(LineLabels.errorDetailsName)
        return needed.isEmpty ? .none : .names(needed)
    }

    mutating func follow(_ hints: LabelHints) { state.labels.follow(hints) }

    // MARK: Running

    /// Runs the stages over each row in turn.
    ///
    /// - Parameter body: gets rows that are left, with the state after the last stage and the number of the row's stream
    ///   in `streams`; says whether to go on.
    /// - Returns: rows that were looked at, and the bytes of their lines.
    mutating func run(
        _ records: LogRecords,
        _ body: (_ state: inout LineState, _ stream: Int32, _ value: Double?) throws(LogQLEvaluationError) -> Bool
    ) throws(LogQLEvaluationError) -> (rows: Int, bytes: Int) {
        let rows = records.rows
        guard rows > 0 else { return (0, 0) }
        precondition(
            records.streamIndexes.count == rows && records.lineOffsets.count == rows + 1
                && records.metadataOffsets.count == rows + 1
                && records.valueOffsets.count == records.metadataNames.count + 1)
        let streamNumbers = try admitStreams(records.streams)
        let names = records.names.map { state.labels.names.intern($0) }
        var looked = 0
        var bytes = 0
        // One pass with pointers to all columns; arrays are not asked for their bounds in it.
        let failure: LogQLEvaluationError? = records.withColumns { columns -> LogQLEvaluationError? in
            do throws(LogQLEvaluationError) {
                for row in 0..<rows {
                    let stream = streamNumbers[Int(columns.streamIndexes[row])]
                    if stream != currentStream {
                        currentStream = stream
                        state.labels.putBase(streams[Int(stream)].base)
                    }
                    state.labels.beginRow()
                    state.scratch.reset()
                    state.time = columns.times[row]
                    state.line = columns.line(row)
                    looked += 1
                    bytes += state.line.count
                    for entry in columns.metadataOffsets[row]..<columns.metadataOffsets[row + 1] {
                        addMetadata(names[Int(columns.metadataNames[entry])], columns.value(entry))
                    }
                    switch process() {
                    case .dropped: continue
                    case .kept: guard try body(&state, stream, nil) else { return nil }
                    case .sample(let value): guard try body(&state, stream, value) else { return nil }
                    }
                }
            } catch {
                return error
            }
            return nil
        }
        if let failure { throw failure }
        guard state.labels.names.count <= limits.namesMax else {
            throw LogQLEvaluationError(
                .overLimit, "query sees more than \(limits.namesMax) names of labels, which is the limit")
        }
        return (looked, bytes)
    }

    @inline(__always)
    private mutating func addMetadata(_ name: Int32, _ value: ByteSlice) {
        // What a sender calls an error is one.
        if name == LineLabels.errorNumber {
            state.labels.error = value.text
        } else if name == LineLabels.errorDetailsNumber {
            state.labels.errorDetails = value.text
        } else {
            state.labels.addMetadata(name, value)
        }
    }

    @inline(__always)
    private mutating func process() -> Outcome {
        for stage in stages where !stage.process(&state) { return .dropped }
        guard let unwrap else { return .kept }
        guard let text = state.labels.value(unwrap.label), !text.isEmpty else { return .dropped }
        let value: Double?
        switch unwrap.conversion {
        case .none: value = LogQLConversions.number(text)
        case .duration, .durationSeconds: value = LogQLConversions.durationSeconds(text)
        case .bytes: value = LogQLConversions.bytes(text).map { Double($0) }
        }
        if value == nil {
            let details =
                switch unwrap.conversion {
                case .none: LogQLConversions.numberFailure(text)
                case .duration, .durationSeconds: LogQLConversions.durationFailure(text)
                case .bytes: LogQLConversions.bytesFailure(text)
                }
            state.labels.setError(StageFailure.sample, details)
        }
        for stage in unwrap.filters where !stage.process(&state) { return .dropped }
        return .sample(value ?? 0)
    }

    /// Numbers of the batch's streams in `streams`.
    private mutating func admitStreams(_ labels: [Labels]) throws(LogQLEvaluationError) -> [Int32] {
        var numbers: [Int32] = []
        numbers.reserveCapacity(labels.count)
        for labels in labels {
            if let known = streamNumbers[labels] {
                numbers.append(known)
                continue
            }
            guard streams.count < limits.streamsMax else {
                throw LogQLEvaluationError(
                    .overLimit, "query reads more than \(limits.streamsMax) streams, which is the limit")
            }
            var base: [LineLabels.Base] = []
            var sum: UInt64 = 0
            for label in labels.entries {
                let name = state.labels.names.intern(label.name)
                let value = arena.copy(label.value)
                let hash = ByteHash.label(state.labels.names.entries[Int(name)].hash, value)
                base.append(LineLabels.Base(name: name, value: value, hash: hash))
                sum &+= hash
            }
            let number = Int32(truncatingIfNeeded: streams.count)
            streams.append(StreamBase(labels: labels, base: base, hash: sum))
            streamNumbers[labels] = number
            numbers.append(number)
        }
        return numbers
    }
}
