import LogQL
import PrometheusModel

/// `| drop a, b="c"`
final class DropStage: LineStage {
    private let items: [LabelSelectionTest]

    init(_ labels: [LabelSelection], _ names: inout NameTable) throws(LogQLEvaluationError) {
        var items: [LabelSelectionTest] = []
        for label in labels { items.append(try LabelSelectionTest(label, &names)) }
        self.items = items
    }

    override func process(_ state: inout LineState) -> Bool {
        for item in items {
            switch item.kind {
            case .error:
                if item.test?.matches(state.labels.error) != false { state.labels.error = "" }
            case .errorDetails:
                if item.test?.matches(state.labels.errorDetails) != false { state.labels.errorDetails = "" }
            case .label:
                if item.test?.matches(state.labels.value(item.name) ?? .nothing) != false {
                    state.labels.delete(item.name)
                }
            }
        }
        return true
    }
}

/// What `drop` and `keep` name.
struct LabelSelectionTest {
    enum Kind {
        case label, error, errorDetails
    }

    let kind: Kind
    let name: Int32
    let test: TextTest?

    init(_ selection: LabelSelection, _ names: inout NameTable) throws(LogQLEvaluationError) {
        let text: String
        switch selection {
        case .name(let name): (text, test) = (name, nil)
        case .matcher(let matcher): (text, test) = (matcher.name, try TextTest(matcher))
        }
        name = names.intern(text)
        switch text {
        case LineLabels.errorName: kind = .error
        case LineLabels.errorDetailsName: kind = .errorDetails
        default: kind = .label
        }
    }
}
