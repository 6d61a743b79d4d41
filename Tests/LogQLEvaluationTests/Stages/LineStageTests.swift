import LogQLEvaluation
import Testing

@Suite struct LineStageTests {
    @Test(arguments: [
        (#"|= "b""#, "abc", true), (#"|= """#, "", true), (#"|= "bc""#, "ab", false), (#"!= "b""#, "abc", false),
        (#"|= "B""#, "abc", false), (#"|= "x" or "c""#, "abc", true), (#"!= "x" or "c""#, "abc", false),
        (#"|~ "a.c""#, "xabcx", true), (#"|~ "^a.c$""#, "xabcx", false), (#"!~ "a.c""#, "abd", true),
        (#"|~ "a.c""#, "a\nc", false), (#"|~ "(?i)ERROR|b""#, "an eRRor", true), (#"|~ "(?i)é""#, "É", true),
        (#"|~ "a\\.b|c""#, "axb", false), (#"|~ "a\\.b|c""#, "a.b", true), (#"|~ ".*""#, "", true),
        (#"|~ ".+""#, "", false), (#"|~ "a|""#, "b", true), (#"|~ "x" or "b""#, "abc", true),
        (#"|> "GET <_> 200""#, "GET /api 200", true), (#"|> "GET <_> 200""#, "GET  200", false),
        (#"|> "GET /api""#, "GET /api 200", false), (#"|> "<_> bar <_>""#, " bar ", false),
        (#"|> "<_>bar<_>""#, " bar ", true), (#"|> "foo <_>""#, "foo bar baz", true),
        (#"|> "<_> baz""#, "foo bar baz", true),
        (#"!> "foo <_>""#, "foo bar", false), (#"|> "<_>""#, "", false),
        (#"|= ip("192.168.0.0/16")"#, "from 192.168.4.5:80", true), (#"!= ip("192.168.0.0/16")"#, "none", true),
        (#"|= ip("10.0.0.1-10.0.0.9")"#, "x 10.0.0.10", false), (#"|= ip("2001:db8::/32")"#, "[2001:db8::1]", true),
    ])
    func lineFilters(stage: String, line: String, isKept: Bool) throws {
        #expect(try (TestRecords.run(stage, line) != nil) == isKept)
    }

    @Test(arguments: [
        (#"| a="x""#, true), (#"| a!="x""#, false), (#"| a=~"x|y""#, true), (#"| a=~"""#, false),
        (#"| a!~"(?i)X""#, false),
        (#"| none="""#, true), (#"| none!="""#, false), (#"| none=~".*""#, true), (#"| none=~".+""#, false),
        ("| n > 1", true), ("| n == 2.0", true), ("| n < 2", false), ("| none > 1", false), ("| a > 1", true),
        ("| d >= 1500ms", true), ("| d < 1s", false), ("| s > 1KB", true), ("| s = 2KiB", true), ("| s != 2KiB", false),
        (#"| i = ip("10.0.0.0/8")"#, true), (#"| i != ip("10.0.0.0/8")"#, false),
        (#"| none = ip("10.0.0.0/8")"#, false),
        ("| n > 1 and d > 5s", false), ("| n > 5 or d > 1s", true), (#"| (n > 5 or a="x") and s > 1KB"#, true),
        ("| a > 1 and n > 5", false), (#"| app="a" or a > 1"#, true),
        (#"| a > 1 | __error__="""#, false), (#"| a > 1 | __error__="LabelFilterErr""#, true),
        (#"| a > 1 | none = ip("10.0.0.0/8")"#, true),
    ])
    func labelFilters(stage: String, isKept: Bool) throws {
        let line = "n=2 d=1.5s s=2048 i=10.1.2.3:80 a=x"
        #expect(try (TestRecords.run("| logfmt " + stage, line) != nil) == isKept)
    }

    @Test func theFirstFailingFilterOwnsTheError() throws {
        let parsed = try TestRecords.run("| logfmt | a > 1s | b > 2MB", "a=90 b=oops")?.parsed
        #expect(
            parsed
                == #"__error__=LabelFilterErr __error_details__=time: missing unit in duration "90" a=90 b=oops"#)
        #expect(try TestRecords.run(#"| logfmt | a="1" or a > 1s"#, "a=1")?.parsed == "a=1")
    }

    @Test(arguments: [
        ("| line_format `{{.a}}-{{.app}}`", "x-a"), ("| line_format `{{.none}}`", ""),
        ("| line_format `{{__line__}}!`", "a=x b=y!"), ("| line_format `{{.a | upper}}` |= `X`", "X"),
        ("| line_format `{{.__error__}}`", ""),
    ])
    func lineFormat(stage: String, line: String) throws {
        #expect(try TestRecords.run("| logfmt " + stage, "a=x b=y")?.line == line)
    }

    @Test(arguments: [
        ("| label_format c=a", "b=y c=x", "app=a"), ("| label_format c=none", "a=x b=y", "app=a"),
        ("| label_format a=app", "a=a b=y", ""), ("| label_format app=`{{.a}}!`", "a=x app=x! b=y", ""),
        // All templates of a stage see the labels as they were.
        ("| label_format a=`1`, c=`{{.a}}`", "a=1 b=y c=x", "app=a"),
        ("| label_format a=b, c=`{{.a}}`", "a=y c=y", "app=a"),
    ])
    func labelFormat(stage: String, parsed: String, stream: String) throws {
        let outcome = try TestRecords.run("| logfmt " + stage, "a=x b=y")
        #expect(outcome?.parsed == parsed)
        #expect(outcome?.stream == stream)
    }

    @Test(arguments: [
        ("| drop a", "b=y", "m=1", "app=a"), (#"| drop a="x", b="z""#, "b=y", "m=1", "app=a"),
        ("| drop app, m, none", "a=x b=y", "", ""), ("| keep a", "a=x", "", ""), (#"| keep a="z", m"#, "", "m=1", ""),
        (#"| keep app=~"a|b", b"#, "b=y", "", "app=a"),
    ])
    func dropAndKeep(stage: String, parsed: String, metadata: String, stream: String) throws {
        let outcome = try TestRecords.run("| logfmt " + stage, "a=x b=y", metadata: [("m", "1")])
        #expect(outcome == .init(line: "a=x b=y", stream: stream, metadata: metadata, parsed: parsed))
    }

    @Test func errorsAreDroppedByNameAndSurviveKeep() throws {
        #expect(try TestRecords.run("| json | drop __error__, __error_details__", "x")?.parsed == "")
        #expect(
            try TestRecords.run(#"| json | drop __error__="other""#, "x")?.parsed.hasPrefix("__error__=JSON") == true)
        #expect(try TestRecords.run("| json | keep none", "x")?.parsed.hasPrefix("__error__=JSON") == true)
    }

    @Test(arguments: [
        ("\u{1B}[31mred\u{1B}[0m text", "red text"), ("plain", "plain"), ("\u{1B}[1;32;40mx", "x"), ("\u{9B}2Jx", "x"),
        ("a\u{1B}", "a\u{1B}"), ("é\u{1B}[0mé", "éé"), ("\u{1B}]0;title\u{07}x", "x"),
    ])
    func decolorize(line: String, expected: String) throws {
        #expect(try TestRecords.run("| decolorize", line)?.line == expected)
    }

    @Test func anErrorOfTheSenderCounts() throws {
        let metadata = [("__error__", "boom"), ("x", "1")]
        #expect(try TestRecords.run("", "l", metadata: metadata)?.parsed == "__error__=boom")
        #expect(try TestRecords.run(#"| __error__="""#, "l", metadata: metadata) == nil)
    }

    @Test func aFieldCalledErrorGivesWayToTheRealOne() throws {
        let parsed = try TestRecords.run("| logfmt --strict", "__error__=x y=z=")?.parsed
        #expect(parsed?.hasPrefix("__error__=LogfmtParserErr __error_details__=") == true)
        #expect(parsed?.contains("__error__=x") == false)
        #expect(try TestRecords.run("| logfmt", "__error__=x")?.parsed == "__error__=x")
    }
}
