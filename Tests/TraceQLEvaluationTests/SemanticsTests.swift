import Foundation
import TelemetryModel
import Testing
import TraceQL
import TraceQLEvaluation

/// Queries with hand-derived answers, read from the data that stand beside the repository.
@Suite struct SemanticsTests {
    private struct Suite: Decodable {
        var spans: [Span]
        var search: [Search]
        var metrics: [Metrics]
    }

    private struct Span: Decodable {
        struct Event: Decodable {
            var name: String
            var attributes: [String: Scalar]
        }

        struct Link: Decodable {
            var trace: String
            var span: String
        }

        var trace: String
        var span: String
        var parent: String
        var service: String
        var name: String
        var kind: Int32
        var start: Int64
        var duration: Int64
        var status: Int32
        var message: String?
        var attributes: [String: Scalar]
        var events: [Event]
        var links: [Link]
        var resource: [String: Scalar]
        var scope: String?

        enum CodingKeys: String, CodingKey {
            case trace, span, parent, service, name, kind, status, message, attributes, events, links, resource, scope
            case start = "start_ms"
            case duration = "duration_ms"
        }
    }

    private struct Search: Decodable {
        var q: String
        var traces: [String: Int]
    }

    private struct Metrics: Decodable {
        var q: String
        var sums: [String: Double]
    }

    private enum Scalar: Decodable {
        case bool(Bool)
        case int(Int64)
        case double(Double)
        case string(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(Int64.self) {
                self = .int(value)
            } else if let value = try? container.decode(Double.self) {
                self = .double(value)
            } else {
                self = .string(try container.decode(String.self))
            }
        }

        var value: Value {
            switch self {
            case .bool(let value): .bool(value)
            case .int(let value): .int(value)
            case .double(let value): .double(value)
            case .string(let value): .string(value)
            }
        }
    }

    private static func load() throws -> Suite? {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["MARTLET_SHARED"].map { URL(filePath: $0) }
            ?? package.deletingLastPathComponent().appending(path: "shared")
        guard let data = try? Data(contentsOf: shared.appending(path: "conformance/traceql/semantics.json")) else {
            print("SKIPPED: ../shared/conformance/traceql/semantics.json not present")
            return nil
        }
        return try JSONDecoder().decode(Suite.self, from: data)
    }

    private static func table(_ suite: Suite) throws -> SpanTable {
        var numbers: [String: UInt64] = [:]
        let spans = try suite.spans.map { span in
            if numbers[span.trace] == nil { numbers[span.trace] = UInt64(numbers.count + 1) }
            func id(_ text: String) throws -> UInt64 { try #require(UInt64(text, radix: 16)) }
            var test = TestSpan(
                trace: numbers[span.trace] ?? 0, id: try id(span.span),
                parent: span.parent.isEmpty ? 0 : try id(span.parent),
                start: span.start * 1_000_000, duration: span.duration * 1_000_000, kind: span.kind,
                status: span.status, service: span.service, name: span.name)
            for (scope, attributes) in [(Attribute.Scope.span, span.attributes), (.resource, span.resource)] {
                for (name, value) in attributes {
                    test.fields[.attribute(scope, name)] = value.value
                    // As a loader does: the span's own comes first.
                    if scope == .span || test.fields[.attribute(.any, name)] == nil {
                        test.fields[.attribute(.any, name)] = value.value
                    }
                }
            }
            test.fields[.intrinsic(.statusMessage)] = span.message.map(Value.string)
            test.fields[.intrinsic(.instrumentationName)] = span.scope.map(Value.string)
            for event in span.events {
                test.multiple[.intrinsic(.eventName), default: []].append(.string(event.name))
                for (name, value) in event.attributes {
                    test.multiple[.attribute(.event, name), default: []].append(value.value)
                }
            }
            for link in span.links {
                test.multiple[.intrinsic(.linkTraceID), default: []].append(.string(link.trace))
                test.multiple[.intrinsic(.linkSpanID), default: []].append(.string(link.span))
            }
            return test
        }
        var table = SpanTable(spans)
        let texts = Dictionary(uniqueKeysWithValues: numbers.map { ($1, $0) })
        table.traceIDs = try table.traceIDs.map { try #require(TraceID(hex: texts[$0.low] ?? "")) }
        return table
    }

    @Test func searchesFindTheSpansTheyShould() throws {
        guard let suite = try Self.load() else { return }
        for search in suite.search {
            guard case .search(let pipeline) = try TraceQLParser.parse(search.q).body else {
                Issue.record("not a search: \(search.q)")
                continue
            }
            let fields = try FieldEvaluator(Self.table(suite))
            var evaluator = PipelineEvaluator(pipeline, over: fields)
            var found: [String: Int] = [:]
            for match in try evaluator.matches() {
                found[fields.table.traceIDs[match.trace].hex, default: 0] += match.rows.count
            }
            #expect(found == search.traces, "\(search.q)")
        }
    }

    @Test func metricsCountWhatTheyShould() throws {
        guard let suite = try Self.load() else { return }
        for metrics in suite.metrics {
            guard case .metrics(let expression) = try TraceQLParser.parse(metrics.q).body else {
                Issue.record("not a metrics query: \(metrics.q)")
                continue
            }
            let grid = try IntervalGrid(start: 0, end: 60_000_000_000, step: 1_000_000_000)
            let fields = try FieldEvaluator(Self.table(suite))
            let results = try MetricsExpressionEvaluator.pipelines(of: expression).map { pipeline, function in
                var evaluator = PipelineEvaluator(pipeline, over: fields)
                var aggregator = MetricsAggregator(function, on: grid)
                try aggregator.add(try evaluator.matches(), of: fields)
                return try aggregator.finish()
            }
            var sums: [String: Double] = [:]
            for series in try MetricsExpressionEvaluator.evaluate(expression, results: results, on: grid) {
                let labels = series.labels.compactMap { label -> String? in
                    if label.key == "__name__" { return nil }
                    return if case .string(let text) = label.value { text } else { "\(label.value)" }
                }
                sums[labels.joined(separator: ","), default: 0] += series.samples(on: grid).reduce(0) { $0 + $1.value }
            }
            #expect(sums == metrics.sums, "\(metrics.q)")
        }
    }
}
