import CRE2

/// A regular expression in the syntax of RE2, which is that of the tools we stand in for; matching takes time linear in
/// the text.
// Sendable: an RE2 object is immutable for its callers and safe to use from several threads.
package final class Pattern: @unchecked Sendable {
    /// Bytes that one compiled program may take.
    package static let memoryMax: Int64 = 8 << 20
    /// Bytes of source that are tried at all.
    package static let sourceBytesMax = 64 << 10

    package struct SyntaxError: Error, Sendable, CustomStringConvertible {
        package let reason: String
        package var description: String { reason }
    }

    package let source: String
    let expression: OpaquePointer

    /// - Parameter dotMatchesNewline: so in label matchers (`(?s:…)`); not so where Go's default holds.
    package init(_ source: String, dotMatchesNewline: Bool = true) throws(SyntaxError) {
        var source = source
        let length = source.utf8.count
        guard length <= Self.sourceBytesMax else {
            throw SyntaxError(reason: "regular expression has \(length) bytes, limit is \(Self.sourceBytesMax)")
        }
        self.source = source
        var error = [CChar](repeating: 0, count: 512)
        let made = source.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) {
                martlet_re2_new($0.baseAddress, length, dotMatchesNewline, Self.memoryMax, &error, error.count)
            }
        }
        guard let made else {
            let text = error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw SyntaxError(reason: String(decoding: text, as: UTF8.self))
        }
        expression = made
    }

    deinit { martlet_re2_free(expression) }

    /// Whether all of the text matches.
    package func matchesAll(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                martlet_re2_matches_all(expression, $0.baseAddress, $0.count)
            }
        }
    }

    /// Capturing groups, the match itself not counted.
    package var groupCount: Int { Int(martlet_re2_groups(expression)) }

    /// Names of the groups by their number, from 1.
    package var groupNames: [Int: String] {
        var names: [Int: String] = [:]
        var buffer = [CChar](repeating: 0, count: 256)
        for index in 1..<(groupCount + 1) where martlet_re2_group_name(expression, Int32(index), &buffer, buffer.count)
        {
            names[index] = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return names
    }

    /// The text of the match (first) and of each group, nil for a group that took no part; nil without a match.
    ///
    /// - Parameter anchored: all of the text must match.
    package func groups(in text: String, anchored: Bool) -> [String?]? {
        var text = text
        let count = groupCount + 1
        return text.withUTF8 { bytes -> [String?]? in
            var spans = [Int64](repeating: -1, count: 2 * count)
            let found = bytes.withMemoryRebound(to: CChar.self) {
                martlet_re2_find(expression, $0.baseAddress, $0.count, 0, anchored, &spans, count)
            }
            guard found else { return nil }
            return (0..<count).map { index in
                let begin = Int(spans[2 * index]), end = Int(spans[2 * index + 1])
                return begin < 0
                    ? nil : String(decoding: UnsafeBufferPointer(rebasing: bytes[begin..<end]), as: UTF8.self)
            }
        }
    }

    /// Replaces `$1`, `${1}`, `$name`, `${name}` and `$$` in a template by what the groups hold, as Go's
    /// `Regexp.Expand` does; an unknown group is empty.
    package func expand(_ template: String, groups: [String?]) -> String {
        guard template.utf8.contains(UInt8(ascii: "$")) else { return template }
        var names: [String: Int]?
        var result = ""
        var rest = Substring(template)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest.removeFirst()
                continue
            }
            let isBraced = rest.first == "{"
            let body = isBraced ? rest.dropFirst() : rest
            let name = body.prefix { $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber)) || ($0.isLetter) }
            let after = body[name.endIndex...]
            guard !name.isEmpty, !isBraced || after.first == "}" else {
                // Go: a malformed reference stays as it is.
                result += "$"
                continue
            }
            rest = isBraced ? after.dropFirst() : after
            let number: Int?
            if let parsed = Int(name) {
                number = parsed
            } else {
                if names == nil {
                    names = Dictionary(groupNames.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
                }
                number = names?[String(name)]
            }
            if let number, groups.indices.contains(number), let text = groups[number] { result += text }
        }
        return result + rest
    }
}
