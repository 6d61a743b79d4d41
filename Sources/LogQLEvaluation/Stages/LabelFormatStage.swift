import LogQL
import TelemetryModel

/// `| label_format new=old, other="{{.template}}"`
final class LabelFormatStage: LineStage {
    private enum Item {
        case rename(Int32, from: Int32)
        case template(Int32, Int)
    }

    private var items: [Item] = []
    private var templates: [StageTemplate] = []
    private var sources: [String] = []

    init(_ formats: [LabelFormat], now: Int64, _ names: inout NameTable) throws(LogQLEvaluationError) {
        var seen: Set<String> = []
        for format in formats {
            guard format.label != LineLabels.errorName else {
                throw LogQLEvaluationError(.invalid, "\(format.label) cannot be formatted")
            }
            guard seen.insert(format.label).inserted else {
                throw LogQLEvaluationError(
                    .invalid, "multiple label name '\(format.label)' not allowed in a single format operation")
            }
            switch format {
            case .rename(let label, let from):
                items.append(.rename(names.intern(label), from: names.intern(from)))
                sources.append(from)
            case .template(let label, let text):
                items.append(.template(names.intern(label), templates.count))
                templates.append(try StageTemplate(text, name: label, now: now, &names))
            }
        }
    }

    override var readsLine: Bool { templates.contains(where: \.readsLine) }
    override var readsLabels: [String]? {
        var names = sources
        for template in templates {
            guard let read = template.readsLabels else { return nil }
            names += read
        }
        return names
    }

    override func process(_ state: inout LineState) -> Bool {
        var hasRead = false
        for item in items {
            switch item {
            case .rename(let label, let from):
                guard let value = state.labels.value(from) else { continue }
                state.labels.setParsed(label, value)
                // Renamed to itself it is gone, as in Loki.
                state.labels.delete(from)
            case .template(let label, let index):
                // All templates see the labels as they were before the first of them.
                if !hasRead {
                    for template in templates { template.readLabels(&state) }
                    hasRead = true
                }
                if let value = templates[index].run(&state) { state.labels.setParsed(label, value) }
            }
        }
        return true
    }
}
