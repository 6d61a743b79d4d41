import PrometheusModel
import Testing

/// `Regexp.ReplaceAllString` of Go.
@Suite struct PatternReplaceTests {
    @Test(
        "matches are replaced from left to right, empty ones not next to another",
        arguments: [
            ("a", "banana", "b", "bbnbnb"), ("a*", "baac", "-", "-b-c-"), ("", "äö", "-", "-ä-ö-"), ("x", "", "y", ""),
            ("^", "ab", "-", "-ab"), ("$", "ab", "-", "ab-"), ("^a", "aaa", "x", "xaa"),
            (#"\bfoo\b"#, "foo foofoo foo", "x", "x foofoo x"),
            ("(a)(b)?", "ab a", "[$1|$2]", "[a|b] [a|]"), ("(?P<n>b)", "abc", "<${n}>", "a<b>c"),
            ("b", "abc", "$1x$$", "a$c"),
        ])
    func replacements(pattern: String, text: String, replacement: String, result: String) throws {
        let pattern = try Pattern(pattern, dotMatchesNewline: false)
        #expect(pattern.replaceAll(in: text, with: replacement) == result)
    }
}
