package import TraceQL

/// The filter of questions about names and values, which an editor sends while it is being typed.
///
/// What is complete in it is kept: `{ span.a = "x" && resource.b = }` filters by the first condition alone. What is no
/// single spanset filter, or has nothing complete, filters nothing.
///
/// - Spec: Tempo, "Filtered tag values": "Queries can be incomplete … Tempo extracts only the valid matchers", "If an
///   input is invalid, Tempo doesn't provide an error. Instead, you'll see the whole list".
package enum TempoLenientFilter {
    /// Nil filters nothing.
    package static func parse(_ text: String) -> Query? {
        guard text.utf8.count <= TempoLimits.queryBytesMax else { return nil }
        var bytes = Substring(text).utf8.drop { $0 <= 0x20 }[...]
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        // Tempo's own example has quotes around the whole query.
        if bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\""), bytes.count > 1 {
            bytes = bytes.dropFirst().dropLast()
        }
        let query = String(Substring(bytes))
        let expression: FieldExpression?
        if let parsed = try? TraceQLParser.parse(query) {
            expression = filter(of: parsed).flatMap(complete)
        } else {
            expression = incomplete(Array(query.utf8))
        }
        guard let expression else { return nil }
        return Query(body: .search(Pipeline([.spansets(.filter(expression))])))
    }

    private static func filter(of query: Query) -> FieldExpression? {
        let pipeline: Pipeline
        switch query.body {
        case .search(let search) where search.stages.count == 1: pipeline = search
        case .metrics(.pipeline(let metrics, _)) where metrics.stages.count == 1: pipeline = metrics
        default: return nil
        }
        guard case .spansets(.filter(let expression))? = pipeline.stages.first else { return nil }
        return expression
    }

    /// Without the operands that are only a name or a value: of a condition that still lacks its operator.
    private static func complete(_ expression: FieldExpression) -> FieldExpression? {
        switch expression {
        case .and(let left, let right): join(complete(left), complete(right)) { .and($0, $1) }
        case .or(let left, let right): join(complete(left), complete(right)) { .or($0, $1) }
        case .not(let operand): complete(operand).map { .not($0) }
        case .comparison: expression
        case .literal, .attribute, .negated, .arithmetic: nil
        }
    }

    private static func join(
        _ left: FieldExpression?, _ right: FieldExpression?,
        _ join: (FieldExpression, FieldExpression) -> FieldExpression
    ) -> FieldExpression? {
        guard let left else { return right }
        return right.map { join(left, $0) } ?? left
    }

    // MARK: What does not parse

    private static func incomplete(_ text: [UInt8]) -> FieldExpression? {
        guard text.first == UInt8(ascii: "{") else { return nil }
        var parts = Parts(text: text)
        let end = parts.end(from: 1)
        // Something after the braces: a pipeline or a second spanset, which is not told apart from what is broken.
        return parts.expression(1..<end, depth: 0)
    }

    private struct Parts {
        let text: [UInt8]
        var left = TempoLimits.filterPartsMax

        init(text: [UInt8]) { self.text = text }

        /// The position of the brace that ends the filter, or the end of the text.
        func end(from start: Int) -> Int {
            var found = text.count
            scan(start..<text.count) { index, depth in
                guard text[index] == UInt8(ascii: "}"), depth == 0 else { return true }
                found = index
                return false
            }
            return found
        }

        mutating func expression(_ range: Range<Int>, depth: Int) -> FieldExpression? {
            guard depth < TempoLimits.filterDepthMax else { return nil }
            var result: FieldExpression?
            for alternative in split(range, at: UInt8(ascii: "|")) {
                var conditions: FieldExpression?
                for part in split(alternative, at: UInt8(ascii: "&")) {
                    conditions = TempoLenientFilter.join(conditions, condition(part, depth: depth)) { .and($0, $1) }
                }
                result = TempoLenientFilter.join(result, conditions) { .or($0, $1) }
            }
            return result
        }

        private mutating func condition(_ range: Range<Int>, depth: Int) -> FieldExpression? {
            guard left > 0 else { return nil }
            left -= 1
            let range = trimmed(range)
            guard !range.isEmpty else { return nil }
            let source = "{ " + String(decoding: text[range], as: UTF8.self) + " }"
            if let query = try? TraceQLParser.parse(source), let filter = TempoLenientFilter.filter(of: query) {
                return TempoLenientFilter.complete(filter)
            }
            guard text[range.lowerBound] == UInt8(ascii: "(") else { return nil }
            let inner = (range.lowerBound + 1)..<range.upperBound
            var end = inner.upperBound
            scan(inner) { index, depth in
                guard text[index] == UInt8(ascii: ")"), depth == 0 else { return true }
                end = index
                return false
            }
            return expression(inner.lowerBound..<end, depth: depth + 1)
        }

        /// The pieces between two of that byte in a row, outside of quotes and parentheses.
        private func split(_ range: Range<Int>, at byte: UInt8) -> [Range<Int>] {
            var pieces: [Range<Int>] = []
            var start = range.lowerBound
            scan(range) { index, depth in
                if depth == 0, text[index] == byte, index + 1 < range.upperBound, text[index + 1] == byte,
                    index >= start
                {
                    pieces.append(start..<index)
                    start = index + 2
                }
                return true
            }
            pieces.append(min(start, range.upperBound)..<range.upperBound)
            return pieces
        }

        private func trimmed(_ range: Range<Int>) -> Range<Int> {
            var (start, end) = (range.lowerBound, range.upperBound)
            while start < end, text[start] <= 0x20 { start += 1 }
            while end > start, text[end - 1] <= 0x20 { end -= 1 }
            return start..<end
        }

        /// Visits the bytes outside of quotes with the count of parentheses that are open; until `visit` says false.
        private func scan(_ range: Range<Int>, _ visit: (_ index: Int, _ depth: Int) -> Bool) {
            var quote: UInt8?
            var depth = 0
            var index = range.lowerBound
            while index < range.upperBound {
                let byte = text[index]
                if let open = quote {
                    if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") { index += 1 }
                    if byte == open { quote = nil }
                } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`") {
                    quote = byte
                } else {
                    if byte == UInt8(ascii: "("), !visit(index, depth) { return }
                    if byte == UInt8(ascii: "(") {
                        depth += 1
                    } else {
                        guard visit(index, depth) else { return }
                        if byte == UInt8(ascii: ")"), depth > 0 { depth -= 1 }
                    }
                }
                index += 1
            }
        }
    }
}
