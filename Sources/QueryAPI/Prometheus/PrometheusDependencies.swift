package import PromQLEvaluation
package import PrometheusModel
package import QueryEngines
import TelemetryModel

/// Evaluates queries: `PromQLEngine`, or in tests what answers without one.
package protocol PromQLQueries: Sendable {
    /// What holds for queries that say nothing else.
    var defaults: EvaluationOptions { get }

    /// At one time, milliseconds since the Unix epoch.
    func instant(
        _ query: String, at time: Int64, _ options: EvaluationOptions
    ) async throws(QueryError) -> QueryResult

    /// At start, start + step, … up to end.
    func range(
        _ query: String, start: Int64, end: Int64, step: Int64, _ options: EvaluationOptions
    ) async throws(QueryError) -> QueryResult
}

extension PromQLEngine: PromQLQueries {
    package var defaults: EvaluationOptions { options }

    package func instant(
        _ query: String, at time: Int64, _ options: EvaluationOptions
    ) async throws(QueryError) -> QueryResult {
        try await with(options).instant(query, at: time)
    }

    package func range(
        _ query: String, start: Int64, end: Int64, step: Int64, _ options: EvaluationOptions
    ) async throws(QueryError) -> QueryResult {
        try await with(options).range(query, start: start, end: end, step: step)
    }
}

/// What the Prometheus API answers from.
package struct PrometheusDependencies: Sendable {
    package typealias Targets = (active: [ScrapeTargetStatus], dropped: [ScrapeTargetStatus])

    package let queries: any PromQLQueries
    package let catalog: any PrometheusCatalog
    /// Milliseconds since the Unix epoch.
    package var now: @Sendable () -> Int64 = { Timestamp.now().nanoseconds / 1_000_000 }
    /// Awaited before what reads stored samples, so that what was acknowledged is found.
    package var freshen: @Sendable () async -> Void = {}
    package var targets: @Sendable () async -> Targets = { ([], []) }
    /// Names of all scrape pools; nil: those of the targets.
    package var scrapePools: (@Sendable () async -> [String])?
    package var ruleGroups: @Sendable () async -> [RuleGroupStatus] = { [] }
    /// Active alerts; nil: those of the rules.
    package var alerts: (@Sendable () async -> [AlertStatus])?
    /// URLs that alerts are sent to.
    package var alertmanagers: @Sendable () async -> (active: [String], dropped: [String]) = { ([], []) }
    /// The configuration as YAML, without secrets: it is shown to whoever may ask.
    package var configuration: @Sendable () async -> String = { "" }
    package var flags: [String: String] = [:]
    package var runtime: @Sendable () async -> RuntimeFacts = { RuntimeFacts() }
    /// Shown by `/api/v1/status/buildinfo`: clients read a semantic version there and decide by it what they may ask.
    package var version = "3.5.0"
    package var isReady: @Sendable () -> Bool = { true }
    /// Nil: the call is refused, as the reference implementation does without `--web.enable-lifecycle`.
    package var reload: (@Sendable () async throws -> Void)?
    package var quit: (@Sendable () async -> Void)?

    package init(queries: any PromQLQueries, catalog: any PrometheusCatalog) {
        self.queries = queries
        self.catalog = catalog
    }
}

/// Facts for `/api/v1/status/runtimeinfo`. Times are milliseconds since the Unix epoch.
package struct RuntimeFacts: Sendable {
    package var startTime: Int64 = 0
    package var workingDirectory = ""
    package var hostname = ""
    package var lastReloadSucceeded = true
    package var lastReload: Int64 = 0
    package var threads = 1
    package var memoryBytesMax: Int64 = 0
    /// As text: `15d`.
    package var storageRetention = ""

    package init() {}
}
