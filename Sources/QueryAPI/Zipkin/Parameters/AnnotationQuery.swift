/// What `annotationQuery` asks for: `http.path=/x and error`.
///
/// A part with `=` is a tag and its value; with an empty value, or without one, a tag of that name or an annotation of
/// that value has to be there. Of two parts with one name the one with a value counts, else the last.
///
/// Spec: zipkin2-api.yaml, `GET /traces`, `annotationQuery`.
struct AnnotationQuery: Sendable, Equatable {
    struct Term: Sendable, Equatable {
        var key: String
        /// Nil asks that it exists.
        var value: String?
    }

    private(set) var terms: [Term] = []

    /// More are no question of a person's.
    static let termsMax = 100

    init(_ text: String) throws(ZipkinFailure) {
        var rest = text[...]
        while !rest.isEmpty {
            let part: Substring
            if let separator = rest.firstRange(of: " and ") {
                part = rest[..<separator.lowerBound]
                rest = rest[separator.upperBound...]
            } else {
                part = rest
                rest = ""
            }
            add(part.trimmed)
            guard terms.count <= Self.termsMax else {
                throw .parameter("annotationQuery", "has more than \(Self.termsMax) parts")
            }
        }
    }

    private mutating func add(_ part: Substring) {
        let key = part.prefix { $0 != "=" }
        // What is accidentally empty asks nothing.
        guard !key.isEmpty else { return }
        let value = part.dropFirst(key.count + 1)
        let term = Term(key: String(key), value: value.isEmpty ? nil : String(value))
        if let index = terms.firstIndex(where: { $0.key == term.key }) {
            if term.value != nil { terms[index] = term }
        } else {
            terms.append(term)
        }
    }
}

extension Substring {
    /// Without spaces around.
    fileprivate var trimmed: Substring {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
