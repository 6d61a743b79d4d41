import Testing
import TraceQL

@Suite struct PrinterTests {
    @Test("A tree prints as a query that parses to the same tree", arguments: 0..<20)
    func roundTrip(_ seed: Int) throws {
        var trees = RandomTree(random: SplitMix(state: UInt64(seed) &* 7919 &+ 1))
        for _ in 0..<250 {
            let query = trees.query()
            let text = query.description
            do throws(TraceQLError) {
                let again = try TraceQLParser.parseWithoutChecks(text)
                #expect(again == query, "\(text) became \(again)")
            } catch {
                Issue.record("\(text): \(error)")
            }
        }
    }

    @Test("The canonical text has one space around operators and the fewest parentheses")
    func canonical() throws {
        let pairs = [
            ("{}", "{ true }"),
            ("{(.a)}", "{ .a }"),
            ("{(.a=1)||((.b=2)&&.c)}", "{ .a = 1 || (.b = 2 && .c) }"),
            ("{(.a +.b)*2-(3-4)=1}", "{ (.a + .b) * 2 - (3 - 4) = 1 }"),
            ("{(2^3)^4=2^(3^4)}", "{ (2 ^ 3) ^ 4 = 2 ^ 3 ^ 4 }"),
            ("{-(-1)=--.a}", "{ 1 = --.a }"),
            ("{ (-1)*2 = -1 * 2 }", "{ (-1) * 2 = -1 * 2 }"),
            ("{!(.a && .b)}", "{ !(.a && .b) }"),
            ("{span:duration>trace:duration}", "{ duration > traceDuration }"),
            ("{trace:rootService=span:name&&trace:rootName=\"\"}", "{ rootServiceName = name && rootName = \"\" }"),
            ("({.a})&&({.b}>>{.c})", "{ .a } && { .b } >> { .c }"),
            ("{.a}&&({.b}||{.c})", "{ .a } && ({ .b } || { .c })"),
            ("({.a}|count()>1)||({.b})", "({ .a } | count() > 1) || { .b }"),
            ("({.a}|count()>1)", "{ .a } | count() > 1"),
            ("count()>(1+2)*3|by( .a )|coalesce ( )", "count() > (1 + 2) * 3 | by(.a) | coalesce()"),
            ("{}|select(.a,span:name)", "{ true } | select(.a, name)"),
            ("(({}|count()))>3", "({ true } | count()) > 3"),
            ("({})|rate()by(.a,name)>1|topk(2)", "{ true } | rate() by (.a, name) > 1 | topk(2)"),
            ("3*2+({}|rate())", "6 + ({ true } | rate())"),
            ("(({}|rate())+1)*(2/4)", "(({ true } | rate()) + 1) * 0.5"),
            ("({}|rate()>6)*100>5", "({ true } | rate() > 6) * 100 > 5"),
            ("{}|compare({status=error},10)", "{ true } | compare({ status = error })"),
            ("{}|compare({.a},5,1,2)", "{ true } | compare({ .a }, 5, 1, 2)"),
            ("{}|quantile_over_time(duration,.5,1)", "{ true } | quantile_over_time(duration, 0.5, 1)"),
            ("{}|rate()with(sample=0.1,x=true)", "{ true } | rate() with (sample=0.1, x=true)"),
            ("{}|avg_over_time(duration)>1500ms", "{ true } | avg_over_time(duration) > 1.5"),
        ]
        for (text, expected) in pairs {
            let printed = try TraceQLParser.parseWithoutChecks(text).description
            #expect(printed == expected, "\(text)")
        }
    }

    @Test("Durations print in the units of Go without zeros")
    func durations() {
        let pairs: [(Int64, String)] = [
            (0, "0s"), (1, "1ns"), (1500, "1.5µs"), (250_000_000, "250ms"), (1_500_000_000, "1.5s"),
            (90_000_000_000, "1m30s"), (3_600_000_000_000, "1h"), (3_600_000_000_001, "1h0.000000001s"),
            (-60_000_000_000, "-1m"), (86_400_000_000_000, "24h"),
        ]
        for (nanoseconds, text) in pairs { #expect(Value.duration(nanoseconds).description == text) }
    }

    @Test("A value prints as it is written, a list in brackets")
    func values() {
        #expect(Value.double(1).description == "1.0")
        #expect(Value.string("a\"\n\u{1}").description == "\"a\\\"\\n\\u0001\"")
        #expect(Value.list([.int(1), .none]).description == "[1, nil]")
        #expect(Value.kind(.internal).description == "internal")
    }
}
