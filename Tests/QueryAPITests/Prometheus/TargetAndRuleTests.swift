import PrometheusModel
import QueryEngines
import Testing

@testable import QueryAPI

@Suite struct TargetAndRuleTests {
    private static let success = #"{"status":"success","data":"#

    private static let targets: [ScrapeTargetStatus] = [
        ScrapeTargetStatus(
            discoveredLabels: ["b": "2", "__address__": "h:80"], labels: ["instance": "h:80", "job": "j"],
            scrapePool: "p", scrapeURL: "http://h:80/metrics", lastScrape: 1_700_000_000_000,
            lastScrapeDuration: 0.25, health: .up, scrapeInterval: "15s", scrapeTimeout: "10s"),
        ScrapeTargetStatus(scrapePool: "q"),
    ]

    private static func api(_ catalog: ListCatalog = ListCatalog()) -> PrometheusAPI {
        PrometheusAPI.test(catalog) { dependencies in
            dependencies.targets = { (targets, [ScrapeTargetStatus(discoveredLabels: ["a": "1"], scrapePool: "q")]) }
            dependencies.ruleGroups = { groups }
        }
    }

    @Test func `targets show what is known of them`() async {
        let answer = await Self.api().ask(.targets, [("scrapePool", "p")])
        #expect(
            answer.text == Self.success
                + #"{"activeTargets":[{"discoveredLabels":{"__address__":"h:80","b":"2"},"#
                + #""labels":{"instance":"h:80","job":"j"},"scrapePool":"p","scrapeUrl":"http://h:80/metrics","#
                + #""globalUrl":"http://h:80/metrics","lastError":"","lastScrape":"2023-11-14T22:13:20.000Z","#
                + #""lastScrapeDuration":0.25,"health":"up","scrapeInterval":"15s","scrapeTimeout":"10s"}],"#
                + #""droppedTargets":[],"droppedTargetCounts":{"p":0,"q":1}}}"#)
        let dropped = await Self.api().ask(.targets, [("state", "dropped")])
        #expect(
            dropped.text == Self.success
                + #"{"activeTargets":[],"droppedTargets":[{"discoveredLabels":{"a":"1"},"scrapePool":"q"}],"#
                + #""droppedTargetCounts":{"p":0,"q":1}}}"#)
        let active = await Self.api().ask(.targets, [("state", "ACTIVE"), ("scrapePool", "q")])
        #expect(active.text.contains(#""lastScrape":"0001-01-01T00:00:00Z""#))
        #expect(active.text.hasSuffix(#""droppedTargets":[],"droppedTargetCounts":{}}}"#))
    }

    @Test func `scrape pools are sorted, each once`() async {
        let answer = await Self.api().ask(.scrapePools)
        #expect(answer.text == Self.success + #"{"scrapePools":["p","q"]}}"#)
    }

    @Test func `metadata of a target is that of its series`() async {
        let catalog = ListCatalog(
            list: [["__name__": "x_bucket", "instance": "h:80", "job": "j"], ["__name__": "y", "job": "other"]],
            known: ["x": [MetricMetadata(type: .histogram, help: "h", unit: "")], "y": [MetricMetadata()]])
        let answer = await Self.api(catalog).ask(.targetMetadata, [("match_target", "{job=\"j\"}")])
        #expect(
            answer.text == Self.success
                + #"[{"target":{"instance":"h:80","job":"j"},"metric":"x","type":"histogram","unit":"","help":"h"}]}"#)
        let none = await Self.api(catalog).ask(.targetMetadata, [("match_target", "{job=\"none\"}")])
        #expect(none.status == 404)
        #expect(
            none.text
                == #"{"status":"error","errorType":"not_found","error":"specified metadata not found"}"#)
    }

    private static let alert = AlertStatus(
        labels: ["alertname": "A"], annotations: ["s": "t"], state: .firing, activeAt: 1_700_000_000_000,
        keepFiringSince: nil, value: 1)

    private static let groups: [RuleGroupStatus] = [
        RuleGroupStatus(
            name: "g1", file: "f1", interval: 60, limit: 0,
            rules: [
                RuleStatus(
                    name: "r", query: "sum(x)", labels: [:], health: .ok, lastError: "", evaluationTime: 0.5,
                    lastEvaluation: nil, alerting: nil),
                RuleStatus(
                    name: "A", query: "x > 1", labels: ["severity": "page"], health: .err, lastError: "e",
                    evaluationTime: 0, lastEvaluation: 1_700_000_000_000,
                    alerting: .init(
                        state: .firing, duration: 300, keepFiringFor: 0, annotations: ["s": "t"], alerts: [alert])),
            ], evaluationTime: 0.75, lastEvaluation: 1_700_000_000_000),
        RuleGroupStatus(
            name: "g2", file: "f2", interval: 30, limit: 5,
            rules: [
                RuleStatus(
                    name: "r2", query: "y", labels: ["a": "b"], health: .unknown, lastError: "", evaluationTime: 0,
                    lastEvaluation: nil, alerting: nil)
            ], evaluationTime: 0, lastEvaluation: nil),
    ]

    @Test func `rules show their kind`() async {
        let answer = await Self.api().ask(.rules, [("rule_group[]", "g1")])
        #expect(
            answer.text == Self.success
                + #"{"groups":[{"name":"g1","file":"f1","rules":[{"name":"r","query":"sum(x)","health":"ok","#
                + #""evaluationTime":0.5,"lastEvaluation":"0001-01-01T00:00:00Z","type":"recording"},"#
                + #"{"state":"firing","name":"A","query":"x > 1","duration":300,"keepFiringFor":0,"#
                + #""labels":{"severity":"page"},"annotations":{"s":"t"},"alerts":[{"labels":{"alertname":"A"},"#
                + #""annotations":{"s":"t"},"state":"firing","activeAt":"2023-11-14T22:13:20.000Z","value":"1e+00"}],"#
                + #""health":"err","lastError":"e","evaluationTime":0,"lastEvaluation":"2023-11-14T22:13:20.000Z","#
                + #""type":"alerting"}],"interval":60,"limit":0,"evaluationTime":0.75,"#
                + #""lastEvaluation":"2023-11-14T22:13:20.000Z"}]}}"#)
        let alerts = await Self.api().ask(.alerts)
        #expect(
            alerts.text == Self.success
                + #"{"alerts":[{"labels":{"alertname":"A"},"annotations":{"s":"t"},"state":"firing","#
                + #""activeAt":"2023-11-14T22:13:20.000Z","value":"1e+00"}]}}"#)
    }

    @Test(
        "rules are chosen by each parameter, and groups without any are left out",
        arguments: [
            ([], ["r", "A", "r2"]), ([("type", "alert")], ["A"]), ([("type", "record")], ["r", "r2"]),
            ([("rule_name[]", "r2"), ("rule_name[]", "r")], ["r", "r2"]), ([("file[]", "f2")], ["r2"]),
            ([("match[]", "{severity=\"page\"}"), ("match[]", "{a=\"b\"}")], ["A", "r2"]),
            ([("rule_group[]", "none")], []),
        ] as [([(String, String)], [String])])
    func choices(parameters: [(String, String)], names: [String]) async {
        let answer = await Self.api().ask(.rules, parameters + [("exclude_alerts", "true")])
        let found = ["r", "A", "r2"].filter { answer.text.contains("\"name\":\"\($0)\"") }
        #expect(found == names)
        #expect(!answer.text.contains("alertname"))
        #expect(!answer.text.contains("\"rules\":[]"))
    }

    @Test func `groups come in pages`() async {
        let token = PrometheusAPI.token(of: Self.groups[1])
        let first = await Self.api().ask(.rules, [("group_limit", "1")])
        #expect(first.text.contains("\"g1\"") && !first.text.contains("\"g2\""))
        #expect(first.text.hasSuffix("\"groupNextToken\":\"\(token)\"}}"))
        let second = await Self.api().ask(.rules, [("group_limit", "1"), ("group_next_token", token)])
        #expect(!second.text.contains("\"g1\"") && second.text.contains("\"g2\""))
        #expect(!second.text.contains("groupNextToken"))
    }

    @Test(
        "wrong parameters of rules are named",
        arguments: [
            ([("type", "x")], "type", "not supported value \\\"x\\\""),
            (
                [("exclude_alerts", "x")], "exclude_alerts",
                "error converting exclude_alerts: strconv.ParseBool: parsing \\\"x\\\": invalid syntax"
            ),
            (
                [("group_next_token", "x")], "group_next_token",
                "group_limit needs to be present in order to paginate over the groups"
            ),
            ([("group_limit", "0")], "group_limit", "group_limit needs to be greater than 0"),
            (
                [("group_limit", "x")], "group_limit",
                "group_limit needs to be a valid number: strconv.ParseInt: parsing \\\"x\\\": invalid syntax"
            ),
            (
                [("group_limit", "1"), ("group_next_token", "x")], "group_next_token",
                "invalid group_next_token 'x'. were rule groups changed?"
            ),
        ] as [([(String, String)], String, String)])
    func wrongParameters(parameters: [(String, String)], name: String, message: String) async {
        let answer = await Self.api().ask(.rules, parameters)
        #expect(answer.status == 400)
        #expect(answer.text.contains("invalid parameter \\\"\(name)\\\": \(message)\"}"))
    }

    @Test(
        "an alert's value always has an exponent",
        arguments: [
            (0, "0e+00"), (1, "1e+00"), (-25, "-2.5e+01"), (0.00025, "2.5e-04"), (1e21, "1e+21"), (1.5e-7, "1.5e-07"),
            (123456, "1.23456e+05"), (5e-324, "5e-324"), (.infinity, "+Inf"), (0.1, "1e-01"), (1e16, "1e+16"),
        ] as [(Double, String)])
    func exponents(value: Double, text: String) {
        #expect(RulesAnswer.exponentText(value) == text)
    }
}
