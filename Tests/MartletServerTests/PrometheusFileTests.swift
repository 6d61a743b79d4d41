import Foundation
import TestSupport
import Testing

@testable import MartletServer

@Suite struct PrometheusFileTests {
    private static func read(_ text: String) throws -> PrometheusFile {
        let directory = TemporaryDirectory()
        let path = directory.path + "/prometheus.yml"
        try Data(text.utf8).write(to: URL(filePath: path))
        var settings = Configuration.Prometheus()
        settings.configFile = path
        return try PrometheusFile(settings, environment: [:])
    }

    /// What `/api/v1/status/config` answers.
    @Test func whatIsShownHasNoSecrets() throws {
        let file = try Self.read(
            """
            receivers: [{name: r, webhook_configs: [{url: "http://u:hunter1@h/hunter2"}]}]
            scrape_configs:
              - {job_name: a, basic_auth: {username: u, password: hunter3}}
              - {job_name: b, authorization: {credentials: hunter4}} # hunter5
            """)
        #expect(file.shownText.contains("job_name: b"))
        #expect(file.shownText.contains("password: <secret>"))
        #expect(!file.shownText.contains("hunter"))
    }
}
