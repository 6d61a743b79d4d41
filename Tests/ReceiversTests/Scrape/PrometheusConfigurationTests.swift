import PrometheusModel
import Testing

@testable import Receivers

struct PrometheusConfigurationTests {
    private static let full = """
        global:
          scrape_interval: 15s
          scrape_timeout: 5s
          evaluation_interval: 30s
          external_labels: {environment: $PLACE, cost: "5$$"}
          sample_limit: 100
          body_size_limit: 10MB
        rule_files: [rules/*.yml, /abs.yml]
        alerting:
          alert_relabel_configs:
            - {action: labeldrop, regex: replica}
          alertmanagers:
            - scheme: https
              path_prefix: /am
              timeout: 3s
              static_configs: [{targets: ["am:9093"]}]
        receivers:
          - name: team
            webhook_configs: [{url: "http://hook/x", send_resolved: false, max_alerts: 7}]
        scrape_configs:
          - job_name: plain
            static_configs:
              - targets: [a:1, "b:2"]
                labels: {zone: z}
          - job_name: all
            scrape_interval: 1m
            scrape_timeout: 20s
            metrics_path: /m
            scheme: https
            params: {module: [a, b]}
            honor_labels: true
            honor_timestamps: false
            track_timestamps_staleness: true
            sample_limit: 7
            label_limit: 1
            label_name_length_limit: 2
            label_value_length_limit: 3
            target_limit: 4
            body_size_limit: 1KB
            scrape_protocols: [PrometheusText0.0.4]
            fallback_scrape_protocol: PrometheusText0.0.4
            always_scrape_classic_histograms: true
            follow_redirects: false
            enable_compression: false
            basic_auth: {username: u, password_file: pass}
            http_headers: {X-Team: {values: [t]}}
            http_sd_configs: [{url: "http://sd/targets", refresh_interval: 10s, bearer_token: b}]
            file_sd_configs: [{files: ["t/*.json"]}]
            relabel_configs: [{source_labels: [__address__], target_label: x, action: Replace}]
            metric_relabel_configs: [{action: drop, source_labels: [__name__], regex: go_.*}]
        """

    @Test("All that is supported is read")
    func everything() throws {
        let read = try PrometheusConfiguration(text: Self.full, directory: "/etc/p", environment: ["PLACE": "here"])
        #expect(read.ignored == [])
        #expect(read.global.scrapeInterval == .seconds(15) && read.global.evaluationInterval == .seconds(30))
        #expect(read.global.externalLabels == ["environment": "here", "cost": "5$"])
        #expect(read.ruleFiles == ["/etc/p/rules/*.yml", "/abs.yml"])
        let alertmanagers = try #require(read.alertmanagers.first)
        #expect(
            alertmanagers.scheme == "https" && alertmanagers.pathPrefix == "/am" && alertmanagers.timeout == .seconds(3)
        )
        #expect(alertmanagers.groups == [TargetGroup(addresses: ["am:9093"])])
        let alertRule = try RelabelRule(.labeldrop, expression: "replica")
        #expect(read.alertRules == [alertRule])
        let webhook = try #require(read.receivers.first?.webhooks.first)
        #expect(read.receivers.map(\.name) == ["team"])
        #expect(webhook.url == "http://hook/x" && !webhook.sendsResolved && webhook.alertsMax == 7)

        #expect(read.scrapeJobs.map(\.name) == ["plain", "all"])
        let plain = read.scrapeJobs[0]
        #expect(plain.interval == .seconds(15) && plain.timeout == .seconds(5))
        #expect(plain.path == "/metrics" && plain.scheme == "http" && plain.honorsTimestamps && !plain.honorsLabels)
        #expect(plain.limits.samples == 100 && plain.limits.bodyBytes == 10 << 20)
        #expect(plain.discoveries == [.fixed([TargetGroup(addresses: ["a:1", "b:2"], labels: ["zone": "z"])])])
        #expect(plain.protocols == ScrapeProtocol.defaults && plain.fallbackProtocol == nil)

        let all = read.scrapeJobs[1]
        #expect(all.interval == .seconds(60) && all.timeout == .seconds(20))
        #expect(all.path == "/m" && all.scheme == "https" && all.parameters == ["module": ["a", "b"]])
        #expect(all.honorsLabels && !all.honorsTimestamps && all.tracksTimestampsStaleness)
        var limits = ScrapeLimits()
        limits.samples = 7
        limits.labels = 1
        limits.labelNameBytes = 2
        limits.labelValueBytes = 3
        limits.targets = 4
        limits.bodyBytes = 1024
        #expect(all.limits == limits)
        #expect(all.protocols == [.text0] && all.fallbackProtocol == .text0 && all.keepsClassicHistograms)
        #expect(!all.client.followsRedirects && !all.client.allowsCompression)
        #expect(all.client.credentials == .basic(user: .text("u"), password: .file("/etc/p/pass")))
        #expect(all.client.headers == ["X-Team": [.text("t")]])
        var client = ScrapeClientOptions()
        client.credentials = .authorization(type: "Bearer", credentials: .text("b"))
        #expect(
            all.discoveries == [
                .http(url: "http://sd/targets", refresh: .seconds(10), client: client),
                .files(["/etc/p/t/*.json"], refresh: .seconds(300)),
            ])
        let targetRule = try RelabelRule(sourceLabels: ["__address__"], targetLabel: "x")
        let sampleRule = try RelabelRule(.drop, sourceLabels: ["__name__"], expression: "go_.*")
        #expect(all.targetRules == [targetRule])
        #expect(all.sampleRules == [sampleRule])
    }

    @Test(
        "An empty text is a configuration with defaults",
        arguments: ["", "global:", "# nothing\n", "scrape_configs: []"])
    func nothing(text: String) throws {
        let read = try PrometheusConfiguration(text: text)
        #expect(read.scrapeJobs.isEmpty)
        #expect(read.global.scrapeInterval == .seconds(60) && read.global.scrapeTimeout == .seconds(10))
    }

    @Test("A timeout that is not given is the global one, but never above the interval")
    func timeouts() throws {
        let read = try PrometheusConfiguration(
            text: "global: {scrape_interval: 5s}\nscrape_configs: [{job_name: a}, {job_name: b, scrape_interval: 1s}]")
        #expect(read.global.scrapeTimeout == .seconds(5))
        #expect(read.scrapeJobs.map(\.timeout) == [.seconds(5), .seconds(1)])
    }

    @Test("What Martlet does without is passed over aloud, with its place")
    func ignored() throws {
        let text = """
            storage: {tsdb: {out_of_order_time_window: 30m}}
            remote_write:
              - url: http://elsewhere
            scrape_configs:
              - job_name: a
                enable_http2: false
            """
        let read = try PrometheusConfiguration(text: text)
        #expect(read.ignored.map { "\($0.line):\($0.column)" } == ["1:1", "2:1", "6:5"])
        #expect(read.ignored.allSatisfy { $0.message.contains("passed over") })
    }

    // The Prometheus files of the projects that Martlet stands in for have this shape.
    @Test("Empty lists of alertmanagers and rule files are fine")
    func emptyLists() throws {
        let text = """
            alerting:
              alertmanagers:
                - static_configs:
                    - targets: []
            rule_files:
            scrape_configs:
              - job_name: "server"
                static_configs:
                  - targets: ["host.docker.internal:9464"]
                scrape_interval: 10s
                scrape_timeout: 5s
                metrics_path: /metrics
                honor_labels: true
            """
        let read = try PrometheusConfiguration(text: text)
        #expect(read.scrapeJobs.count == 1 && read.ruleFiles.isEmpty)
    }

    @Test("YAML's merge keys bring in what is not written beside them")
    func mergeKeys() throws {
        let text = """
            scrape_configs:
              - &base {job_name: a, scrape_interval: 30s, metrics_path: /x}
              - {<<: *base, job_name: b, metrics_path: /y}
            """
        let read = try PrometheusConfiguration(text: text)
        #expect(read.scrapeJobs.map(\.name) == ["a", "b"])
        #expect(read.scrapeJobs[1].interval == .seconds(30) && read.scrapeJobs[1].path == "/y")
    }

    @Test(
        "What is wrong is told with its place",
        arguments: [
            (
                "global: {scrape_intervall: 5s}", "1:10: unknown key `scrape_intervall`",
                "did you mean `scrape_interval`?"
            ),
            ("scrape_config: []", "1:1: unknown key `scrape_config`", "`scrape_configs`"),
            ("global: {scrape_interval: 5}", "1:27: ", "expected a duration"),
            ("global: {scrape_interval: 5s, scrape_timeout: 6s}", "1:47: ", "greater than `scrape_interval` of 5s"),
            ("scrape_configs:\n- {job_name: a, scrape_timeout: 2m}", "2:33: ", "of 1m in job `a`"),
            ("scrape_configs:\n- job_name: a\n- job_name: a", "3:13: ", "two jobs named `a`"),
            ("scrape_configs: [{metrics_path: /x}]", "1:18: ", "no `job_name`"),
            ("scrape_configs:\n- job_name: a\n  kubernetes_sd_configs: [{role: pod}]", "3:3: ", "http_sd_configs"),
            ("scrape_configs:\n- job_name: a\n  tls_config: {ca_file: x}", "3:15: ", "not supported"),
            ("scrape_configs:\n- job_name: a\n  oauth2: {}", "3:3: ", "not supported"),
            ("scrape_configs:\n- job_name: a\n  scheme: ftp", "3:11: ", "http or https"),
            ("scrape_configs:\n- job_name: a\n  honor_labels: maybe", "3:17: ", "true or false"),
            ("scrape_configs:\n- job_name: a\n  sample_limit: -1", "3:17: ", "whole number"),
            ("scrape_configs:\n- job_name: a\n  body_size_limit: 10 apples", "3:20: ", "a size"),
            ("scrape_configs:\n- job_name: a\n  static_configs: [{targets: ['http://x:1/m']}]", "3:31: ", "host:port"),
            ("scrape_configs:\n- job_name: a\n  static_configs: {targets: [x]}", "3:19: ", "a list"),
            (
                "scrape_configs:\n- job_name: a\n  scrape_protocols: [PrometheusText0.0.5]", "3:22: ",
                "PrometheusText0.0.4"
            ),
            ("scrape_configs:\n- job_name: a\n  relabel_configs: [{action: dorp}]", "3:30: ", "did you mean `drop`?"),
            (
                "scrape_configs:\n- job_name: a\n  relabel_configs: [{action: keep, regex: '('}]", "3:21: ",
                "regular expression"
            ),
            ("scrape_configs:\n- job_name: a\n  file_sd_configs: [{files: [x.txt]}]", "3:30: ", ".json"),
            ("scrape_configs:\n- job_name: a\n  http_sd_configs: [{url: sd}]", "3:27: ", "http://"),
            ("scrape_configs:\n- job_name: a\n  basic_auth: {}\n  bearer_token: x", "2:3: ", "at most one"),
            ("receivers: [{name: a, email_configs: []}]", "1:23: ", "webhooks"),
            ("global: {\n", "", "not valid YAML"),
            ("global: {}\nglobal: {}", "", "duplicate key `global`"),
            ("[]", "1:1: ", "expected keys and values"),
        ])
    func problems(text: String, start: String, part: String) throws {
        let failure = try #require(throws: PrometheusConfiguration.Failure.self) {
            try PrometheusConfiguration(text: text)
        }
        let message = try #require(failure.problems.first).description
        #expect(message.hasPrefix(start) && message.contains(part), "\(message)")
    }

    @Test("All problems of a file are told at once, after its name")
    func several() throws {
        let failure = try #require(throws: PrometheusConfiguration.Failure.self) {
            try PrometheusConfiguration(text: "globl: {}\nscrape_configs: [{job_name: a, scheme: x}]", name: "p.yml")
        }
        #expect(failure.problems.count == 2)
        #expect(failure.description.hasPrefix("p.yml:1:1: "))
    }

    @Test("Any text is read or refused, never more")
    func mutations() {
        var generator = SystemRandomNumberGenerator()
        let bytes = Array(Self.full.utf8)
        for _ in 0..<300 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4) {
                let place = Int.random(in: changed.indices, using: &generator)
                switch Int.random(in: 0..<3) {
                case 0: changed[place] = UInt8.random(in: 0...255)
                case 1: changed.remove(at: place)
                default: changed.insert(changed.randomElement() ?? 0, at: place)
                }
            }
            _ = try? PrometheusConfiguration(text: String(decoding: changed, as: UTF8.self))
        }
    }

    @Test("The job for SpacetimeDB asks its metrics, and its discovery when wanted")
    func spacetimeDB() throws {
        let job = try #require(ScrapeJob.spacetimeDB(url: "http://127.0.0.1:3000/", discovers: true))
        #expect(job.name == "spacetimedb" && job.path == "/v1/metrics" && job.discoveries.count == 2)
        #expect(
            ScrapePool.discover(job, [TargetGroup(addresses: ["127.0.0.1:3000"])]).targets.map(\.url) == [
                "http://127.0.0.1:3000/v1/metrics"
            ])
        #expect(ScrapeJob.spacetimeDB(url: "127.0.0.1:3000") == nil)
    }

    @Test("Durations are read and printed as Prometheus does")
    func durations() {
        #expect(PrometheusDuration.duration("1h30m") == .seconds(5400))
        #expect(PrometheusDuration.duration("1y2w3d4h5m6s7ms") == .milliseconds(33_019_506_007))
        #expect(PrometheusDuration.duration("0") == Duration.zero)
        for text in ["", "5", "s", "1s1m", "1s1s", "-1s", "1.5s", "99999999999y", "9223372036854775807ms", "1 s"] {
            #expect(PrometheusDuration.duration(text) == nil, "\(text)")
        }
        let printed = [90, 60, 15, 86_400, 604_800, 31_536_000, 694_800].map { PrometheusDuration.print(.seconds($0)) }
        #expect(printed == ["1m30s", "1m", "15s", "1d", "1w", "1y", "8d1h"])
        #expect(PrometheusDuration.print(.milliseconds(1500)) == "1s500ms")
        #expect(PrometheusDuration.print(.zero) == "0s")
    }

    // Prometheus 3.5 sends this text.
    @Test("Accept names the formats by their weight")
    func accept() {
        #expect(
            ScrapeProtocol.acceptHeader(ScrapeProtocol.defaults, escaping: .allowUTF8)
                == "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                + "application/openmetrics-text;version=0.0.1;q=0.5,"
                + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2")
        #expect(
            ScrapeProtocol.acceptHeader([.text1], escaping: .underscores)
                == "text/plain;version=1.0.0;escaping=underscores;q=0.6,*/*;q=0.5")
    }
}
