import PrometheusModel

/// `=`, `!=`, `=~`, `!~` of a label within a pipeline, over bytes.
struct TextTest {
    private enum Kind {
        case equal([UInt8])
        case search(TextSearch)
    }

    private let kind: Kind
    private let isNegated: Bool

    init(_ matcher: LabelMatcher) throws(LogQLEvaluationError) {
        switch matcher.kind {
        case .equal, .notEqual: kind = .equal(Array(matcher.value.utf8))
        case .matches, .doesNotMatch: kind = .search(try TextSearch(expression: matcher.value))
        }
        isNegated = matcher.kind == .notEqual || matcher.kind == .doesNotMatch
    }

    func matches(_ text: ByteSlice) -> Bool {
        let isEqual =
            switch kind {
            case .equal(let wanted): wanted.withUnsafeBufferPointer { text.isSame(as: $0) }
            case .search(let search): search.matchesAll(text)
            }
        return isEqual != isNegated
    }

    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches($0) }
    }
}
