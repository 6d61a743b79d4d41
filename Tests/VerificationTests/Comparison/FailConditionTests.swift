import Testing

@testable import Verification

@Suite("Conditions of failing")
struct FailConditionTests {
    private func slower(_ a: Double, _ b: Double, _ verdict: ComparisonFinding.Verdict = .different)
        -> ComparisonFinding
    {
        var finding = ComparisonFinding(.slower, service: "s", name: "n")
        finding.a = .init(a)
        finding.b = .init(b)
        finding.verdict = verdict
        return finding
    }

    @Test("a condition is met by differences of its group, from its threshold on")
    func met() throws {
        #expect(try FailCondition("slower").isMet(by: slower(100, 111)))
        #expect(try FailCondition("slower:10%").isMet(by: slower(100, 111)))
        #expect(try !FailCondition("slower:20%").isMet(by: slower(100, 111)))
        #expect(try !FailCondition("faster").isMet(by: slower(100, 111)))
        #expect(try FailCondition("any").isMet(by: slower(100, 111)))
        #expect(try !FailCondition("any").isMet(by: slower(100, 111, .tooFew)))
        #expect(try !FailCondition("slower").isMet(by: slower(100, 111, .same)))
    }

    @Test("a list has a condition for each part, and wrong parts are named")
    func list() throws {
        #expect(try FailCondition.list("slower:5%, errors").map(\.text) == ["slower:5%", "errors"])
        #expect(throws: ComparisonError.self) { try FailCondition.list("slower,") }
        #expect(throws: ComparisonError.self) { try FailCondition.list("quicker") }
        #expect(throws: ComparisonError.self) { try FailCondition.list("slower:10") }
        #expect(throws: ComparisonError.self) { try FailCondition.list("slower:-1%") }
        #expect(throws: ComparisonError.self) { try FailCondition.list("attributes:10%") }
        #expect(throws: ComparisonError.self) { try FailCondition.list("any:10%") }
    }

    @Test("a threshold below what counts as a change lowers that")
    func lowers() throws {
        var options = ComparisonOptions()
        try FailCondition("slower:5%").lower(&options)
        #expect(options.relativeMin == 0.05)
        try FailCondition("slower:50%").lower(&options)
        #expect(options.relativeMin == 0.05)
    }

    @Test(
        "a pattern matches with stars and question marks, in any case of letters",
        arguments: [
            ("GET /items", "get *", true), ("GET /items", "*items", true), ("GET /items", "GET /item?", true),
            ("GET /items", "items", false), ("", "*", true), ("abc", "a*b*d", false), ("aXbXc", "a*b*c", true),
        ])
    func patterns(text: String, pattern: String, matches: Bool) {
        #expect(IgnorePattern.matches(Array(text.lowercased()), Array(pattern.lowercased())) == matches)
    }
}
