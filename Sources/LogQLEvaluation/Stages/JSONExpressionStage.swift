import LogQL
import TelemetryModel

/// `| json who="user.id", tag="tags[0]"`: only these, empty when the line has none.
///
/// - Spec: Loki, "JSON" parser with parameters. Only what is on the way is read; an error elsewhere does not show.
final class JSONExpressionStage: LineStage {
    private struct Wanted {
        let label: Int32
        let path: JSONPath
    }

    private let wanted: [Wanted]
    private let nestingMax: Int
    @exclusivity(unchecked) private var isFound: [Bool]
    @exclusivity(unchecked) private var foundCount = 0

    init(
        _ extractions: [LabelExtraction], limits: PipelineLimits, _ names: inout NameTable
    ) throws(LogQLEvaluationError) {
        var wanted: [Wanted] = []
        for extraction in extractions {
            let path = try JSONPath(extraction.expression)
            guard LabelNameText.isValid(extraction.label) else {
                throw LogQLEvaluationError(.invalid, "invalid extracted label name '\(extraction.label)'")
            }
            wanted.append(Wanted(label: names.intern(extraction.label), path: path))
        }
        self.wanted = wanted
        nestingMax = limits.nestingMax
        isFound = [Bool](repeating: false, count: wanted.count)
    }

    override var readsLine: Bool { true }

    override func process(_ state: inout LineState) -> Bool {
        guard !state.line.isEmpty, !state.labels.needsNoParser, let scanner = JSONScanner(state.line) else {
            return true
        }
        switch state.line[0] {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""): break
        default:
            state.labels.failParsing(StageFailure.json, "")
            return true
        }
        for index in isFound.indices { isFound[index] = false }
        foundCount = 0
        do {
            _ = try walk(scanner, 0, &state, paths: Array(wanted.indices), depth: 0)
        } catch {
            switch error {
            case .value, .string, .array, .nesting: state.labels.failParsing(StageFailure.json, error.details)
            // What is broken between the values, or after all of them were found, is no matter.
            default: break
            }
        }
        if foundCount < wanted.count {
            for item in wanted where state.labels.value(item.label) == nil {
                state.labels.setParsed(item.label, .nothing)
            }
        }
        return true
    }

    /// Takes from the value at `start` what the paths, which have led here by `depth` steps, want of it.
    ///
    /// - Returns: behind the value.
    private func walk(
        _ scanner: JSONScanner, _ start: Int, _ state: inout LineState, paths: [Int], depth: Int
    ) throws(JSONScanner.Problem) -> Int {
        guard depth <= nestingMax else { throw .nesting }
        guard let start = scanner.next(start) else { throw .token }
        var deeper: [Int] = []
        for path in paths {
            if wanted[path].path.steps.count == depth {
                if depth > 0 { try take(scanner, start, path, &state) }
            } else {
                deeper.append(path)
            }
        }
        switch scanner.base[start] {
        case UInt8(ascii: "{") where !deeper.isEmpty:
            return try scanner.forEachMember(start, state.scratch) { key, start throws(JSONScanner.Problem) in
                let next = deeper.filter {
                    guard !isFound[$0], case .key(let wanted) = wanted[$0].path.steps[depth] else { return false }
                    return wanted.withUnsafeBufferPointer { key.isSame(as: $0) }
                }
                guard next.isEmpty else { return try walk(scanner, start, &state, paths: next, depth: depth + 1) }
                return try scanner.value(start).end
            }
        case UInt8(ascii: "[") where !deeper.isEmpty:
            return try walkArray(scanner, start, &state, paths: deeper, depth: depth)
        default: return try scanner.value(start).end
        }
    }

    private func walkArray(
        _ scanner: JSONScanner, _ start: Int, _ state: inout LineState, paths: [Int], depth: Int
    ) throws(JSONScanner.Problem) -> Int {
        guard var index = scanner.next(start + 1) else { throw .array }
        if scanner.base[index] == UInt8(ascii: "]") { return index + 1 }
        var number = 0
        while true {
            let next = paths.filter { !isFound[$0] && wanted[$0].path.steps[depth] == .index(number) }
            if next.isEmpty {
                index = try scanner.value(index).end
            } else {
                index = try walk(scanner, index, &state, paths: next, depth: depth + 1)
            }
            number += 1
            guard let separator = scanner.next(index) else { throw .array }
            if scanner.base[separator] == UInt8(ascii: "]") { return separator + 1 }
            guard scanner.base[separator] == UInt8(ascii: ",") else { throw .array }
            index = separator + 1
        }
    }

    private func take(
        _ scanner: JSONScanner, _ start: Int, _ path: Int, _ state: inout LineState
    ) throws(JSONScanner.Problem) {
        let (value, _) = try scanner.value(start)
        let text: ByteSlice
        switch value.kind {
        case .null: text = .nothing
        case .object: text = scanner.slice(value.range)
        case .string: text = scanner.text(value, state.scratch)
        case .number, .boolean, .array:
            let raw = scanner.slice(value.range)
            text = UTF8Repair.spaced(
                raw.contains(UInt8(ascii: "\\")) ? JSONEscapes.unescape(raw, state.scratch) ?? .nothing : raw,
                state.scratch)
        }
        state.labels.setParsed(state.labels.targetAnyway(wanted[path].label), text)
        isFound[path] = true
        foundCount += 1
        if foundCount == wanted.count { throw .finished }
    }
}
