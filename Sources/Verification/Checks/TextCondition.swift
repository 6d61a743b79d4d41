import PrometheusModel
import TelemetryModel

/// Conditions on a text, all of which have to hold.
struct TextCondition: Sendable {
    enum Part: Sendable {
        case equals(String), notEquals(String), matches(Pattern), notMatches(Pattern), contains(String)
        case startsWith(String), endsWith(String), oneOf([String]), noneOf([String])
    }

    var parts: [Part]

    static func equals(_ text: String) -> TextCondition { TextCondition(parts: [.equals(text)]) }

    func holds(_ text: String) -> Bool { parts.allSatisfy { Self.holds($0, text) } }

    static func holds(_ part: Part, _ text: String) -> Bool {
        switch part {
        case .equals(let other): text == other
        case .notEquals(let other): text != other
        case .matches(let pattern): pattern.groups(in: text, anchored: false) != nil
        case .notMatches(let pattern): pattern.groups(in: text, anchored: false) == nil
        case .contains(let other): other.isEmpty || text.contains(other)
        case .startsWith(let other): text.hasPrefix(other)
        case .endsWith(let other): text.hasSuffix(other)
        case .oneOf(let texts): texts.contains(text)
        case .noneOf(let texts): !texts.contains(text)
        }
    }

    /// The text that is asked for, when it is one.
    var exact: String? {
        for case .equals(let text) in parts { return text }
        return nil
    }

    /// `"x"`, `a match of "^a", not "b"`
    var text: String { parts.map(Self.text).joined(separator: ", ") }

    /// What is wanted and not so.
    func missing(in text: String) -> String {
        parts.filter { !Self.holds($0, text) }.map(Self.text).joined(separator: ", ")
    }

    static func text(_ part: Part) -> String {
        switch part {
        case .equals(let text): Quoted.text(text)
        case .notEquals(let text): "not \(Quoted.text(text))"
        case .matches(let pattern): "a match of \(Quoted.text(pattern.source))"
        case .notMatches(let pattern): "no match of \(Quoted.text(pattern.source))"
        case .contains(let text): "something with \(Quoted.text(text)) in it"
        case .startsWith(let text): "something that starts with \(Quoted.text(text))"
        case .endsWith(let text): "something that ends with \(Quoted.text(text))"
        case .oneOf(let texts): "one of " + texts.map(Quoted.text).joined(separator: ", ")
        case .noneOf(let texts): "none of " + texts.map(Quoted.text).joined(separator: ", ")
        }
    }

    /// How like a text is to one that is asked for, from 0 to 1.
    func likeness(_ text: String) -> Double {
        var best = 0.0
        for part in parts {
            let candidates: [String] =
                switch part {
                case .equals(let other), .contains(let other), .startsWith(let other), .endsWith(let other): [other]
                case .oneOf(let texts): texts
                default: []
                }
            for candidate in candidates { best = max(best, Self.likeness(text, candidate)) }
        }
        return best
    }

    private static func likeness(_ left: String, _ right: String) -> Double {
        let length = max(left.utf8.count, right.utf8.count)
        guard length > 0, length <= Suggestion.nameLengthMax else { return 0 }
        let likeness = 1 - Double(Suggestion.distance(left.lowercased(), right.lowercased())) / Double(length + 1)
        // Squared: words that share a few letters by chance are not like each other.
        return likeness * likeness
    }
}
