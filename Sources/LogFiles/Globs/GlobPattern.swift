/// A pattern of paths: each part as `GlobName` says, `**` for any number of folders (also none), `{a,b}` for one of
/// several texts, in which slashes and other braces may be.
///
/// `**` does not go through links to folders, which might go in a circle.
struct GlobPattern: Sendable, Hashable {
    enum Segment: Sendable, Hashable {
        case literal(String)
        case pattern(GlobName)
        case folders
    }

    /// Patterns that the braces of one may make.
    static let alternativesMax = 1000

    let isAbsolute: Bool
    let segments: [Segment]

    /// The patterns that a text stands for: one for each choice of the alternatives in braces.
    static func parse(_ text: String) throws(LogFileError) -> [GlobPattern] {
        guard !text.isEmpty else { throw LogFileError("pattern is empty") }
        var patterns: [GlobPattern] = []
        for alternative in try alternatives(text) {
            do throws(LogFileError) {
                patterns.append(try GlobPattern(alternative))
            } catch {
                throw LogFileError("\(error.message): \(text)")
            }
        }
        return patterns
    }

    private init(_ text: String) throws(LogFileError) {
        isAbsolute = text.hasPrefix("/")
        var segments: [Segment] = []
        for part in text.split(separator: "/") where part != "." {
            if part == "**" {
                if segments.last != .folders { segments.append(.folders) }
            } else if part.contains(where: { "*?[\\".contains($0) }) {
                segments.append(.pattern(try GlobName(part)))
            } else {
                segments.append(.literal(String(part)))
            }
        }
        // `logs/**` is all files below.
        if segments.last == .folders { segments.append(.pattern(try GlobName("*"))) }
        self.segments = segments
    }

    /// Takes the first outermost braces apart until there are none.
    private static func alternatives(_ text: String) throws(LogFileError) -> [String] {
        var pending = [text]
        var done: [String] = []
        while let text = pending.popLast() {
            guard done.count + pending.count < alternativesMax else {
                throw LogFileError("pattern has more than \(alternativesMax) alternatives")
            }
            guard let (before, choices, after) = try braces(text) else {
                done.append(text)
                continue
            }
            // Last in, first out: the order of writing is kept.
            for choice in choices.reversed() { pending.append(before + choice + after) }
        }
        return done
    }

    /// The first braces of a text and what is around them; nil when there are none.
    private static func braces(_ text: String) throws(LogFileError) -> (String, [String], String)? {
        var depth = 0
        var start: String.Index?
        var choiceStart = text.startIndex
        var choices: [String] = []
        var isEscaped = false
        var isInBrackets = false
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
                continue
            }
            switch character {
            case "\\": isEscaped = true
            case "[" where text[index...].contains("]"): isInBrackets = true
            case "]": isInBrackets = false
            case "{" where !isInBrackets:
                if depth == 0 {
                    start = index
                    choiceStart = text.index(after: index)
                }
                depth += 1
            case "," where depth == 1 && !isInBrackets:
                choices.append(String(text[choiceStart..<index]))
                choiceStart = text.index(after: index)
            case "}" where depth > 0 && !isInBrackets:
                depth -= 1
                if depth == 0, let start {
                    choices.append(String(text[choiceStart..<index]))
                    return (String(text[..<start]), choices, String(text[text.index(after: index)...]))
                }
            default: break
            }
        }
        guard depth == 0 else { throw LogFileError("pattern has a '{' without '}': \(text)") }
        return nil
    }

    /// Whether a path is one of the pattern's.
    func matches(_ path: String) -> Bool {
        guard isAbsolute == path.hasPrefix("/") else { return false }
        let parts = path.split(separator: "/").filter { $0 != "." }
        // As with stars in names: back to the last `**` that may take one folder more.
        var part = 0
        var segment = 0
        var retry: (segment: Int, part: Int)?
        while part < parts.count {
            if segment < segments.count {
                if case .folders = segments[segment] {
                    segment += 1
                    retry = (segment, part)
                    continue
                }
                if Self.matches(segments[segment], parts[part]) {
                    segment += 1
                    part += 1
                    continue
                }
            }
            guard let (retrySegment, retryPart) = retry else { return false }
            retry = (retrySegment, retryPart + 1)
            segment = retrySegment
            part = retryPart + 1
        }
        return segment == segments.count
    }

    private static func matches(_ segment: Segment, _ part: Substring) -> Bool {
        switch segment {
        case .literal(let text): text == part
        case .pattern(let name): name.matches(part)
        case .folders: false
        }
    }
}

/// Patterns of files to leave out: with the name alone when there is no slash, else with the end of the path or, when the
/// pattern is absolute, with all of it.
struct GlobExclusion: Sendable {
    private let names: [GlobName]
    private let paths: [GlobPattern]

    init(_ patterns: [String]) throws(LogFileError) {
        var names: [GlobName] = []
        var paths: [GlobPattern] = []
        for text in patterns {
            for pattern in try GlobPattern.parse(text) {
                switch pattern.segments.count == 1 && !pattern.isAbsolute ? pattern.segments.first : nil {
                case .pattern(let name): names.append(name)
                case .literal(let name): names.append(try GlobName(name))
                default: paths += try pattern.isAbsolute ? [pattern] : GlobPattern.parse("/**/" + text)
                }
            }
        }
        self.names = names
        self.paths = paths
    }

    func contains(_ path: String) -> Bool {
        if names.isEmpty && paths.isEmpty { return false }
        let name = path.split(separator: "/").last ?? ""
        return names.contains { $0.matches(name) } || paths.contains { $0.matches(path) }
    }
}
