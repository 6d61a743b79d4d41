import Foundation
import PromQLEvaluation
import PrometheusModel
import QueryEngines
import Testing

@testable import QueryAPI

/// The recorded answers of Prometheus 3.5.3, compared with what the API says of the same data held in memory.
///
/// A time within three hours of the end of the data is recorded as `@` and its distance to that end in seconds.
@Suite struct PrometheusConformanceTests {
    private static let end = PrometheusAPI.testTime

    /// `shared` stands beside the repository and is not part of it.
    private static func recordings() -> [[String: Any]]? {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["MARTLET_SHARED"].map { URL(filePath: $0) }
            ?? package.deletingLastPathComponent().appending(path: "shared")
        guard let data = try? Data(contentsOf: shared.appending(path: "conformance/prometheus-api/responses.json"))
        else { return nil }
        return (try? JSONSerialization.jsonObject(with: data)) as? [[String: Any]]
    }

    @Test func `recorded questions get the recorded answers`() async throws {
        guard let recordings = Self.recordings() else {
            print("SKIPPED: ../shared not present")
            return
        }
        let api = MemoryMetrics.api(end: Self.end)
        var checked = 0
        for recording in recordings {
            let name = recording["name"] as? String ?? ""
            guard let (endpoint, label) = Self.endpoint(recording["path"] as? String ?? ""),
                let method = PrometheusEndpoint.Method(rawValue: recording["method"] as? String ?? ""),
                endpoint.methods.contains(method)
            else {
                print("SKIPPED: \(name), which is the surface's")
                continue
            }
            let parameters = (recording["params"] as? [[String]] ?? []).map { ($0[0], Self.filled($0[1])) }
            let answer = await api.ask(endpoint, parameters, name: label, method: method)
            #expect(answer.status == recording["status"] as? Int, "\(name): \(answer.text)")
            let body = try? JSONSerialization.jsonObject(with: Data(answer.text.utf8))
            let recorded = recording["response"]
            switch recording["mode"] as? String {
            case "exact":
                let actual = Self.canonical(Self.relative(body as Any))
                let expected = Self.canonical(recorded as Any)
                #expect(actual == expected, "\(name)")
            case "shape": #expect(Self.hasShape(body as Any, recorded as Any), "\(name): \(answer.text)")
            default:
                // Of errors the words are compared too, but where they list series in no order.
                guard let recorded = recorded as? [String: String], let message = recorded["error"],
                    !message.contains("found duplicate series")
                else { break }
                #expect(body as? [String: String] == recorded, "\(name)")
            }
            checked += 1
        }
        print("prometheus-api: \(checked) of \(recordings.count) recordings checked")
        #expect(checked > 40)
    }

    private static func endpoint(_ path: String) -> (PrometheusEndpoint, label: String)? {
        if let endpoint = PrometheusEndpoint(rawValue: path) { return (endpoint, "") }
        let parts = path.split(separator: "/")
        guard parts.count == 5, parts[2] == "label", parts[4] == "values" else { return nil }
        return (.labelValues, String(parts[3]))
    }

    private static func filled(_ text: String) -> String {
        text.replacingOccurrences(of: "{ERFC}", with: "2023-11-14T22:13:20Z")
            .replacingOccurrences(of: "{E}", with: "\(end / 1000)")
            .replacingOccurrences(of: "{S}", with: "\(end / 1000 - 300)")
    }

    /// With times near the end as the recordings have them.
    private static func relative(_ value: Any) -> Any {
        switch value {
        case let list as [Any]: return list.map(relative)
        case let object as [String: Any]: return object.mapValues(relative)
        case let number as NSNumber: return mark(number.doubleValue).map { $0 as Any } ?? number
        case let text as String: return Double(text).flatMap(mark) ?? text
        default: return value
        }
    }

    private static func mark(_ time: Double) -> String? {
        let distance = time - Double(end) / 1000
        guard abs(distance) < 3 * 3600 else { return nil }
        return "@" + NumberText.plain(distance)
    }

    /// Text that is the same for the same value; series have no order in a vector.
    private static func canonical(_ value: Any) -> String {
        guard var object = value as? [String: Any], var data = object["data"] as? [String: Any],
            data["resultType"] as? String == "vector", let result = data["result"] as? [Any]
        else { return text(value) }
        data["result"] = result.map { (text: text($0), value: $0) }.sorted { $0.text < $1.text }.map(\.value)
        object["data"] = data
        return text(object)
    }

    private static func text(_ value: Any) -> String {
        let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    /// Whether all members are there, with values of the recorded types.
    private static func hasShape(_ value: Any, _ shape: Any) -> Bool {
        switch shape {
        case let members as [String: Any]:
            guard let object = value as? [String: Any] else { return false }
            return members.allSatisfy { name, shape in object[name].map { hasShape($0, shape) } ?? false }
        case is [Any]: return value is [Any]
        case let type as String:
            switch type {
            case "string": return value is String
            case "number", "bool": return value is NSNumber
            default: return false
            }
        default: return false
        }
    }
}

/// The data that the recordings were made with: five minutes before the end, each fifteen seconds a sample.
private struct MemoryMetrics: SeriesSource {
    private struct Series: Sendable {
        var labels: Labels
        var samples: [(time: Int64, value: Double, histogram: HistogramBox?)]
    }

    private var series: [Series] = []

    static func api(end: Int64) -> PrometheusAPI {
        let metrics = MemoryMetrics(end: end)
        var dependencies = PrometheusDependencies(
            queries: PromQLEngine(source: metrics),
            catalog: ListCatalog(list: metrics.series.map(\.labels)))
        dependencies.now = { end }
        return PrometheusAPI(dependencies: dependencies)
    }

    private init(end: Int64) {
        func add(_ labels: Labels, _ value: (Int) -> Double?) {
            let samples = (0...40).compactMap { step in
                value(step).map { (end - 600_000 + Int64(step) * 15_000, $0, HistogramBox?.none) }
            }
            series.append(Series(labels: labels, samples: samples))
        }
        for (method, factor) in [("GET", 10.0), ("POST", 2.5)] {
            add(["__name__": "api_requests_total", "instance": "h1:80", "job": "api", "method": method]) {
                Double($0) * factor
            }
        }
        add(["__name__": "gappy", "job": "g"]) { step in
            step == 24 ? StaleMarker.value : (25..<37).contains(step) ? nil : Double(step)
        }
        let special: [(String, Double)] = [
            ("nan", .nan), ("pinf", .infinity), ("ninf", -.infinity), ("zero", 0), ("negzero", -0.0),
            ("tiny", .leastNonzeroMagnitude), ("max", .greatestFiniteMagnitude),
        ]
        for (kind, value) in special { add(["__name__": "special_values", "kind": kind]) { _ in value } }
        add([
            "__name__": "odd_labels", "html": "<&>", "newline": "e\nf", "quote": "a\"b", "slash": "c\\d",
            "uni": "Zürich ☃",
        ]) { _ in 1 }
        add(["__name__": "dur_seconds_bucket", "le": "+Inf"]) { _ in 1 }
        let box = HistogramBox(
            NativeHistogram(
                schema: 1, zeroThreshold: 0.001, zeroCount: 2, count: 12, sum: 18.4,
                positiveSpans: [.init(offset: -1, length: 2), .init(offset: 1, length: 1)],
                negativeSpans: [.init(offset: 0, length: 1)], positiveBuckets: [1, 2, 3], negativeBuckets: [4]))
        series.append(
            Series(
                labels: ["__name__": "native_hist", "job": "n"],
                samples: (0...40).map { (end - 600_000 + Int64($0) * 15_000, 0, box) }))
    }

    func select(_ request: SeriesRequest) async throws -> SeriesSet {
        var set = SeriesSet()
        for one in series where request.matchers.allSatisfy({ $0.matches(one.labels) }) {
            let samples = one.samples.filter { $0.time > request.startExclusive && $0.time <= request.end }
            guard !samples.isEmpty else { continue }
            set.labels.append(one.labels)
            set.times += samples.map(\.time)
            set.values += samples.map(\.value)
            set.histograms += samples.map(\.histogram)
            set.bounds.append(set.times.count)
        }
        return set
    }
}
