import Codecs
import Foundation
import TelemetryModel
import Testing

@testable import QueryAPI

/// Jaeger's own integration queries and the JSON of its web page, from the folder of conformance data.
@Suite struct JaegerConformanceTests {
    private struct Case {
        let caption: String
        let parameters: [(String, String)]
        let expected: [String]
    }

    /// The parameters as a client of the HTTP API sends them.
    private static func cases(_ folder: URL) throws -> [Case] {
        let data = try Data(contentsOf: folder.appending(path: "queries.json"))
        let list = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        return try list.map { item in
            let query = item["Query"] as? [String: Any] ?? [:]
            var parameters: [(String, String)] = []
            func text(_ key: String, _ name: String) {
                if let value = query[key] as? String, !value.isEmpty { parameters.append((name, value)) }
            }
            func number(_ key: String) -> Int { (query[key] as? NSNumber)?.intValue ?? 0 }
            text("ServiceName", "service")
            text("OperationName", "operation")
            for (key, name) in [("StartTimeMin", "start"), ("StartTimeMax", "end")] {
                let time = try #require(RFC3339Nanoseconds.parse(query[key] as? String ?? ""))
                parameters.append((name, "\(time / 1000)"))
            }
            parameters.append(("limit", "\(number("NumTraces"))"))
            for (key, name) in [("DurationMin", "minDuration"), ("DurationMax", "maxDuration")] where number(key) > 0 {
                parameters.append((name, "\(number(key))ns"))
            }
            if let tags = query["Tags"] as? [String: Any] {
                let data = try JSONSerialization.data(withJSONObject: tags)
                parameters.append(("tags", String(decoding: data, as: UTF8.self)))
            }
            return Case(
                caption: item["Caption"] as? String ?? "", parameters: parameters,
                expected: item["ExpectedFixtures"] as? [String] ?? [])
        }
    }

    @Test func everySearchFindsExactlyTheTracesItMust() async throws {
        guard let folder = JaegerSamples.conformance else {
            print("skipped: no conformance data of Jaeger")
            return
        }
        var fixtures: [String: [StoredTrace]] = [:]
        for file in try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: "traces"), includingPropertiesForKeys: nil)
        {
            fixtures[file.deletingPathExtension().lastPathComponent] = try JaegerSamples.stored(otlp: file)
        }
        let queries = MemoryTraceQueries(fixtures.values.flatMap { $0 })
        for item in try Self.cases(folder) {
            let (status, text) = try await JaegerSamples.ask(queries, "/api/traces", item.parameters)
            #expect(status == 200, "\(item.caption): \(text)")
            let data = try JaegerSamples.json(text)["data"] as? [[String: Any]] ?? []
            let found = Set(data.compactMap { $0["traceID"] as? String })
            let expected = Set(item.expected.flatMap { fixtures[$0] ?? [] }.map { $0.spans[0].traceID.jaegerText })
            #expect(found == expected, "\(item.caption)")
        }
    }

    /// The domain trace is read into the model here, so that its JSON is what is tested.
    @Test func theModelIsWrittenAsJaegerWritesIt() throws {
        guard let folder = JaegerSamples.conformance else {
            print("skipped: no conformance data of Jaeger")
            return
        }
        let domain = try JSONSerialization.jsonObject(
            with: Data(contentsOf: folder.appending(path: "ui/domain_01.json")))
        let expected = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "ui/ui_01.json")))
        let trace = try DomainTrace.trace(try #require(domain as? [String: Any]))
        var writer = JSONWriter()
        writer.jaegerTrace(trace)
        let written = try JSONSerialization.jsonObject(with: Data(writer.bytes))
        #expect(try #require(written as? NSDictionary) == #require(expected as? NSDictionary))
    }
}

/// Jaeger's protobuf model in JSON.
private enum DomainTrace {
    static func trace(_ object: [String: Any]) throws -> JaegerTrace {
        var processes: [JaegerProcess] = []
        var spans: [JaegerSpan] = []
        for item in object["spans"] as? [[String: Any]] ?? [] {
            let service = (item["process"] as? [String: Any])?["serviceName"] as? String ?? ""
            let process = JaegerProcess(serviceName: service)
            if !processes.contains(process) { processes.append(process) }
            spans.append(
                JaegerSpan(
                    traceID: try #require(TraceID(bytes: bytes(item["traceId"]))),
                    spanID: try #require(SpanID(bytes: bytes(item["spanId"]))),
                    operationName: item["operationName"] as? String ?? "",
                    references: try (item["references"] as? [[String: Any]] ?? []).map { reference in
                        JaegerReference(
                            kind: try #require(JaegerReference.Kind(rawValue: reference["refType"] as? String ?? "")),
                            traceID: try #require(TraceID(bytes: bytes(reference["traceId"]))),
                            spanID: try #require(SpanID(bytes: bytes(reference["spanId"]))))
                    },
                    startNanoseconds: try time(item["startTime"]),
                    durationNanoseconds: try duration(item["duration"]), tags: tags(item["tags"]),
                    logs: try (item["logs"] as? [[String: Any]] ?? []).map {
                        JaegerLog(nanoseconds: try time($0["timestamp"]), fields: tags($0["fields"]))
                    },
                    process: processes.firstIndex(of: process) ?? 0, warnings: item["warnings"] as? [String] ?? []))
        }
        return JaegerTrace(
            id: spans[0].traceID, spans: spans, processes: processes,
            warnings: object["warnings"] as? [String] ?? [])
    }

    private static func bytes(_ text: Any?) -> [UInt8] { Array(Data(base64Encoded: text as? String ?? "") ?? Data()) }

    private static func time(_ text: Any?) throws -> Int64 {
        try #require(RFC3339Nanoseconds.parse(text as? String ?? ""))
    }

    private static func duration(_ text: Any?) throws -> Int64 {
        try #require(try? GoDuration.parse(text as? String ?? "").get())
    }

    private static func tags(_ list: Any?) -> [JaegerTag] {
        (list as? [[String: Any]] ?? []).map { item in
            let value: JaegerTag.Value =
                switch item["vType"] as? String ?? "STRING" {
                case "BOOL": .bool(item["vBool"] as? Bool ?? false)
                case "INT64": .int64((item["vInt64"] as? NSNumber)?.int64Value ?? 0)
                case "FLOAT64": .float64((item["vFloat64"] as? NSNumber)?.doubleValue ?? 0)
                case "BINARY": .binary(bytes(item["vBinary"]))
                default: .string(item["vStr"] as? String ?? "")
                }
            return JaegerTag(item["key"] as? String ?? "", value)
        }
    }
}
