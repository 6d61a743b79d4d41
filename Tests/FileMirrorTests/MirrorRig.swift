import Codecs
import FileMirror
import Foundation
import LogFiles
import OTLPMessages
import SwiftProtobuf
import Synchronization
import TelemetryModel
import TestSupport

/// What blocks have brought, as the store would keep it.
final class RecordedReferences: MirrorReferences {
    struct State {
        var resources: [UInt64: StoredResource] = [:]
        var scopes: [UInt64: StoredScope] = [:]
        var series: [UInt64: StoredSeries] = [:]
        var asked = 0
        var fails = false
    }

    struct Unreadable: Error {}

    let state = Mutex(State())

    private func asked<Value>(_ value: (inout State) -> Value) throws -> Value {
        try state.withLock { state in
            state.asked += 1
            if state.fails { throw Unreadable() }
            return value(&state)
        }
    }

    func resources(_ ids: Set<UInt64>) async throws -> [UInt64: StoredResource] {
        try asked { $0.resources.filter { ids.contains($0.key) } }
    }

    func scopes(_ ids: Set<UInt64>) async throws -> [UInt64: StoredScope] {
        try asked { $0.scopes.filter { ids.contains($0.key) } }
    }

    func series(_ ids: Set<UInt64>) async throws -> [UInt64: StoredSeries] {
        try asked { $0.series.filter { ids.contains($0.key) } }
    }
}

/// A clock that a test sets.
private final class SetClock: Sendable {
    let time = Mutex(Timestamp(nanoseconds: 1_790_000_000_000_000_000))
}

/// A data directory with a mirror that is restarted and killed at will.
final class MirrorRig {
    let directory = TemporaryDirectory()
    let references = RecordedReferences()
    private let clock = SetClock()
    var options: MirrorOptions
    private var blocks: UInt64 = 0

    init(_ change: (inout MirrorOptions) -> Void = { _ in }) {
        options = MirrorOptions(data: directory.path + "/data", run: directory.path + "/data/run")
        options.compression = .none
        change(&options)
    }

    /// A mirror of a process that has just started.
    func start() async -> FileMirror {
        let mirror = FileMirror(
            options, references: references, logger: silentLogger(), clock: { [clock] in clock.time.withLock { $0 } })
        await mirror.start()
        return mirror
    }

    func nextToken() -> String {
        blocks += 1
        return "wal-00ff-01-\(blocks)-\(blocks)"
    }

    func path(_ name: String) -> String { options.data + "/" + name }

    func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: path(name)).map { Array($0) } }

    func lines(_ name: String) -> [String] {
        guard let bytes = bytes(name) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Names in a folder, sorted.
    func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []).sorted()
    }

    func advance(seconds: Int64) { clock.time.withLock { $0.nanoseconds += seconds * 1_000_000_000 } }

    /// All names of spans in the live file and those put aside, in order.
    func spanNames(_ names: [String]) throws -> [String] {
        var found: [String] = []
        for name in names {
            for line in lines("traces/" + name) {
                var repairs = RepairCounts()
                let request = try OTLPJSONDecoder.decodeTraces(Array(line.utf8), repairs: &repairs)
                for group in request.resourceSpans {
                    for scope in group.scopeSpans { found += scope.spans.map(\.name) }
                }
            }
        }
        return found
    }
}

enum Blocks {
    static let arrival = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

    /// A block of requests in protobuf, as the pipeline makes it.
    static func of(_ requests: [any SwiftProtobuf.Message], _ signal: Signal) throws -> TelemetryBatch {
        let batch = TelemetryBatch()
        var appender = ColumnAppender(batch: batch)
        for request in requests {
            let body: [UInt8] = try request.serializedBytes()
            appender.begin(receivedTime: arrival)
            try body.withUnsafeBufferPointer { try appender.append(protobuf: $0, signal) }
        }
        return batch
    }

    /// Spans with the names given, of one service.
    static func spans(_ names: [String], service: String = "spacetimedb", padding: Int = 0) throws -> TelemetryBatch {
        try of([request(names, service: service, padding: padding)], .traces)
    }

    static func request(_ names: [String], service: String = "spacetimedb", padding: Int = 0) -> OTLPTraceRequest {
        var scope = OTLPScopeSpans()
        scope.scope.name = "test"
        scope.spans = names.map { name in
            var span = OTLPSpan()
            span.traceID = Data(TraceID(high: 1, low: 2).bytes)
            span.spanID = Data(SpanID(value: 3).bytes)
            span.name = name
            if padding > 0 { span.attributes = [attribute("padding", String(repeating: "x", count: padding))] }
            return span
        }
        var group = OTLPResourceSpans()
        group.resource.attributes = [attribute("service.name", service)]
        group.scopeSpans = [scope]
        return OTLPTraceRequest.with { $0.resourceSpans = [group] }
    }

    static func attribute(_ key: String, _ value: String) -> OTLPKeyValue {
        var pair = OTLPKeyValue()
        pair.key = key
        pair.value.stringValue = value
        return pair
    }
}
