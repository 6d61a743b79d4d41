import TelemetryModel

/// The processors of an input in their order.
struct ProcessorChain: Sendable {
    static let processorsMax = 256

    enum Outcome: Equatable {
        case keep
        /// The name of the processor that dropped the record.
        case drop(String)
    }

    private let steps: [LogProcessorConfiguration]

    init(_ steps: [LogProcessorConfiguration]) throws(LogProcessingError) {
        guard steps.count <= Self.processorsMax else {
            throw LogProcessingError("more than \(Self.processorsMax) processors")
        }
        self.steps = steps
    }

    var isEmpty: Bool { steps.isEmpty }

    /// Runs all steps. A failure is counted by the step's name and noted in `error.message`, as Filebeat does; the
    /// record goes on as it was before the step.
    func run(
        _ draft: inout LogDraft, zone: LogTimeZone, readTime: Timestamp, problems: inout [LogProblem]
    ) -> Outcome {
        let context = ProcessorContext(zone: zone, readTime: readTime)
        for step in steps {
            if let condition = step.condition, !condition.holds(draft) { continue }
            let original = draft.originalText
            let body = draft.body
            // What a step makes of the message is the text from then on, unless it saw to the text itself.
            defer {
                if original != nil, draft.originalText == original, draft.body != body { draft.originalText = nil }
            }
            do throws(ProcessorFailure) {
                if try step.processor.run(&draft, context) == .drop { return .drop(step.name) }
            } catch {
                guard !step.ignoresFailure else { continue }
                problems.append(LogProblem(step.name))
                draft["error.message"] = .string("\(step.name): \(error.message)")
            }
        }
        return .keep
    }
}
