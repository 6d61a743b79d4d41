import Codecs
import OTLPMessages
import QueryEngines
import SwiftProtobuf
import Synchronization
import TelemetryModel

/// A trace in the forms of the API, as a whole or in chunks.
///
/// The first version of the API answers a `tempopb.Trace`, whose field 1 is the list of resource spans, and the second a
/// `TraceByIDResponse`, whose field 1 is such a Trace. As the length of that field is not known before the last page,
/// each page is written as the field again: parsers merge what repeats of a message that is not a list, and so join the
/// lists in it (Protocol Buffers, "Encoding", "Last One Wins"; the parsers that gogo/protobuf generates do the same).
struct TraceStream: Sendable {
    enum Encoding: Sendable { case json, protobuf }
    enum Wrapping: Sendable { case plain, withStatus }

    /// Spans up to which a trace is answered as a whole, with a length: some 20 MB in memory.
    static let wholeSpansMax = 10_000

    let id: TraceID
    let queries: any TraceQueries
    let encoding: Encoding
    let wrapping: Wrapping

    func whole(_ trace: StoredTrace) throws -> [UInt8] {
        try prefix + page(trace, isFirst: true) + suffix
    }

    /// Hands over the trace in chunks that are as large as the pages of the store.
    ///
    /// - Throws: also in the middle; then what was written is incomplete and must not look like a whole answer.
    func write(_ chunk: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
        let isFirst = Mutex(true)
        let isFound = try await queries.streamTrace(id) { trace in
            guard !trace.spans.isEmpty else { return }
            let first = isFirst.withLock { value in
                defer { value = false }
                return value
            }
            try await chunk((first ? prefix : []) + page(trace, isFirst: first))
        }
        guard isFound, !isFirst.withLock({ $0 }) else {
            throw TraceQueryError(.internal, "trace \(id.hex) is gone")
        }
        let end = suffix
        if !end.isEmpty { try await chunk(end) }
    }

    private var prefix: [UInt8] {
        switch (encoding, wrapping) {
        case (.protobuf, _): []
        case (.json, .plain): Array(#"{"batches":["#.utf8)
        case (.json, .withStatus): Array(#"{"trace":{"resourceSpans":["#.utf8)
        }
    }

    private var suffix: [UInt8] {
        switch (encoding, wrapping) {
        case (.protobuf, _): []
        case (.json, .plain): Array("]}".utf8)
        case (.json, .withStatus): Array(#"]},"metrics":{},"status":"COMPLETE"}"#.utf8)
        }
    }

    private func page(_ trace: StoredTrace, isFirst: Bool) throws -> [UInt8] {
        var groups = StoredTraceMessages.resourceSpans(trace)
        switch encoding {
        case .json:
            var list: [UInt8] = []
            OTLPJSONEncoder.encode(resourceSpans: groups, into: &list)
            // Without its brackets; a comma in the place of the first when something goes before.
            list.removeLast()
            if isFirst || list.count == 1 {
                list.removeFirst()
            } else {
                list[0] = UInt8(ascii: ",")
            }
            return list
        case .protobuf:
            for index in groups.indices where groups[index].resource.attributes.isEmpty {
                // Grafana's viewer leaves out the spans of a resource without attributes. The name is the one that
                // SDKs give to a service without a name (OpenTelemetry, "Resource SDK").
                var name = OTLPKeyValue()
                name.key = "service.name"
                name.value.stringValue = "unknown_service"
                groups[index].resource.attributes = [name]
            }
            var message = OTLPTracesData()
            message.resourceSpans = groups
            let bytes: [UInt8] = try message.serializedBytes()
            guard wrapping == .withStatus else { return bytes }
            var response = ProtobufWriter()
            response.field(1, bytes)
            return response.bytes
        }
    }
}
