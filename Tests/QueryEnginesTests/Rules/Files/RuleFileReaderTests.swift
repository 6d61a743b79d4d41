import PrometheusModel
import QueryEngines
import Testing

@Suite struct RuleFileReaderTests {
    @Test func everyFieldIsRead() throws {
        let groups = try RuleFileReader.read(Array(RuleFileTable.full.utf8), file: "full.yml")
        try #require(groups.count == 2)
        let group = groups[0]
        #expect(group.name == "node")
        #expect(group.file == "full.yml")
        #expect(group.interval == 30_000)
        #expect(group.limit == 10)
        #expect(group.queryOffset == nil)
        try #require(group.rules.count == 2)
        #expect(
            group.rules[0]
                == Rule(
                    name: "job:up:sum", query: "sum by (job) (up)",
                    labels: ["team": "infra", "port": "9100", "empty": "", "enabled": "true"]))
        let alert = group.rules[1]
        #expect(alert.name == "Down")
        #expect(alert.query == "up == 0")
        #expect(alert.labels == ["severity": "page"])
        let alerting = try #require(alert.alerting)
        #expect(alerting.hold == 300_000)
        #expect(alerting.keepFiring == 600_000)
        #expect(alerting.annotations["summary"] == "{{ $labels.instance }} is down")
        #expect(groups[1].interval == nil)
        #expect(groups[1].limit == 0)
    }

    @Test func labelsOfTheGroupAreThoseOfItsRules() throws {
        let text = """
            groups:
            - name: a
              query_offset: 1m
              labels: {team: x, severity: low}
              rules:
              - {record: r, expr: up, labels: {severity: high}}
            """
        let groups = try RuleFileReader.read(Array(text.utf8), file: "a.yml")
        #expect(groups[0].queryOffset == 60_000)
        #expect(groups[0].rules[0].labels == ["team": "x", "severity": "high"])
    }

    @Test func mergedMappingsAndAliasesAreRead() throws {
        let groups = try RuleFileReader.read(Array(RuleFileTable.merged.utf8), file: "a.yml")
        #expect(groups[0].rules[0].labels == ["team": "infra", "severity": "page"])
        #expect(groups[0].rules[1].labels == ["team": "infra"])
    }

    @Test("files without rules are fine", arguments: ["", "# nothing\n", "groups:\n", "groups: []\n", "{}\n", "~\n"])
    func emptyFiles(text: String) throws {
        let groups = try RuleFileReader.read(Array(text.utf8), file: "a.yml")
        #expect(groups.isEmpty)
    }

    @Test("what is wrong is told with its place", arguments: RuleFileTable.invalid)
    func problems(text: String, problems: [String]) throws {
        do throws(RuleFileError) {
            _ = try RuleFileReader.read(Array(text.utf8), file: "a.yml")
            Issue.record("accepted: \(text)")
        } catch {
            #expect(error.problems.map(\.description) == problems)
        }
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect(throws: RuleFileError.self) { try RuleFileReader.read([0x67, 0xFF, 0xFE], file: "a.yml") }
    }

    @Test("every file of the table that is right is accepted", arguments: RuleFileTable.valid)
    func valid(text: String) throws {
        let groups = try RuleFileReader.read(Array(text.utf8), file: "a.yml")
        #expect(!groups.isEmpty)
    }

    // Aliases that name aliases make a small text large; the number of rules is bounded.
    @Test func aliasesCannotMakeRulesWithoutEnd() {
        var text = ""
        let rules = Array(repeating: "*r", count: 2000).joined(separator: ",")
        text = "groups:\n- &g {name: a, rules: [&r {record: r, expr: up}, \(rules)]}\n"
        text += String(repeating: "- *g\n", count: 100)
        do throws(RuleFileError) {
            _ = try RuleFileReader.read(Array(text.utf8), file: "a.yml")
            Issue.record("accepted")
        } catch {
            #expect(error.problems.contains { $0.message.contains("100000 rules") })
        }
    }
}
