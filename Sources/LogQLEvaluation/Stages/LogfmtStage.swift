/// `| logfmt`, `| logfmt --strict --keep-empty`
///
/// - Spec: Loki, "logfmt" parser: pairs that are wrong are left out, with `--strict` they end the line and mark it;
///   pairs without a value are left out unless `--keep-empty`. The first of several pairs of one name counts.
final class LogfmtStage: LineStage {
    private let isStrict: Bool
    private let keepsEmpty: Bool
    @exclusivity(unchecked) private var keys = KeyMemory()

    init(isStrict: Bool, keepsEmpty: Bool) {
        self.isStrict = isStrict
        self.keepsEmpty = keepsEmpty
    }

    override var readsLine: Bool { true }

    override func process(_ state: inout LineState) -> Bool {
        guard !state.labels.needsNoParser, var scanner = LogfmtScanner(state.line) else { return true }
        keys.beginLine()
        while !scanner.isAtEnd {
            guard scanner.next(state.scratch) else {
                if isStrict { break }
                continue
            }
            let name = keys.name(scanner.key, &state)
            guard name >= 0 else { continue }
            let value = UTF8Repair.spaced(scanner.value, state.scratch)
            guard keepsEmpty || !value.isEmpty, let target = state.labels.target(name) else { continue }
            state.labels.setParsed(target, value)
            if state.labels.hasAllRequired { break }
        }
        if isStrict, scanner.problem != nil { state.labels.failParsing(StageFailure.logfmt, scanner.details) }
        return true
    }
}
