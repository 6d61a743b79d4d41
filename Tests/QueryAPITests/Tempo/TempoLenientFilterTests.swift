import TraceQL
import Testing

@testable import QueryAPI

@Suite("filters that are still being typed")
struct TempoLenientFilterTests {
    @Test(
        "what is complete is kept",
        arguments: [
            (#"{ span.a = "x" }"#, #"{ span.a = "x" }"#),
            (#"{ span.a = "x" && resource.b = }"#, #"{ span.a = "x" }"#),
            (#"{ resource.b = && span.a = "x" }"#, #"{ span.a = "x" }"#),
            (#"{ span.a = "x" && resource.b }"#, #"{ span.a = "x" }"#),
            (#"{ span.a = "x" && }"#, #"{ span.a = "x" }"#),
            (#"{ span.a = "x" &&"#, #"{ span.a = "x" }"#),
            (#"{ span.a = "x" || span.b = "y" && status = }"#, #"{ span.a = "x" || span.b = "y" }"#),
            (#"{ (span.a = "x" || span.a = "y") && kind = }"#, #"{ span.a = "x" || span.a = "y" }"#),
            (#"{ (span.a = "x" || span.a = ) && kind = server }"#, #"{ span.a = "x" && kind = server }"#),
            (#"{ (span.a = "x" && }"#, #"{ span.a = "x" }"#),
            (#"{ span.a = "x && y" && span.b = }"#, #"{ span.a = "x && y" }"#),
            (#"{ span.a = "} \" (" && span.b = }"#, #"{ span.a = "} \" (" }"#),
            (#"{ span.a = `x"` && span.b = }"#, #"{ span.a = `x"` }"#),
            (#""{ span.a = "x" }""#, #"{ span.a = "x" }"#),
            ("  { status = error && duration > }  ", "{ status = error }"),
            (#"{ span.a = "x" } | rate()"#, #"{ span.a = "x" }"#),
        ])
    func kept(text: String, filter: String) throws {
        #expect(TempoLenientFilter.parse(text) == (try TraceQLParser.parse(filter)))
    }

    @Test(
        "what has nothing complete filters nothing",
        arguments: [
            "", "{}", "{ }", "{ true }", "{ span.foo = }", "{ span.foo }", "{", "}", "x", "span.a =",
            #"{ span.a = "x" } && { span.b = "y" }"#, #"{ span.a = "x" } | count() > 2"#, "{ span.a = \"x",
            "((((", "{ ((((((((((((((((((((((((((((((((((((", String(repeating: "{ && ", count: 10_000),
        ])
    func nothing(text: String) {
        #expect(TempoLenientFilter.parse(text) == nil)
    }
}
