import LogQL
import TelemetryModel

/// `| logfmt level, code="status"`: only these, empty when the line has none.
final class LogfmtExpressionStage: LineStage {
    private let isStrict: Bool
    private let labels: [(label: Int32, key: Int32)]
    @exclusivity(unchecked) private var keys = KeyMemory()

    init(
        _ extractions: [LabelExtraction], isStrict: Bool, _ names: inout NameTable
    ) throws(LogQLEvaluationError) {
        self.isStrict = isStrict
        var labels: [(label: Int32, key: Int32)] = []
        for extraction in extractions {
            guard let key = Self.key(extraction.expression) else {
                throw LogQLEvaluationError(
                    .invalid, "cannot parse expression [\(extraction.expression)]: syntax error: unexpected FIELD")
            }
            guard LabelNameText.isValid(extraction.label) else {
                throw LogQLEvaluationError(.invalid, "invalid extracted label name '\(extraction.label)'")
            }
            labels.append((names.intern(extraction.label), names.intern(key)))
        }
        self.labels = labels
    }

    /// A name, or anything in double quotes, the last of which may be missing.
    private static func key(_ expression: String) -> String? {
        let bytes = Array(expression.utf8)[...]
        let trimmed = bytes.drop { $0.isSpace }
        if trimmed.first == UInt8(ascii: "\"") {
            return String(decoding: trimmed.dropFirst().prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
        }
        let name = trimmed.prefix { !$0.isSpace }
        guard name.count == trimmed.count || trimmed.dropFirst(name.count).allSatisfy(\.isSpace) else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    override var readsLine: Bool { true }

    override func process(_ state: inout LineState) -> Bool {
        guard !state.labels.needsNoParser else { return true }
        for (label, _) in labels where !state.labels.isTaken(label) { state.labels.setParsed(label, .nothing) }
        guard var scanner = LogfmtScanner(state.line) else { return true }
        keys.beginLine()
        while !scanner.isAtEnd {
            guard scanner.next(state.scratch) else {
                if isStrict { break }
                continue
            }
            let name = keys.name(scanner.key, &state)
            guard name >= 0 else { continue }
            let value = UTF8Repair.needsSpaces(scanner.value) ? .nothing : scanner.value
            var isKey = false
            for (label, key) in labels where key == name {
                isKey = true
                set(label, value, &state)
            }
            // The name of a label is a key too, when it is no other label's.
            if !isKey, labels.contains(where: { $0.label == name }) { set(name, value, &state) }
        }
        if isStrict, scanner.problem != nil { state.labels.failParsing(StageFailure.logfmt, scanner.details) }
        return true
    }

    private func set(_ label: Int32, _ value: ByteSlice, _ state: inout LineState) {
        let target = state.labels.targetAnyway(label)
        if target == label || state.labels.isNeeded(target) { state.labels.setParsed(target, value) }
    }
}
