import Testing

/// That the runner finds what is wrong: a comparison that accepts everything would pass all scripts.
@Suite("The runner of PromQL scripts")
struct PromQLScriptRunnerTests {
    private static let data = """
        load 1m
          m{a="x"} 1+1x10
          m{a="y"} 2 4 _ stale 5x6
          h {{schema:0 count:4 sum:5 buckets:[1 2 1]}}+{{count:1 sum:1 buckets:[1]}}x3
          g {{schema:0 count:4 sum:5 buckets:[1 2 1] counter_reset_hint:gauge}}x3


        """

    private func failures(_ eval: String) async throws -> [String] {
        let runner = PromQLScriptRunner(name: "inline", script: try PromQLScript(Self.data + eval))
        return try await runner.run().failures.map(\.difference)
    }

    @Test(
        "what is as expected is no failure",
        arguments: [
            "eval instant at 2m m\n  m{a=\"x\"} 3\n  m{a=\"y\"} 4",
            "eval instant at 2m 1 + 1\n  2",
            "eval instant at 2m \"text\"\n  expect string \"text\"",
            "eval range from 0 to 4m step 1m m\n  m{a=\"x\"} 1 2 3 4 5\n  m{a=\"y\"} 2 4 4 _ 5",
            "eval_ordered instant at 2m sort_desc(m)\n  m{a=\"y\"} 4\n  m{a=\"x\"} 3",
            "eval_fail instant at 2m ceil({__name__=~\"m|n\"}) + on() m",
            "eval instant at 1m h\n  h {{schema:0 count:5 sum:6 buckets:[2 2 1]}}",
            "eval instant at 1m g\n  g {{schema:0 count:4 sum:5 buckets:[1 2 1] counter_reset_hint:gauge}}",
            "eval instant at 2m m{a=\"x\"}[2m]\n  expect range vector from 1m to 2m step 1m\n  m{a=\"x\"} 2 3",
            "eval_warn instant at 2m histogram_quantile(2, h)\n  {} Inf",
            "eval instant at 2m histogram_quantile(2, h)\n"
                + "  expect warn msg: PromQL warning: quantile value should be between 0 and 1, got 2\n  {} Inf",
        ])
    func accepted(eval: String) async throws {
        let found = try await failures(eval)
        #expect(found == [])
    }

    @Test(
        "what is not as expected is one failure",
        arguments: [
            "eval instant at 2m m\n  m{a=\"x\"} 3.001\n  m{a=\"y\"} 4",
            "eval instant at 2m m\n  m{a=\"x\"} 3",
            "eval instant at 2m m\n  m{a=\"x\"} 3\n  m{a=\"y\"} 4\n  m{a=\"z\"} 5",
            "eval instant at 2m 1 + 1\n  3",
            "eval instant at 2m \"text\"\n  expect string \"other\"",
            "eval range from 0 to 4m step 1m m\n  m{a=\"x\"} 1 2 3 4 5\n  m{a=\"y\"} 2 4 4 5 5",
            "eval range from 0 to 4m step 1m m\n  m{a=\"x\"} 1 2 3 4 _\n  m{a=\"y\"} 2 4 4 _ 5",
            "eval_ordered instant at 2m sort_desc(m)\n  m{a=\"x\"} 3\n  m{a=\"y\"} 4",
            "eval_fail instant at 2m m",
            "eval_fail instant at 2m m +\n  expected_fail_message something else",
            "eval instant at 2m m +",
            "eval_warn instant at 2m m\n  m{a=\"x\"} 3\n  m{a=\"y\"} 4",
            "eval_info instant at 2m m\n  m{a=\"x\"} 3\n  m{a=\"y\"} 4",
            "eval instant at 1m h\n  h {{schema:0 count:5 sum:6 buckets:[2 1 2]}}",
            "eval instant at 1m h\n  h {{schema:1 count:5 sum:6 buckets:[2 2 1]}}",
            "eval instant at 1m h\n  h 5",
            "eval instant at 1m g\n  g {{schema:0 count:4 sum:5 buckets:[1 2 1] counter_reset_hint:reset}}",
            "eval instant at 2m m{a=\"x\"}[2m]\n  expect range vector from 1m to 2m step 1m\n  m{a=\"x\"} 2 4",
            "eval instant at 2m histogram_quantile(2, h)\n  expect no_warn\n  {} Inf",
            "eval instant at 2m histogram_quantile(2, h)\n  expect warn msg: PromQL warning: else\n  {} Inf",
        ])
    func refused(eval: String) async throws {
        let found = try await failures(eval)
        #expect(found.count == 1)
    }

    @Test("numbers of a script: repeated, stepped, left out, stale, infinite")
    func notation() throws {
        func numbers(_ text: String) throws -> [Double?] {
            try SeriesNotation("m " + text).samples.map {
                if case .number(let value) = $0 { value } else { nil }
            }
        }
        #expect(try numbers("1 2x2 3+2x2 1-1x3 _ _x2") == [1, 2, 2, 2, 3, 5, 7, 1, 0, -1, -2, nil, nil, nil])
        #expect(
            try numbers("-3+1.5x1 1e3 0x3 0x1F -Inf +Inf 1e+2+1x1") == [
                -3, -1.5, 1000, 0, 0, 0, 0, 31, -.infinity, .infinity, 100, 101,
            ])
        #expect(ScriptNumber.duration("1h2m3s4ms") == 3_723_004)
        #expect(ScriptNumber.duration("5") == nil && ScriptNumber.duration("0") == 0)
        #expect(throws: ScriptError.self) { try SeriesNotation("m 1y") }
        #expect(throws: ScriptError.self) { try SeriesNotation("m {{buckets:[1}}") }
    }
}
