import TelemetryModel
import TraceAnalysis

/// What is said about a trace as a whole.
struct TraceFacts {
    let tree: TraceTree

    init(_ tree: TraceTree) {
        self.tree = tree
    }

    static func number(_ count: Int, _ noun: String) -> String {
        "\(HumanText.count(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `checkout  shop · 12.0 ms · 3 spans · 1 service (shop) · 1 error`
    var header: String {
        var facts: [String] = []
        if let root = tree.longestRoot { facts.append(name(of: root)) }
        let names = tree.services.lazy.map { index -> String in
            Int(index) < tree.skeleton.serviceNames.count ? tree.skeleton.serviceNames[Int(index)] : ""
        }.filter { !$0.isEmpty }.map(TerminalText.escaped)
        // Four names are enough to recognize a trace.
        let shown = names.prefix(5)
        let list = shown.prefix(4).joined(separator: ", ") + (shown.count > 4 ? ", …" : "")
        facts += [
            HumanText.duration(Int64(clamping: tree.duration)), Self.number(tree.count, "span"),
            Self.number(tree.serviceCount, "service") + (list.isEmpty ? "" : " (\(list))"),
            Self.number(tree.count(of: .error), "error"),
        ]
        return facts.joined(separator: " · ")
    }

    /// A sentence for each kind of oddity that the trace has.
    var warnings: [String] {
        var warnings: [String] = []
        func warn(_ flag: SpanFlags, _ one: String, _ many: String) {
            let count = tree.count(of: flag)
            if count > 0 { warnings.append("\(HumanText.count(count)) \(count == 1 ? one : many)") }
        }
        warn(
            .orphan, "span names a parent that is not stored: it is drawn as a root",
            "spans name parents that are not stored: they are drawn as roots")
        warn(
            .cycleMember, "span is its own parent", "spans are each other's parents: the earliest is drawn as a root")
        warn(.duplicateID, "span has the id of an earlier one", "spans have the ids of earlier ones")
        warn(.clockSkew, "span starts before its parent (~)", "spans start before their parents (~)")
        warn(.negativeDuration, "span ends before it starts (~)", "spans end before they start (~)")
        return warnings
    }

    /// `operation  service`, harmless on a terminal.
    func name(of row: Int) -> String {
        let service = TerminalText.escaped(tree.skeleton.serviceName(of: row))
        let operation = TerminalText.escaped(tree.skeleton.operationName(of: row))
        return service.isEmpty ? operation : "\(operation)  \(service)"
    }
}
