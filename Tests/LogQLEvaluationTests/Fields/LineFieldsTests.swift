import LogQLEvaluation
import Testing

@Suite struct LineFieldsTests {
    private func fields(_ line: String) -> [String] {
        LineFields().find(in: line).map { "\($0.parser) \($0.label)=\($0.value) \($0.path.joined(separator: "/"))" }
    }

    @Test func jsonFieldsHaveTheirPath() {
        #expect(
            fields(#"{"a b":{"c":"x","c":"y"},"n":1,"z":null,"l":[1]}"#) == ["json a_b_c=x a b/c", "json n=1 n"])
    }

    @Test func otherLinesAreLogfmt() {
        #expect(fields(#"a=1 b="x y" c flag= a=2"#) == ["logfmt a=1 ", "logfmt b=x y "])
        #expect(fields("just words") == [])
        #expect(fields("") == [])
        #expect(fields(#"{"a":1"#) == [])
    }

    @Test func fieldsAreBounded() {
        let line = (0..<50).map { "k\($0)=1" }.joined(separator: " ")
        #expect(LineFields(limits: PipelineLimits(lineLabelsMax: 7)).find(in: line).count == 7)
    }

    @Test(arguments: [
        #"{"a":{"b":{"c":1}},"a_b":{"c":2},"x":"\u00e9","9":true}"#, #"{"":{"q":1},"q":2,"z":[{}],"w":"\x"}"#,
        #"a-b=1 a_b=2 9=3 q="\"" =x y="#,
    ])
    func fieldsAreWhatTheParserFinds(line: String) throws {
        let fields = LineFields().find(in: line)
        let parser = try #require(fields.first?.parser)
        let parsed = try TestRecords.run("| \(parser)", line)?.parsed
        #expect(fields.map { "\($0.label)=\($0.value)" }.sorted().joined(separator: " ") == parsed)
    }
}
