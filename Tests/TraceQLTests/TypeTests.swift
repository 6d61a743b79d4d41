import Testing
import TraceQL

@Suite struct TypeTests {
    @Test(
        "Operands of one type, numbers of all types, attributes and nil go together",
        arguments: [
            "{ 1 < 1h }", "{ 1.5 = duration }", "{ .a = status }", "{ status != ok }", "{ kind = server }",
            "{ \"a\" < name }", "{ .a =~ \"b.*\" }", "{ name !~ `b\\d` }", "{ true = false }", "{ .a && .b }",
            "{ nil = nil }", "{ nil != span:name }", "{ span.a = nil }", "{ nil = .service.name }", "{ 1 != nil }",
            "{ -.a = \"x\" }", "{ .a + 1h > 3 }", "{ trace:id =~ \"a.*\" }", "{ parent.name = \"x\" }",
            "{ parent.service.name = nil }", "max(span:childCount) > 1", "by(.a = 1)", "{ .a + .b }",
            "min(event:timeSinceStart) < 1s", "count() = avg(duration)", "{ nestedSetParent < 0 }",
        ])
    func accepted(_ text: String) throws {
        let query = try TraceQLParser.parse(text)
        #expect(try TraceQLParser.parse(query.description) == query)
    }

    @Test(
        "Other operands are refused",
        arguments: [
            "{ 1 = \"a\" }", "{ true = 1 }", "{ status = server }", "{ kind = ok }", "{ name = ok }",
            "{ duration = \"1s\" }",
            "{ true > false }", "{ status >= ok }", "{ nil > 1 }", "{ .a > nil }", "{ .a + nil = 1 }", "{ .a =~ 1 }",
            "{ duration =~ \"1s\" }", "{ status =~ \"e.*\" }", "{ .a + \"x\" = .b }", "{ .a && 1 }",
            "{ \"a\" || true }",
            "{ nil }", "{ name }", "{ duration }", "{ 5 }", "{ \"a\" }", "{ -true }", "{ -name = 1 }", "{ !duration }",
            "{ !nil }", "{ span:id = nil }", "{ true && (1 + status = 2) }", "avg(kind) > 1", "sum(.a = 1) > 1",
            "max(\"x\") > 1", "min(nil) > 1", "by(nil)", "by(name + 1)", "{ } >> { 1 }", "({ } | by(2)) && ({ })",
            "({ } | count()) > ({ } | sum(name))", "{ } | compare({ name })",
        ])
    func refused(_ text: String) {
        do throws(TraceQLError) {
            _ = try TraceQLParser.parse(text)
            Issue.record("\(text) parses")
        } catch {
            #expect(error.kind == .check, "\(error)")
        }
    }

    @Test(
        "Only the grammar of Tempo is taken",
        arguments: [
            "( true )", "{ .a < }", "{ resource. }", "{ true } = { true }", "{ true } =~ { true }",
            "{ true } % { true }",
            "count(.a) > 1", "count() =~ 1", "select()", "select(.a,)", "select(1)", "by(.a", "by()", "{ } | rate(.a)",
            "{ } | rate() by ()", "{ } | quantile_over_time(duration)", "{ } | topk(5) | rate()",
            "{ } | rate() | topk()",
            "{ } | rate() | topk(1.5)", "({ } | rate()) % 2", "5 > ({ } | rate())", "({ } | rate()) > ({ } | rate())",
            "({ } | rate()) && ({ } | rate())", "-({ } | rate())", "({ } | rate()) + count()",
            "count() + ({ } | count()) > 1",
            "({ } | count()) > 1 | { }", "{ } | ({ } | count()) > 1", "(({ } | count()) > 1)",
            "({ } | count()) > count()",
            "{ } | ({ } | count() > 1) >> { }", "{ } | ({ } | rate())", "{ } with ()", "{ } with (a=.b)",
            "{ } with a=1",
            "with (a=1)", "{ } { }", "{ } |", "| { }", "{ } || ", "max_over_time(duration)", "{ } | max_over_time(1)",
            "{ } | max_over_time(duration + 1)", "{ } | max_over_time()", "{ } | compare()", "{ } | compare({ }, 1, 2)",
            "{ } | compare({ } >> { })", "{ .a ! = 1 }", "{ 1 2 }", "{ () }", "{ ! }", "{ span.\"a }",
            "{ .a\"\\n\" = 1 }",
            "{ 0x10 = 1 }", "{ 1_000 = 1 }", "{ \"a\nb\" = 1 }", "count() > 1 > 1", "{ parent. = 1 }", "{ span:id:x }",
        ])
    func grammar(_ text: String) {
        do throws(TraceQLError) {
            let query = try TraceQLParser.parse(text)
            Issue.record("\(text) parses as \(query)")
        } catch {
            #expect(error.kind == .parse, "\(error)")
        }
    }
}
