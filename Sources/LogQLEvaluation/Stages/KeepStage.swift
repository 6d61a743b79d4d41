import LogQL

/// `| keep a, b="c"`: the other labels go; errors stay.
final class KeepStage: LineStage {
    private let items: [LabelSelectionTest]
    @exclusivity(unchecked) private var gone: [Int32] = []

    init(_ labels: [LabelSelection], _ names: inout NameTable) throws(LogQLEvaluationError) {
        var items: [LabelSelectionTest] = []
        for label in labels { items.append(try LabelSelectionTest(label, &names)) }
        self.items = items
    }

    override func process(_ state: inout LineState) -> Bool {
        guard !items.isEmpty else { return true }
        gone.removeAll(keepingCapacity: true)
        state.labels.forEach { name, _, value in
            if !items.contains(where: { $0.name == name && $0.test?.matches(value) != false }) { gone.append(name) }
        }
        for name in gone { state.labels.delete(name) }
        return true
    }
}
