import Testing

@testable import Receivers

struct ConfigurationSecretsTests {
    private static let text = """
        # the old password was hunter0
        global: {scrape_interval: 15s, external_labels: {place: "true"}}
        x-shared: &login {username: u, password: hunter1}
        receivers:
          - name: team
            webhook_configs: [{url: "http://user:hunter2@hook/hunter3", send_resolved: false}]
        alerting:
          alertmanagers:
            - basic_auth: {username: am, password: hunter4}
              static_configs: [{targets: ["am:9093"]}]
        remote_write:
          - url: https://writer:hunter5@remote/api?x=1
            sigv4: {access_key: hunter6, secret_key: hunter7, region: r}
            headers: {X-Api-Key: hunter8, X-Team: blue}
        scrape_configs:
          - job_name: basic
            basic_auth: *login
            params: {module: [http], token: [hunter9]}
          - job_name: bearer
            authorization:
              type: Bearer
              credentials: >-
                hunter10
                hunter11
          - job_name: old
            bearer_token: 'hunter12'
            proxy_url: http://hunter13@proxy:3128
            proxy_connect_header: {Proxy-Authorization: [hunter14]}
            tls_config: {key: hunter15, key_file: /k.pem, server_name: s}
          - job_name: files
            bearer_token_file: /run/token
            basic_auth: {password_file: /run/password, password: ""}
          - job_name: oauth
            oauth2: {client_id: me, client_secret: hunter16, token_url: "https://id:hunter17@sso/token"}
            http_headers:
              X-Scope: {values: [open], secrets: [hunter18]}
              X-Auth: {values: [hunter19], files: [/run/header]}
            http_sd_configs:
              - url: http://sd:hunter20@discovery/targets
                authorization: {<<: {credentials: hunter21}}
        """

    @Test("No secret of a configuration is shown, wherever and however it is written")
    func secrets() {
        let shown = PrometheusConfiguration.withoutSecrets(Self.text)
        #expect(shown.contains("job_name: oauth"))
        #expect(!shown.contains("hunter"), "\(shown)")
    }

    @Test(
        "What is no secret stays, and a secret is seen to be there",
        arguments: [
            "scrape_interval: 15s", #"place: "true""#, "username: u", "password: <secret>", "url: <secret>",
            "send_resolved: false", "https://writer:xxxxx@remote/api?x=1", "region: r", "X-Team: blue",
            "module:\n    - http\n", "type: Bearer", "credentials: <secret>", "bearer_token: <secret>",
            "proxy_url: http://xxxxx@proxy:3128", "key_file: /k.pem", "server_name: s", "bearer_token_file: /run/token",
            "password_file: /run/password", #"password: """#, "client_id: me", "client_secret: <secret>",
            "https://id:xxxxx@sso/token", "- open\n", "secrets:\n      - <secret>", "- /run/header\n",
            "url: http://sd:xxxxx@discovery/targets", "\"am:9093\"", "access_key: <secret>",
        ])
    func shown(_ part: String) {
        let shown = PrometheusConfiguration.withoutSecrets(Self.text)
        #expect(shown.contains(part), "\(shown)")
    }

    @Test("A configuration without secrets is read the same from what is shown")
    func sameMeaning() throws {
        let text = """
            global: {scrape_interval: 15s, external_labels: {a: "01", b: "yes", c: "x: y", d: ""}}
            rule_files: ['rules/*.yml']
            scrape_configs:
              - job_name: "null"
                metric_relabel_configs: [{action: drop, source_labels: [__name__], regex: "go_(a|b)\\\\d+ #"}]
                static_configs: &fixed [{targets: ["a:1"], labels: {zone: ""}}]
              - job_name: two
                honor_labels: true
                static_configs: *fixed
            """
        let shown = PrometheusConfiguration.withoutSecrets(text)
        let (before, after) = (
            try PrometheusConfiguration(text: text), try PrometheusConfiguration(text: shown)
        )
        #expect(before.scrapeJobs == after.scrapeJobs)
        #expect(before.global.externalLabels == after.global.externalLabels)
        #expect(before.global.scrapeInterval == after.global.scrapeInterval && before.ruleFiles == after.ruleFiles)
        #expect(PrometheusConfiguration.withoutSecrets(shown) == shown)
    }

    @Test("Of a text that cannot be read, or that aliases blow up, nothing is shown")
    func unreadable() {
        #expect(PrometheusConfiguration.withoutSecrets("password: [hunter") == "")
        #expect(PrometheusConfiguration.withoutSecrets("") == "")
        var text = "a0: &a0 [hunter, hunter, hunter, hunter, hunter, hunter, hunter, hunter, hunter, hunter]\n"
        for level in 1...8 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",") + "]\n"
        }
        #expect(PrometheusConfiguration.withoutSecrets(text).hasPrefix("# "))
    }

    @Test(
        "Addresses lose their password and keep the rest",
        arguments: [
            ("http://u:p@h/x", "http://u:xxxxx@h/x"), ("http://u:p@q@h:1/x@y", "http://u:xxxxx@h:1/x@y"),
            ("http://token@h", "http://xxxxx@h"), ("http://h/a@b", "http://h/a@b"), ("a@b", "a@b"),
            ("x://u:p@h,y://v:q@i", "x://u:xxxxx@h,y://v:xxxxx@i"),
            ("http://u:p@h http://v:q@i", "http://u:xxxxx@h http://v:xxxxx@i"),
            ("://@", "://xxxxx@"), ("http://", "http://"), ("http://ü:ß@h", "http://ü:xxxxx@h"),
        ])
    func addresses(_ text: String, _ shown: String) {
        #expect(ConfigurationSecrets.withoutUserInformation(text) == shown)
    }
}
