import PrometheusModel

extension LineFunctions {
    /// Case, parts, lengths and repetition of texts. Lengths and places are bytes, but for `alignLeft` and `alignRight`,
    /// which count characters.
    static let texts: TemplateFunctions = {
        var functions: TemplateFunctions = [
            "trunc": counted { count, text throws(TemplateError) in .string(truncated(text, to: count)) },
            "substr": TemplateFunction(.int, .int, .string) { arguments throws(TemplateError) in
                guard case .int(let start) = arguments[0], case .int(let end) = arguments[1],
                    case .string(let text) = arguments[2]
                else { return .none }
                return .string(try part(of: text, start, end))
            },
            "contains": texts { part, text throws(TemplateError) in
                .bool(ByteSearch.range(of: part, in: text) != nil)
            },
            "hasPrefix": texts { prefix, text throws(TemplateError) in .bool(text.utf8.starts(with: prefix.utf8)) },
            "hasSuffix": texts { suffix, text throws(TemplateError) in
                .bool(text.utf8.reversed().starts(with: suffix.utf8.reversed()))
            },
            "indent": counted { count, text throws(TemplateError) in .string(try indented(text, by: count)) },
            "nindent": counted { count, text throws(TemplateError) in
                .string("\n" + (try indented(text, by: count)))
            },
            "replace": texts { old, new, text throws(TemplateError) in
                .string(try ByteSearch.replace(old, with: new, in: text, countMax: .max))
            },
            "Replace": TemplateFunction(.string, .string, .string, .int) { arguments throws(TemplateError) in
                guard case .string(let text) = arguments[0], case .string(let old) = arguments[1],
                    case .string(let new) = arguments[2], case .int(let count) = arguments[3]
                else { return .none }
                return .string(
                    try ByteSearch.replace(old, with: new, in: text, countMax: count < 0 ? .max : count))
            },
            "repeat": counted { count, text throws(TemplateError) in .string(try repeated(text, count)) },
            "alignLeft": counted { count, text throws(TemplateError) in
                .string(try aligned(text, to: count, isRight: false))
            },
            "alignRight": counted { count, text throws(TemplateError) in
                .string(try aligned(text, to: count, isRight: true))
            },
            "default": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
                guard arguments.count > 1, isGiven(arguments[1]) else { return arguments[0] }
                return arguments[1]
            },
        ]
        for (name, old) in [
            ("lower", "toLower"), ("ToLower", "toLower"), ("upper", "toUpper"), ("ToUpper", "toUpper"),
            ("title", "title"),
        ] {
            functions[name] = TemplateFunctions.prometheus[old]
        }
        return functions
    }()

    /// Whether `default` keeps a value.
    private static func isGiven(_ value: TemplateValue) -> Bool {
        // Structs are never empty to it.
        value.isTrue
    }

    /// The first bytes, or of a negative count the last.
    private static func truncated(_ text: String, to count: Int) -> String {
        let size = text.utf8.count
        guard count.magnitude < size.magnitude else { return text }
        return String(decoding: count < 0 ? text.utf8.suffix(-count) : text.utf8.prefix(count), as: UTF8.self)
    }

    /// From one place to another; a negative start or end is that of the text.
    private static func part(of text: String, _ start: Int, _ end: Int) throws(TemplateError) -> String {
        let size = text.utf8.count
        let (low, high) = start < 0 ? (0, end) : (start, end < 0 || end > size ? size : end)
        guard low >= 0, low <= high, high <= size else {
            throw TemplateError("slice bounds out of range [\(low):\(high)] with length \(size)")
        }
        return String(decoding: text.utf8.dropFirst(low).prefix(high - low), as: UTF8.self)
    }

    /// Spaces before each line.
    private static func indented(_ text: String, by count: Int) throws(TemplateError) -> String {
        let pad = try repeated(" ", count)
        return pad + (try ByteSearch.replace("\n", with: "\n" + pad, in: text, countMax: .max))
    }

    private static func repeated(_ text: String, _ count: Int) throws(TemplateError) -> String {
        guard count >= 0 else { throw TemplateError("strings: negative Repeat count") }
        let (size, overflow) = text.utf8.count.multipliedReportingOverflow(by: count)
        guard !overflow, size <= TemplateLimits.outputBytesMax else {
            throw TemplateError("text is longer than \(TemplateLimits.outputBytesMax) bytes")
        }
        return size == 0 ? "" : String(repeating: text, count: count)
    }

    /// Made as long as wanted: cut or filled with spaces at the end, or when it stands right at the beginning.
    private static func aligned(_ text: String, to count: Int, isRight: Bool) throws(TemplateError) -> String {
        let scalars = text.unicodeScalars
        let length = scalars.count
        guard count >= 0, count != length else { return text }
        if count > length {
            let pad = try repeated(" ", count - length)
            return isRight ? pad + text : text + pad
        }
        return isRight ? String(scalars.suffix(count)) : String(scalars.prefix(count))
    }
}

/// Looking for bytes within bytes.
enum ByteSearch {
    /// The first place of a text in another; an empty one is at the beginning.
    static func range(of part: String, in text: String) -> Range<Int>? {
        var (part, text) = (part, text)
        return part.withUTF8 { part in text.withUTF8 { text in range(of: part, in: text, from: 0) } }
    }

    /// Go's `strings.Replace`: an empty text is before each character and at the end.
    static func replace(
        _ old: String, with new: String, in text: String, countMax: Int
    ) throws(TemplateError) -> String {
        guard !old.isEmpty else { return try interleave(new, text, countMax) }
        var (old, text) = (old, text)
        var result: [UInt8]? = []
        old.withUTF8 { old in
            text.withUTF8 { text in
                var start = 0
                var count = 0
                while count < countMax, let found = range(of: old, in: text, from: start) {
                    result?.append(contentsOf: text[start..<found.lowerBound])
                    result?.append(contentsOf: new.utf8)
                    guard let size = result?.count, size <= TemplateLimits.outputBytesMax else {
                        result = nil
                        return
                    }
                    start = found.upperBound
                    count += 1
                }
                result?.append(contentsOf: text[start...])
            }
        }
        guard let result else {
            throw TemplateError("text is longer than \(TemplateLimits.outputBytesMax) bytes")
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func interleave(_ new: String, _ text: String, _ countMax: Int) throws(TemplateError) -> String {
        let scalars = text.unicodeScalars
        let (size, overflow) = new.utf8.count.multipliedReportingOverflow(by: min(countMax, scalars.count + 1))
        guard !overflow, size <= TemplateLimits.outputBytesMax else {
            throw TemplateError("text is longer than \(TemplateLimits.outputBytesMax) bytes")
        }
        var result = ""
        var count = 0
        for scalar in scalars {
            if count < countMax { result += new }
            count += 1
            result.unicodeScalars.append(scalar)
        }
        return count < countMax ? result + new : result
    }

    private static func range(
        of part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> Range<Int>? {
        guard let first = part.first else { return start..<start }
        guard part.count <= text.count else { return nil }
        var place = start
        while place <= text.count - part.count {
            if text[place] == first {
                var length = 1
                while length < part.count, text[place + length] == part[length] { length += 1 }
                if length == part.count { return place..<place + length }
            }
            place += 1
        }
        return nil
    }
}
