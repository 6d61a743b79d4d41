import LogQLEvaluation
import Testing

@Suite struct ParserStageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let stages: String
        let line: String
        let parsed: String

        init(_ stages: String, _ line: String, _ parsed: String) {
            self.stages = stages
            self.line = line
            self.parsed = parsed
        }

        var testDescription: String { "\(stages) | \(line)" }
    }

    private static let unterminated = "Value is string, but can't find closing '\"' symbol"

    @Test(arguments: [
        Row(
            "| json", #"{"a":"b","n":-1.5e3,"t":true,"f":false,"x":null,"l":[1,{"y":2}]}"#,
            "a=b f=false n=-1.5e3 t=true"),
        Row("| json", #"{"o":{"p":{"q":1},"r":"s"},"o2":{}}"#, "o_p_q=1 o_r=s"),
        Row("| json", #"{"a b":1,"9":2," c ":3,"é-x":4,"":5}"#, "_9=2 __x=4 a_b=1 c=3"),
        Row("| json", #"{"9":{"9":1}}"#, "_9_9=1"),
        Row("| json", #"{"a":1,"a":2,"b":{"c":1},"b_c":2}"#, "a=1 b_c=1"),
        Row("| json", #"  {"a" : 1 , "b" :2}  trailing"#, "a=1 b=2"),
        Row("| json", #"{"a":"q\"\\\/\n\u00e9\ud83d\ude00"}"#, "a=q\"\\/\né😀"),
        Row("| json", #"{"a":"\ud83d","b":"\x","c":"\u12","d":"e"}"#, "a= b= c= d=e"),
        Row("| json", #"{"a\u0062":"c"}"#, "ab=c"),
        Row("| json", "{\"a\":\"x\u{FFFD}y\"}", "a=x y"),
        Row("| json", #"{"level":"x"}"#, "level=x"),
        Row("| json", #"{"app":"x"}"#, "app_extracted=x"),
        Row("| json", "{}", ""),
        // What was found before the mistake stays.
        Row("| json", #"{"a":1,"b":"#, "__error__=JSONParserErr __error_details__=Malformed JSON error a=1"),
        Row("| json", #"{"a":1,"b":"c"#, "__error__=JSONParserErr __error_details__=\(unterminated) a=1"),
        Row(
            "| json", #"{"a":1,"o":{"b":2"#,
            "__error__=JSONParserErr __error_details__=Value looks like object, but can't find closing '}' symbol a=1"),
        Row("| json", #"{"a":tru}"#, "__error__=JSONParserErr __error_details__=Unknown value type"),
        Row(
            "| json", "",
            "__error__=JSONParserErr __error_details__=Value looks like object, but can't find closing '}' symbol"),
        Row(
            "| json", "[1]",
            "__error__=JSONParserErr __error_details__=Value looks like object, but can't find closing '}' symbol"),
        Row(
            #"| json a="b.c[1]", d="e[\"f g\"]", h"#, #"{"b":{"c":[1,{"x":"y"}]},"e":{"f g":"v"},"h":null}"#,
            #"a={"x":"y"} d=v h="#),
        Row(#"| json a="b.c[1].x""#, #"{"b":{"c":[1,{"x":"y"}]}}"#, "a=y"),
        Row(#"| json a="[1]""#, #"["x","y"]"#, "a=y"),
        Row(#"| json a="b", c="d""#, #"{"b":[1, 2]}"#, "a=[1, 2] c="),
        Row(#"| json a="b", app="c""#, #"{"c":"n\tl","b":1}"#, "a=1 app_extracted=n\tl"),
        Row(#"| json a="b""#, #"{"b":1,"b":2, broken"#, "a=1"),
        Row(#"| json a="b""#, "text", "__error__=JSONParserErr"),
        Row(#"| json a="b""#, "", ""),
        Row("| logfmt", #"a=1 b="x y" c= d e="q\"\n" f='z'"#, "a=1 b=x y e=q\"\n f='z'"),
        Row("| logfmt --keep-empty", #"a= b c="" d=1"#, "a= b= c= d=1"),
        Row("| logfmt", "a-b=1 9=2 a.b=3 é=4", "_=4 _9=2 a_b=1"),
        Row("| logfmt", #"ok=1 x"y=2 =3 z=a=b w=4 q="open"#, "ok=1 w=4"),
        Row(
            "| logfmt --strict", "ok=1 z=a=b w=4",
            "__error__=LogfmtParserErr __error_details__=logfmt syntax error at pos 9 : unexpected '=' ok=1"),
        Row(
            "| logfmt --strict", #"ok=1 q="open"#,
            "__error__=LogfmtParserErr __error_details__=logfmt syntax error at pos 13 : unterminated quoted value ok=1"
        ),
        Row("| logfmt --strict", "  a=1\t\n b=2  ", "a=1 b=2"),
        Row("| logfmt", "app=x app=y", "app_extracted=x"),
        Row(#"| logfmt a, b="c", d"#, "a=1 c=2", "a=1 b=2 d="),
        Row(#"| logfmt b="c""#, "b=1 c=2", "b=2"),
        Row("| pattern `<ip> - <_> <path>`", "1.2.3.4 - x /y z", "ip=1.2.3.4 path=/y z"),
        Row("| pattern `<a> <b>`", "only", "a=only"),
        Row("| pattern `GET <path> HTTP`", "POST /x HTTP", ""),
        Row("| pattern `<a>: <b>.`", "k: v. rest", "a=k b=v"),
        Row("| pattern `<app>`", "x", "app_extracted=x"),
        Row("| pattern `<_>[<level>] <msg>`", "t[info] é", "level=info msg=é"),
        Row(#"| regexp `(?P<m>\w+) (?P<n>\d+)?`"#, "..GET x", "m=GET n="),
        Row(#"| regexp `(?P<app>\d+)(x)`"#, "12x", "app_extracted=12"),
        Row(#"| regexp `(?P<a>\d+)`"#, "none", ""),
        // A dot does not match a line feed.
        Row("| regexp `(?P<a>.+)`", "x\ny", "a=x"),
        Row("| unpack", #"{"a":"b","n":1,"o":{"x":"y"},"app":"z","_entry":"l"}"#, "a=b app_extracted=z"),
        // Without an entry it was not packed.
        Row("| unpack", #"{"a":"b"}"#, ""),
        Row("| unpack", "x", "__error__=JSONParserErr __error_details__=expecting json object(6), but it is not"),
        Row("| unpack", "", ""),
        // The first parser that finds a name keeps it.
        Row(
            "| logfmt | regexp `a=(?P<a>.)` | json", "a=12",
            "__error__=JSONParserErr __error_details__=Value looks like object, but can't find closing '}' symbol a=12"),
    ])
    func extractsLabels(_ row: Row) throws {
        let outcome = try TestRecords.run(row.stages, row.line)
        #expect(outcome?.parsed == row.parsed)
        #expect(outcome?.stream == "app=a")
    }

    @Test func aNameGoesToTheStreamBeforeMetadataBeforeWhatIsParsed() throws {
        let outcome = try TestRecords.run(
            "| logfmt", "sl=p md=p tri=p", stream: ["app": "a", "sl": "s", "sm": "s", "tri": "s"],
            metadata: [("md", "m"), ("sm", "m"), ("tri", "m")])
        #expect(outcome?.stream == "app=a sl=s sm=s tri=s")
        #expect(outcome?.metadata == "md=m sm_extracted=m")
        #expect(outcome?.parsed == "md_extracted=p sl_extracted=p tri_extracted=p")
    }

    @Test func aDroppedStreamLabelStillClashesAndDroppedMetadataDoesNot() throws {
        let outcome = try TestRecords.run(
            "| drop app, m | logfmt", "app=x m=y", metadata: [("m", "z")])
        #expect(outcome == .init(line: "app=x m=y", stream: "", metadata: "", parsed: "app_extracted=x m=y"))
    }

    @Test func unpackReplacesTheLine() throws {
        #expect(try TestRecords.run("| unpack", #"{"_entry":"a \"b\""}"#)?.line == #"a "b""#)
        #expect(try TestRecords.run("| unpack | logfmt", #"{"_entry":"code=42"}"#)?.parsed == "code=42")
    }

    @Test func nestingIsBounded() throws {
        for stages in ["| json", #"| json a="b.c""#] {
            let deep = String(repeating: #"{"b":"#, count: 200_000)
            let outcome = try TestRecords.run(stages, deep)
            #expect(outcome?.parsed.hasPrefix("__error__=JSONParserErr") == (stages == "| json"))
        }
        let nested = String(repeating: #"{"a":"#, count: 101) + "1" + String(repeating: "}", count: 101)
        #expect(try TestRecords.run("| json", nested)?.parsed.hasPrefix("__error__=JSONParserErr") == true)
        let allowed = String(repeating: #"{"a":"#, count: 100) + "1" + String(repeating: "}", count: 100)
        #expect(try TestRecords.run("| json", allowed)?.parsed.hasPrefix("a_a_a") == true)
    }

    @Test func labelsOfALineAreBounded() throws {
        let line = (0..<20).map { "k\($0)=\($0)" }.joined(separator: " ")
        let outcome = try TestRecords.run("| logfmt", line, limits: PipelineLimits(lineLabelsMax: 3))
        #expect(
            outcome?.parsed
                == "__error__=LabelLimitErr __error_details__=line has more labels than the limit of 3 k0=0 k1=1 k2=2")
    }
}
