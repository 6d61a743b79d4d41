import PrometheusModel
import TelemetryModel

/// A template with the numbers of the labels that it reads.
final class StageTemplate {
    private let template: LineTemplate
    private let now: Int64
    private let labels: [Int32]
    private let places: [Special]
    @exclusivity(unchecked) private var output: [UInt8] = []
    @exclusivity(unchecked) private var values: [ByteSlice?] = []
    private var all: [String: String] = [:]

    private enum Special {
        case label, error, errorDetails
    }

    init(_ text: String, name: String, now: Int64, _ names: inout NameTable) throws(LogQLEvaluationError) {
        do {
            template = try LineTemplate(text, name: name)
        } catch {
            throw LogQLEvaluationError(
                .invalid,
                name == "line" ? "invalid line template: \(error)" : "invalid template for label '\(name)': \(error)")
        }
        self.now = now
        var labels: [Int32] = []
        var places: [Special] = []
        if case .some(let read) = template.labels {
            for label in read {
                labels.append(names.intern(label))
                places.append(
                    label == LineLabels.errorName
                        ? .error : label == LineLabels.errorDetailsName ? .errorDetails : .label)
            }
        }
        self.labels = labels
        self.places = places
    }

    var readsLine: Bool { template.readsLine }
    var readsLabels: [String]? {
        if case .some(let names) = template.labels { return names }
        return nil
    }

    /// Notes the labels as they are now.
    func readLabels(_ state: inout LineState) {
        values.removeAll(keepingCapacity: true)
        if case .all = template.labels { all = state.labels.dictionary() }
        for (label, place) in zip(labels, places) {
            switch place {
            case .label: values.append(state.labels.value(label))
            case .error: values.append(state.scratch.copy(state.labels.error))
            case .errorDetails: values.append(state.scratch.copy(state.labels.errorDetails))
            }
        }
    }

    /// What the template makes of the line and the labels that were read; nil when it failed, which the line then
    /// carries as its error.
    func run(_ state: inout LineState) -> ByteSlice? {
        output.removeAll(keepingCapacity: true)
        do {
            try template.expand(
                line: state.line, time: state.time, now: now, into: &output,
                label: { values.indices.contains($0) ? values[$0] : nil }, allLabels: { all })
        } catch {
            state.labels.setError(StageFailure.template, error.message)
            return nil
        }
        return output.withUnsafeBufferPointer { state.scratch.copy($0) }
    }
}
