/// `| unpack`: the strings of a JSON object that Promtail packed become labels, and `_entry` the line. An object without
/// `_entry` was not packed and stays as it is.
///
/// - Spec: Loki, "unpack" parser.
final class UnpackStage: LineStage {
    @exclusivity(unchecked) private var keys = KeyMemory()
    @exclusivity(unchecked) private var found: [(name: Int32, value: ByteSlice)] = []

    override var readsLine: Bool { true }

    override func process(_ state: inout LineState) -> Bool {
        guard !state.line.isEmpty, !state.labels.needsNoParser else { return true }
        guard state.line[0] == UInt8(ascii: "{"), let scanner = JSONScanner(state.line) else {
            state.labels.failParsing(StageFailure.json, "expecting json object(6), but it is not")
            return true
        }
        found.removeAll(keepingCapacity: true)
        keys.beginLine()
        var entry: ByteSlice?
        do {
            _ = try scanner.forEachMember(0, state.scratch) { key, start throws(JSONScanner.Problem) in
                let (value, end) = try scanner.value(start)
                guard value.kind == .string else { return end }
                if key.isSame(as: "_entry") {
                    let raw = scanner.slice(value.range)
                    guard value.hasEscape else {
                        entry = raw
                        return end
                    }
                    guard let plain = JSONEscapes.unescape(raw, state.scratch) else { throw .escape }
                    entry = plain
                    return end
                }
                let name = keys.name(key, &state)
                if name >= 0 { found.append((name, scanner.text(value, state.scratch))) }
                return end
            }
        } catch {
            state.labels.failParsing(StageFailure.json, error.details)
            return true
        }
        guard let entry else { return true }
        for (name, value) in found {
            let target = state.labels.targetAnyway(name)
            if state.labels.isNeeded(target) { state.labels.setParsed(target, value) }
        }
        state.line = entry
        return true
    }
}
