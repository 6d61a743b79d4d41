import Codecs
import Foundation
import PrometheusModel
import Testing

@testable import Receivers

/// The cases of `conformance/statsd`, at the level of the aggregator; what they expect is said there, and the accepted
/// suffixes by the tool that sends them to a server.
@Suite struct StatsDConformanceTests {
    private struct Case: Decodable {
        struct Expectation: Decodable {
            var kind: String
            var name: String
            var value: Double?
            var count: Double?
            var sum: Double?
            var tags: [String: String?]?
        }

        var name: String
        var packets: [String]
        var expect: [Expectation]
    }

    /// `shared` stands beside the repository and is not part of it.
    private static let file: URL = {
        if let shared = ProcessInfo.processInfo.environment["MARTLET_SHARED"] {
            return URL(filePath: shared).appending(path: "conformance/statsd/cases.json")
        }
        var url = URL(filePath: #filePath)
        for _ in 0..<5 { url.deleteLastPathComponent() }
        return url.appending(path: "shared/conformance/statsd/cases.json")
    }()

    @Test func cases() throws {
        guard let data = try? Data(contentsOf: Self.file) else {
            print("SKIPPED: \(Self.file.path(percentEncoded: false)) does not exist")
            return
        }
        let cases = try JSONDecoder().decode([Case].self, from: data)
        #expect(!cases.isEmpty)
        for test in cases {
            var statsd = StatsDAggregator()
            for packet in test.packets { statsd.receive(packet.replacing("{p}", with: "ct1s"), now: 1000) }
            var values: [Labels: Double] = [:]
            for snapshot in statsd.flush(now: 2000) {
                StatsDSeriesWriter(quantiles: [0.5]).write(snapshot) { series in
                    values[series.labels] = series.samples.last?.value
                }
            }
            for expectation in test.expect { check(expectation, values, test.name) }
        }
    }

    private func check(_ expected: Case.Expectation, _ values: [Labels: Double], _ name: String) {
        let metric = String(
            expected.name.replacing("{p}", with: "ct1s").map { character in
                character.isASCII && (character.isLetter || character.isNumber || "_:".contains(character))
                    ? character : "_"
            })
        func found(_ suffixes: [String]) -> [Double] {
            values.compactMap { labels, value in
                let hasName = suffixes.contains { labels.metricName == metric + $0 }
                let hasTags = (expected.tags ?? [:]).allSatisfy { tag in
                    tag.value.map { labels[tag.key] == $0 } ?? ["", "true", tag.key].contains(labels[tag.key])
                }
                return hasName && hasTags ? value : nil
            }
        }
        switch expected.kind {
        case "absent": #expect(!values.keys.contains { $0.metricName.hasPrefix(metric) }, "\(name)")
        case "counter": #expect(found(["", "_total"]) == [expected.value], "\(name)")
        case "gauge": #expect(found([""]) == [expected.value], "\(name)")
        case "set": #expect(found(["", "_unique", "_set", "_cardinality"]) == [expected.value], "\(name)")
        default:
            for (part, value) in [("_count", expected.count), ("_sum", expected.sum)] {
                guard let value else { continue }
                #expect(found(["", "_ms", "_milliseconds"].map { $0 + part }) == [value], "\(name)")
            }
        }
    }
}
