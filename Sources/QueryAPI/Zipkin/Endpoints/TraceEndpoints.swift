import Codecs
import QueryEngines
import Synchronization
import TelemetryModel

extension ZipkinAPI {
    /// `GET /api/v2/traces`: a list of traces, newest first.
    func traces(_ parameters: ZipkinParameters) async throws -> ZipkinAnswer {
        let search = try ZipkinSearch(parameters, now: dependencies.now())
        var found = try await ids(search)
        if found.isEmpty, let other = try await otherSpellings(search) { found = try await ids(other) }
        return try await list(found)
    }

    /// `GET /api/v2/trace/{traceId}`
    func trace(_ text: String) async throws -> ZipkinAnswer {
        let id = try ZipkinParameters.traceID(text, of: "traceId")
        let body = TraceText()
        guard try await write(id, to: body) else {
            throw ZipkinFailure(.notFound, "trace \(ZipkinIdentifier.text(id)) not found")
        }
        return .json(body.bytes)
    }

    /// `GET /api/v2/traceMany`: those of the traces that exist.
    func traceMany(_ parameters: ZipkinParameters) async throws -> ZipkinAnswer {
        var ids: [TraceID] = []
        var known: Set<TraceID> = []
        for text in try parameters.required("traceIds").split(separator: ",", omittingEmptySubsequences: false) {
            let id = try ZipkinParameters.traceID(String(text), of: "traceIds")
            guard known.insert(id).inserted else {
                throw ZipkinFailure(.invalid, "traceIds: \(ZipkinIdentifier.text(id)) stands there twice")
            }
            ids.append(id)
        }
        guard ids.count > 1 else {
            throw ZipkinFailure(
                .invalid, "traceIds: at least two ids; one trace is asked for at /api/v2/trace/{traceId}")
        }
        return try await list(ids)
    }

    private func ids(_ search: ZipkinSearch) async throws -> [TraceID] {
        let request = TraceSearchRequest(
            query: search.query, range: search.range, limit: search.limit, spansPerSpanset: 1)
        return try await queries.search(request, progress: { _ in }).traces.map(\.id)
    }

    /// Zipkin's server makes names lower case and its clients may ask for them so; Martlet keeps them as they were sent.
    ///
    /// - Returns: nil when no name is known in another spelling.
    private func otherSpellings(_ search: ZipkinSearch) async throws -> ZipkinSearch? {
        var other = search
        if let name = search.services.first { other.services = try await spellings(ofService: name) }
        if let name = search.spanNames.first {
            var names: Set<String> = []
            for service in other.services.isEmpty ? [nil] : other.services.map(Optional.some) {
                names.formUnion(try await queries.operations(service: service, .all).map(\.name))
            }
            other.spanNames = Self.spellings(of: name, among: names)
        }
        if let name = search.remoteServices.first {
            other.remoteServices = Self.spellings(of: name, among: try await remoteServices(of: other.services))
        }
        return other == search ? nil : other
    }

    private func list(_ ids: [TraceID]) async throws -> ZipkinAnswer {
        var body = Array("[".utf8)
        for id in ids {
            let text = TraceText(bytesMax: ZipkinLimits.answerBytesMax - body.count)
            // It may have been deleted since it was found.
            guard try await write(id, to: text) else { continue }
            if body.count > 1 { body.append(UInt8(ascii: ",")) }
            body += text.bytes
        }
        body.append(UInt8(ascii: "]"))
        return .json(body)
    }

    /// - Returns: false when there is no such trace.
    private func write(_ id: TraceID, to text: TraceText) async throws -> Bool {
        try await queries.streamTrace(id) { page in try text.append(page) }
    }
}

/// The JSON of one trace, which comes in pages.
private final class TraceText: Sendable {
    private let writer = Mutex(JSONWriter([UInt8(ascii: "[")]))
    private let bytesMax: Int

    init(bytesMax: Int = ZipkinLimits.answerBytesMax) {
        self.bytesMax = bytesMax
    }

    func append(_ page: StoredTrace) throws {
        let spans = ZipkinStoredSpans(page)
        try writer.withLock { writer in
            for span in page.spans {
                ZipkinJSONEncoder.write(spans.span(span), to: &writer)
                guard writer.bytes.count <= bytesMax else {
                    throw ZipkinFailure(
                        .tooLarge, "the answer has more than \(ZipkinLimits.answerBytesMax) bytes; ask for less traces")
                }
            }
        }
    }

    var bytes: [UInt8] { writer.withLock { $0.bytes + [UInt8(ascii: "]")] } }
}
