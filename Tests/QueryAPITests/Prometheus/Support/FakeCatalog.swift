import PromQL
import PromQLEvaluation
import PrometheusModel
import QueryEngines

@testable import QueryAPI

/// A catalog of series that exist at all times.
struct ListCatalog: PrometheusCatalog {
    var list: [Labels] = []
    var known: [String: [MetricMetadata]] = [:]
    var exemplarList: [(series: Labels, exemplars: [Exemplar])] = []
    var snapshot = SeriesSnapshot([])
    var figures = CatalogStatistics()

    private func cut<Element: Sendable>(_ elements: [Element], _ limit: Int) -> CatalogAnswer<Element> {
        guard limit > 0, elements.count > limit else { return CatalogAnswer(elements) }
        return CatalogAnswer(Array(elements.prefix(limit)), isTruncated: true)
    }

    private func matching(_ selectors: [[LabelMatcher]]) -> [Labels] {
        list.filter { labels in
            selectors.isEmpty || selectors.contains { $0.allSatisfy { $0.matches(labels) } }
        }.sorted()
    }

    func series(
        _ selectors: [[LabelMatcher]], start: Int64, end: Int64, limit: Int
    ) async throws -> CatalogAnswer<Labels> {
        cut(matching(selectors), limit)
    }

    func labelNames(
        _ selectors: [[LabelMatcher]], start: Int64, end: Int64, limit: Int
    ) async throws -> CatalogAnswer<String> {
        cut(Set(matching(selectors).flatMap { $0.entries.map(\.name) }).sorted(), limit)
    }

    func labelValues(
        _ name: String, _ selectors: [[LabelMatcher]], start: Int64, end: Int64, limit: Int
    ) async throws -> CatalogAnswer<String> {
        cut(Set(matching(selectors).map { $0[name] }.filter { !$0.isEmpty }).sorted(), limit)
    }

    func metadata() async throws -> [String: [MetricMetadata]] { known }

    func exemplars(
        _ selectors: [[LabelMatcher]], start: Int64, end: Int64
    ) async throws -> [(series: Labels, exemplars: [Exemplar])] {
        exemplarList.filter { entry in selectors.contains { $0.allSatisfy { $0.matches(entry.series) } } }
    }

    func newestSamples(
        _ selectors: [[LabelMatcher]], at time: Int64, lookback: Int64
    ) async throws -> SeriesSnapshot {
        SeriesSnapshot(
            snapshot.entries.filter { entry in
                entry.time <= time && entry.time > time - lookback
                    && (selectors.isEmpty || selectors.contains { $0.allSatisfy { $0.matches(entry.labels) } })
            })
    }

    func statistics(limit: Int) async throws -> CatalogStatistics { figures }
}

/// Answers known texts; others are parsed, so that what is wrong with them is said.
struct CannedQueries: PromQLQueries {
    struct Asked: Equatable {
        var start: Int64
        var end: Int64
        var step: Int64
        var options: [Int64]
    }

    var defaults = EvaluationOptions()
    var answers: [String: @Sendable (Asked) async throws(QueryError) -> QueryResult] = [:]

    func instant(
        _ query: String, at time: Int64, _ options: EvaluationOptions
    ) async throws(QueryError) -> QueryResult {
        try await answer(query, Asked(start: time, end: time, step: 0, options: Self.numbers(options)))
    }

    func range(
        _ query: String, start: Int64, end: Int64, step: Int64, _ options: EvaluationOptions
    ) async throws(QueryError) -> QueryResult {
        let result = try await answer(
            query, Asked(start: start, end: end, step: step, options: Self.numbers(options)))
        if case .string = result.value {
            throw QueryError(
                .invalid,
                "invalid expression type \"string\" for range query, must be Scalar or instant Vector")
        }
        return result
    }

    private func answer(_ query: String, _ asked: Asked) async throws(QueryError) -> QueryResult {
        if let answer = answers[query] { return try await answer(asked) }
        do {
            switch try PromQLParser.parse(query) {
            case .number(let node): return QueryResult(value: .scalar(time: asked.start, value: node.value))
            case .string(let node): return QueryResult(value: .string(time: asked.start, value: node.value))
            default: return QueryResult(value: .vector([]))
            }
        } catch {
            throw QueryError(.invalid, error.message, range: error.range)
        }
    }

    private static func numbers(_ options: EvaluationOptions) -> [Int64] {
        [options.lookback, options.timeout.components.seconds]
    }
}

extension PrometheusAPI {
    /// The time of the fake clock, milliseconds.
    static let testTime: Int64 = 1_700_000_000_000

    static func test(
        _ catalog: ListCatalog = ListCatalog(), _ queries: CannedQueries = CannedQueries(),
        _ adjust: (inout PrometheusDependencies) -> Void = { _ in }
    ) -> PrometheusAPI {
        var dependencies = PrometheusDependencies(queries: queries, catalog: catalog)
        dependencies.now = { testTime }
        adjust(&dependencies)
        return PrometheusAPI(dependencies: dependencies)
    }

    /// Status and body.
    func ask(
        _ endpoint: PrometheusEndpoint, _ parameters: [(String, String)] = [], name: String = "",
        method: PrometheusEndpoint.Method = .get
    ) async -> (status: Int, text: String) {
        let answer = await answer(
            Question(endpoint: endpoint, method: method, form: FormParameters(parameters), name: name))
        let bytes =
            switch answer.body {
            case .bytes(let bytes): bytes
            case .query(let query): query.bytes()
            }
        return (answer.status, String(decoding: bytes, as: UTF8.self))
    }
}
