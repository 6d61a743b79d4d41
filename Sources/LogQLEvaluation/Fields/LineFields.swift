/// Fields that the parsers `json` and `logfmt` would find in a line: what a reader is told that may be asked for.
///
/// - Spec: Loki, `/loki/api/v1/detected_fields`: JSON when the whole line is an object, else logfmt.
package struct LineFields {
    package struct Field: Sendable, Equatable {
        /// Sanitised, as a parser would name it.
        package var label: String
        package var value: String
        package var parser: Parser
        /// Keys on the way to the value, the last one its own; for JSON only.
        package var path: [String]
    }

    package enum Parser: String, Sendable {
        case json, logfmt
    }

    private let limits: PipelineLimits
    private let scratch = ByteArena()

    package init(limits: PipelineLimits = .standard) { self.limits = limits }

    /// The fields of a line, each label once: the first one of it, and at the most as many as a line may have.
    package func find(in line: UnsafeBufferPointer<UInt8>) -> [Field] {
        scratch.reset()
        return json(line) ?? logfmt(line)
    }

    package func find(in line: String) -> [Field] {
        var line = line
        return line.withUTF8 { find(in: $0) }
    }

    private func logfmt(_ line: ByteSlice) -> [Field] {
        guard var scanner = LogfmtScanner(line) else { return [] }
        var found = Found(max: limits.lineLabelsMax)
        while !scanner.isAtEnd {
            guard scanner.next(scratch), !scanner.value.isEmpty else { continue }
            found.add(
                LabelNameText.sanitized(scanner.key, scratch).text, UTF8Repair.spaced(scanner.value, scratch).text,
                .logfmt, [])
        }
        return found.fields
    }

    private func json(_ line: ByteSlice) -> [Field]? {
        guard let scanner = JSONScanner(line) else { return nil }
        var found = Found(max: limits.lineLabelsMax)
        do {
            _ = try object(scanner, 0, [], [], &found, depth: 1)
        } catch {
            return nil
        }
        return found.fields
    }

    private func object(
        _ scanner: JSONScanner, _ start: Int, _ prefix: [UInt8], _ path: [String], _ found: inout Found, depth: Int
    ) throws(JSONScanner.Problem) -> Int {
        guard depth <= limits.nestingMax else { throw .nesting }
        return try scanner.forEachMember(start, scratch) { key, start throws(JSONScanner.Problem) in
            var name = prefix
            if !name.isEmpty { name.append(UInt8(ascii: "_")) }
            LabelNameText.appendSanitized(key, to: &name)
            guard let start = scanner.next(start) else { throw .token }
            if scanner.base[start] == UInt8(ascii: "{") {
                return try object(scanner, start, name, path + [key.text], &found, depth: depth + 1)
            }
            let (value, end) = try scanner.value(start)
            switch value.kind {
            case .string:
                found.add(
                    String(decoding: name, as: UTF8.self), scanner.text(value, scratch).text, .json, path + [key.text])
            case .number, .boolean:
                found.add(
                    String(decoding: name, as: UTF8.self), scanner.slice(value.range).text, .json, path + [key.text])
            case .null, .array, .object: break
            }
            return end
        }
    }

    private struct Found {
        let max: Int
        var fields: [Field] = []
        var labels: Set<String> = []

        mutating func add(_ label: String, _ value: String, _ parser: Parser, _ path: [String]) {
            guard !label.isEmpty, fields.count < max, labels.insert(label).inserted else { return }
            fields.append(Field(label: label, value: value, parser: parser, path: path))
        }
    }
}
