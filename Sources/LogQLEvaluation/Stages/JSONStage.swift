/// `| json`: every string, number and boolean of the line a label; objects within it lend their keys as prefixes, arrays
/// and null give none. The first of several members of one name counts.
///
/// - Spec: Loki, "JSON" parser.
final class JSONStage: LineStage {
    private let nestingMax: Int
    /// Names of the objects around the member, joined and sanitised.
    @exclusivity(unchecked) private var prefix: [UInt8] = []
    @exclusivity(unchecked) private var keys = KeyMemory()
    /// Behind the innermost object that a mistake is in.
    @exclusivity(unchecked) private var brokenEnd: Int?

    init(limits: PipelineLimits) { nestingMax = limits.nestingMax }

    override var readsLine: Bool { true }

    override func process(_ state: inout LineState) -> Bool {
        guard !state.labels.needsNoParser else { return true }
        prefix.removeAll(keepingCapacity: true)
        keys.beginLine()
        brokenEnd = nil
        do throws(JSONScanner.Problem) {
            guard let scanner = JSONScanner(state.line) else { throw JSONScanner.Problem.object }
            _ = try parse(scanner, 0, &state, depth: 1)
        } catch {
            if case .finished = error { return true }
            state.labels.failParsing(StageFailure.json, error.details)
        }
        return true
    }

    /// - Returns: behind the object.
    private func parse(
        _ scanner: JSONScanner, _ start: Int, _ state: inout LineState, depth: Int
    ) throws(JSONScanner.Problem) -> Int {
        guard depth <= nestingMax else { throw .nesting }
        return try scanner.forEachMember(start, state.scratch) { key, start throws(JSONScanner.Problem) in
            guard let start = scanner.next(start) else { throw .token }
            if scanner.base[start] == UInt8(ascii: "{") {
                return try parseObject(scanner, key, start, &state, depth: depth)
            }
            let (value, end) = try scanner.value(start)
            switch value.kind {
            case .string, .number, .boolean:
                let name = prefix.isEmpty ? keys.name(key, &state) : nestedName(key, &state)
                if name >= 0, let target = state.labels.target(name) {
                    state.labels.setParsed(
                        target, value.kind == .string ? scanner.text(value, state.scratch) : scanner.slice(value.range))
                }
            case .null, .object, .array: break
            }
            if state.labels.hasAllRequired { throw .finished }
            return end
        }
    }

    private func parseObject(
        _ scanner: JSONScanner, _ key: ByteSlice, _ start: Int, _ state: inout LineState, depth: Int
    ) throws(JSONScanner.Problem) -> Int {
        let length = prefix.count
        if length > 0 { prefix.append(UInt8(ascii: "_")) }
        LabelNameText.appendSanitized(key, to: &prefix)
        defer { prefix.removeLast(prefix.count - length) }
        let isWanted = prefix.withUnsafeBufferPointer { state.labels.needsPrefix($0) }
        guard isWanted else {
            guard let end = scanner.objectEnd(start) else { throw .openObject }
            return end
        }
        let before = state.labels.added.count
        do throws(JSONScanner.Problem) {
            return try parse(scanner, start, &state, depth: depth + 1)
        } catch {
            // An object without end has no members at all.
            if case .finished = error { throw error }
            if case .openObject = error {
                state.labels.forgetAdded(from: before)
                throw error
            }
            // Everything is looked at once, however deep the mistake is.
            let end = brokenEnd.map { scanner.objectEnd($0, level: 1) } ?? scanner.objectEnd(start)
            guard let end else {
                state.labels.forgetAdded(from: before)
                throw .openObject
            }
            brokenEnd = end
            throw error
        }
    }

    private func nestedName(_ key: ByteSlice, _ state: inout LineState) -> Int32 {
        let length = prefix.count
        prefix.append(UInt8(ascii: "_"))
        LabelNameText.appendSanitized(key, to: &prefix)
        defer { prefix.removeLast(prefix.count - length) }
        return prefix.withUnsafeBufferPointer { state.labels.names.name(sanitized: $0) }
    }
}
