import QueryEngines
import TelemetryModel
import TraceQL
import Testing

@testable import QueryAPI

@Suite("names and values of tags")
struct TempoTagAnswerTests {
    private static let metrics = #""metrics":{"completedJobs":1,"totalJobs":1}"#
    private static let queries = TempoFakeQueries {
        $0.names = [.span: ["a", "b"], .resource: ["a", "service.name"], .link: []]
        $0.values = [
            TagValue(type: "string", text: "x \"y\""), TagValue(type: "int", text: "5"),
            TagValue(type: "keyword", text: "error"),
        ]
    }
    private static let intrinsics = TempoTagAnswer.intrinsics.map { "\"\($0)\"" }.joined(separator: ",")

    @Test("names come by scope without its prefix; the fields of spans are a scope")
    func scopes() async {
        let all = await TempoSamples.answer(Self.queries, .scopedTagNames, [("limit", "5000")])
        #expect(
            all.text
                == #"{"scopes":[{"name":"resource","tags":["a","service.name"]},{"name":"span","tags":["a","b"]},"#
                + #"{"name":"intrinsic","tags":[\#(Self.intrinsics)]}],\#(Self.metrics)}"#)
        let span = await TempoSamples.answer(Self.queries, .scopedTagNames, [("scope", "span"), ("limit", "1")])
        #expect(span.text == #"{"scopes":[{"name":"span","tags":["a"]}],\#(Self.metrics)}"#)
        let fields = await TempoSamples.answer(Self.queries, .scopedTagNames, [("scope", "intrinsic")])
        #expect(fields.text == #"{"scopes":[{"name":"intrinsic","tags":[\#(Self.intrinsics)]}],\#(Self.metrics)}"#)
        let wrong = await TempoSamples.answer(Self.queries, .scopedTagNames, [("scope", "x")])
        #expect(wrong.status == 400)
        #expect(
            wrong.text
                == "invalid scope: \"x\", scopes are resource, span, event, link, instrumentation, intrinsic")
    }

    @Test("the first version joins the scopes")
    func names() async {
        let all = await TempoSamples.answer(Self.queries, .tagNames)
        #expect(all.text == #"{"tagNames":["a","b","service.name"],\#(Self.metrics)}"#)
        let fields = await TempoSamples.answer(Self.queries, .tagNames, [("scope", "intrinsic")])
        #expect(
            fields.text
                == #"{"tagNames":[\#(TempoTagAnswer.intrinsics.sorted().map { "\"\($0)\"" }.joined(separator: ","))],\#(Self.metrics)}"#
        )
    }

    @Test("a filter, a time and a limit reach the store")
    func request() async {
        let queries = TempoFakeQueries()
        _ = await TempoSamples.answer(
            queries, .scopedTagNames,
            [("q", "{ span.a = 1 && span.b = }"), ("start", "10"), ("end", "20"), ("limit", "7"), ("scope", "all")])
        let names = queries.asked.tagNames.first
        #expect(names?.scope == nil)
        #expect(names?.limit == 7)
        #expect(names?.range == TraceTimeRange(start: 10_000_000_000, end: 20_000_000_000))
        #expect(names?.filter == (try? TraceQLParser.parse("{ span.a = 1 }")))
        // One time alone bounds one side.
        _ = await TempoSamples.answer(queries, .scopedTagNames, [("start", "10")])
        #expect(queries.asked.tagNames.last?.range == TraceTimeRange(start: 10_000_000_000))
    }

    @Test("values come with their type, or as texts in the first version")
    func values() async {
        let typed = await TempoSamples.answer(Self.queries, .typedTagValues, name: "span.a")
        #expect(
            typed.text
                == #"{"tagValues":[{"type":"string","value":"x \"y\""},{"type":"int","value":"5"},"#
                + #"{"type":"keyword","value":"error"}],\#(Self.metrics)}"#)
        let limited = await TempoSamples.answer(Self.queries, .typedTagValues, [("limit", "1")], name: "span.a")
        #expect(limited.text == #"{"tagValues":[{"type":"string","value":"x \"y\""}],\#(Self.metrics)}"#)
        let texts = await TempoSamples.answer(Self.queries, .tagValues, name: "a")
        #expect(texts.text == #"{"tagValues":["5","error","x \"y\""],\#(Self.metrics)}"#)
        let errors = await TempoSamples.answer(TempoFakeQueries(), .tagValues, name: "error")
        #expect(errors.text == #"{"tagValues":["true"],\#(Self.metrics)}"#)
    }

    @Test(
        "names are read as TraceQL writes them, whatever the escapes of the path",
        arguments: [
            ("resource.service.name", .attribute(.resource, "service.name")),
            ("span.http.method", .attribute(.span, "http.method")), (".http.method", .attribute(.any, "http.method")),
            ("name", .intrinsic(.name)), ("status", .intrinsic(.status)), ("kind", .intrinsic(.kind)),
            ("event:name", .intrinsic(.eventName)), ("event%3Aname", .intrinsic(.eventName)),
            ("span:duration", .intrinsic(.duration)), ("span.a%2Fb", .attribute(.span, "a/b")),
            ("span.a%252Fb", .attribute(.span, "a/b")), ("span.a/b", .attribute(.span, "a/b")),
            ("rootServiceName", .intrinsic(.rootService)),
            ("span.%22a%20b%22", .attribute(.span, "a b")),
        ] as [(String, Attribute.Target)])
    func typedNames(name: String, target: Attribute.Target) async {
        let queries = TempoFakeQueries()
        let answer = await TempoSamples.answer(queries, .typedTagValues, [("tag", "left over")], name: name)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(queries.asked.tagValues.first?.target == target)
    }

    @Test(
        "names without a scope are of any in the first version",
        arguments: [
            ("service.name", .attribute(.any, "service.name")), ("name", .intrinsic(.name)),
            ("status.code", .intrinsic(.status)), ("root.name", .intrinsic(.rootName)),
            ("root.service.name", .intrinsic(.rootService)), ("span.a", .attribute(.any, "span.a")),
        ] as [(String, Attribute.Target)])
    func untypedNames(name: String, target: Attribute.Target) async {
        let queries = TempoFakeQueries()
        _ = await TempoSamples.answer(queries, .tagValues, name: name)
        #expect(queries.asked.tagValues.first?.target == target)
    }

    @Test("names that are none are refused", arguments: ["", "%zz", ".", "span.", "span:nothing", "parent.a"])
    func wrongNames(name: String) async {
        let answer = await TempoSamples.answer(TempoFakeQueries(), .typedTagValues, name: name)
        #expect(answer.status == 400, "\(answer.text)")
    }

    @Test("a filter that is no query filters nothing")
    func unfiltered() async {
        let queries = TempoFakeQueries()
        for text in ["{ span.foo = }", "nonsense", "{"] {
            let answer = await TempoSamples.answer(queries, .typedTagValues, [("q", text)], name: "name")
            #expect(answer.status == 200)
        }
        #expect(queries.asked.tagValues.allSatisfy { $0.filter == nil })
    }
}
