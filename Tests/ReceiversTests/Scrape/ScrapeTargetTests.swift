import PrometheusModel
import Testing

@testable import Receivers

// Expectations: Prometheus 3.5, "Configuration", `<relabel_config>`, and scrape/target.go for what is left open there.
struct ScrapeTargetTests {
    private func job(_ change: (inout ScrapeJob) -> Void = { _ in }) -> ScrapeJob {
        var job = ScrapeJob(name: "j")
        job.interval = .seconds(15)
        job.timeout = .seconds(5)
        change(&job)
        return job
    }

    private func target(_ job: ScrapeJob, _ labels: [String: String]) -> TargetOutcome? {
        var group = TargetGroup(addresses: [], labels: labels)
        group.targets = [[:]]
        return job.targets(of: group).first
    }

    @Test("A target gets the labels of its job, and its address as instance")
    func defaults() throws {
        let job = job { $0.parameters = ["q": ["1", "2"]] }
        guard case .scraped(let target) = target(job, ["__address__": "a:1", "zone": "z", "__meta_x": "m"]) else {
            Issue.record("no target")
            return
        }
        #expect(
            target.discoveredLabels == [
                "__address__": "a:1", "zone": "z", "__meta_x": "m", "job": "j", "__scrape_interval__": "15s",
                "__scrape_timeout__": "5s", "__metrics_path__": "/metrics", "__scheme__": "http", "__param_q": "1",
            ])
        #expect(target.publicLabels == ["instance": "a:1", "job": "j", "zone": "z"])
        #expect(!target.labels.has("__meta_x"))
        #expect(target.url == "http://a:1/metrics?q=1&q=2")
        #expect(target.interval == .seconds(15) && target.timeout == .seconds(5))
    }

    @Test("Labels of a target or group win over the job's, and the target's over its group's")
    func precedence() {
        var group = TargetGroup(
            addresses: [], labels: ["job": "other", "__metrics_path__": "/x", "__scheme__": "https", "a": "group"])
        group.targets = [["__address__": "h:1", "a": "target", "instance": "i", "__param_q": "x y&"]]
        guard case .scraped(let target) = job().targets(of: group).first else {
            Issue.record("no target")
            return
        }
        #expect(target.publicLabels == ["job": "other", "a": "target", "instance": "i"])
        #expect(target.url == "https://h:1/x?q=x+y%26")
    }

    @Test("Relabelling sees the labels with underscores and can change all of the address")
    func relabelling() throws {
        let rules = [
            try RelabelRule(sourceLabels: ["__address__"], targetLabel: "__param_target"),
            try RelabelRule(sourceLabels: ["__param_target"], targetLabel: "instance"),
            try RelabelRule(targetLabel: "__address__", replacement: "exporter:9115"),
            try RelabelRule(targetLabel: "__scrape_interval__", replacement: "1m"),
            try RelabelRule(sourceLabels: ["__meta_zone"], targetLabel: "zone"),
        ]
        let job = job { $0.targetRules = rules }
        guard case .scraped(let target) = target(job, ["__address__": "db:1", "__meta_zone": "z"]) else {
            Issue.record("no target")
            return
        }
        #expect(target.url == "http://exporter:9115/metrics?target=db%3A1")
        #expect(target.publicLabels == ["instance": "db:1", "job": "j", "zone": "z"])
        #expect(target.interval == .seconds(60))
    }

    @Test("A dropped target is known by what it was discovered with")
    func dropped() throws {
        let rule = try RelabelRule(.drop, sourceLabels: ["zone"], expression: "z")
        let job = job { $0.targetRules = [rule] }
        guard case .dropped(let labels) = target(job, ["__address__": "a:1", "zone": "z"]) else {
            Issue.record("not dropped")
            return
        }
        #expect(labels["__address__"] == "a:1" && labels["job"] == "j")
    }

    @Test(
        "What cannot be scraped is refused with its reason",
        arguments: [
            (["zone": "z"], "no address"), (["__address__": "http://a:1"], "no host"),
            (["__address__": "a:1", "__scrape_interval__": "soon"], "__scrape_interval__"),
            (["__address__": "a:1", "__scrape_interval__": "0s"], "__scrape_interval__"),
            (["__address__": "a:1", "__scrape_timeout__": "x"], "__scrape_timeout__"),
            (["__address__": "a:1", "__scrape_timeout__": "16s"], "greater than"),
            (["__address__": "a:1", "__scheme__": "gopher"], "__scheme__"),
        ])
    func invalid(labels: [String: String], part: String) {
        guard case .invalid(let reason) = target(job(), labels) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains(part))
    }

    @Test("Targets that are the same are scraped once; other labels make another target")
    func duplicates() {
        let groups = [
            TargetGroup(addresses: ["a:1", "a:1", "b:1"]), TargetGroup(addresses: ["a:1"], labels: ["zone": "z"]),
        ]
        #expect(
            ScrapePool.discover(job(), groups).targets.map(\.publicLabels) == [
                ["instance": "a:1", "job": "j"], ["instance": "b:1", "job": "j"],
                ["instance": "a:1", "job": "j", "zone": "z"],
            ])
    }

    @Test("Over the limit of targets none of them is scraped")
    func targetLimit() {
        let job = job { $0.limits.targets = 1 }
        #expect(ScrapePool.discover(job, [TargetGroup(addresses: ["a:1"])]).failure == nil)
        #expect(
            ScrapePool.discover(job, [TargetGroup(addresses: ["a:1", "b:1"])]).failure?.reason.contains("target_limit")
                == true)
    }

    @Test("Times of scraping are spread by labels and address, the same in every run")
    func offsets() {
        let targets = ScrapePool.discover(job(), [TargetGroup(addresses: (0..<200).map { "h\($0):1" })]).targets
        let seconds = Set(targets.map { $0.offset(seed: 0) % 15 })
        #expect(seconds.count == 15)
        #expect(
            targets[0].offset(seed: 0)
                == ScrapePool.discover(job(), [TargetGroup(addresses: ["h0:1"])]).targets[0].offset(seed: 0))
        #expect(targets[0].offset(seed: 0) != targets[0].offset(seed: 1))
    }
}
