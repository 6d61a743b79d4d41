import Codecs
import Foundation
import OTLPMessages
import TelemetryModel

@testable import QueryAPI

/// Traces and answers for the tests.
enum JaegerSamples {
    static func id(_ low: UInt64, high: UInt64 = 0) -> TraceID { TraceID(high: high, low: low) }

    static func span(
        _ id: UInt64, parent: UInt64 = 0, trace: TraceID = id(1), service: String = "shop", name: String = "op",
        kind: JaegerSpanKind? = nil, start: Int64 = 1_000_000, duration: Int64 = 5000,
        attributes: [StoredAttribute] = []
    ) -> StoredSpan {
        var span = StoredSpan()
        span.traceID = trace
        span.spanID = SpanID(value: id)
        span.parentSpanID = SpanID(value: parent)
        span.service = service
        span.name = name
        span.kind = kind?.rawValue ?? 0
        span.startTime = Timestamp(nanoseconds: start)
        span.durationNanoseconds = duration
        span.resourceID = UInt64(service.utf8.count)
        span.attributes = attributes
        return span
    }

    static func trace(_ spans: [StoredSpan]) -> StoredTrace {
        var resources: [UInt64: StoredResource] = [:]
        for span in spans where !span.service.isEmpty {
            resources[span.resourceID] = StoredResource(
                attributes: [
                    StoredAttribute(key: "service.name", text: span.service, type: .string),
                    StoredAttribute(key: "host.name", text: "a", type: .string),
                ], droppedAttributes: 0, schemaURL: "", entityRefs: "")
        }
        return StoredTrace(spans: spans, resources: resources, scopes: [:])
    }

    // MARK: Asking

    static func ask(
        _ queries: MemoryTraceQueries, _ path: String, _ parameters: [(String, String)] = [], method: String = "GET",
        body: String = "", now: Int64 = 1_000_000_000_000
    ) async throws -> (status: Int, text: String) {
        var dependencies = JaegerDependencies(queries: queries)
        dependencies.now = { now }
        let api = JaegerAPI(dependencies: dependencies)
        let answer = await api.answer(
            JaegerAPI.Question(
                method: method, path: path, form: FormParameters(parameters), body: Array(body.utf8)))
        return (answer.status, String(decoding: try await bytes(answer), as: UTF8.self))
    }

    static func bytes(_ answer: JaegerAnswer) async throws -> [UInt8] {
        switch answer.body {
        case .bytes(let bytes): return bytes
        case .stream(let write):
            let collected = Collected()
            try await write { await collected.append($0) }
            return await collected.bytes
        }
    }

    static func json(_ text: String) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return value as? [String: Any] ?? [:]
    }

    private actor Collected {
        var bytes: [UInt8] = []
        func append(_ more: [UInt8]) { bytes += more }
    }

    // MARK: Conformance data

    /// `MARTLET_SHARED`, or the folder `shared` beside the package; nil when neither has Jaeger's data.
    static let conformance: URL? = {
        let beside = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")
        let shared = ProcessInfo.processInfo.environment["MARTLET_SHARED"].map { URL(filePath: $0) } ?? beside
        let folder = shared.appending(path: "conformance/jaeger")
        return FileManager.default.fileExists(atPath: folder.path()) ? folder : nil
    }()

    static func stored(otlp file: URL) throws -> [StoredTrace] {
        var repairs = RepairCounts()
        let request = try OTLPJSONDecoder.decodeTraces(Array(try Data(contentsOf: file)), repairs: &repairs)
        return try StoredTrace.traces(request.resourceSpans)
    }
}
