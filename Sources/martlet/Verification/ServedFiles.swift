import MartletServer
import Recordings
import TelemetryFiles
import TelemetryModel
import Verification

/// Files of telemetry that queries can be asked of: the first query starts a server of its own and gives it the files.
///
/// The server ends with this process at the latest; `stop` ends it before.
actor ServedFiles: TelemetrySource {
    nonisolated let title: String
    /// Without what the server would add: times of arrival of a server that was just given the files say nothing.
    nonisolated let files: any TelemetrySource
    private let path: String
    private let cleanup: RunCleanup
    /// The server with the files in it, or on its way there; one that failed is not tried again.
    private var serving: Task<ServerSource, any Error>?
    /// The last time of what was read, in nanoseconds since the Unix epoch; 0 before anything was.
    private var newest: UInt64 = 0

    init(_ files: any TelemetrySource, path: String, cleanup: RunCleanup) {
        self.files = files
        self.path = path
        self.cleanup = cleanup
        title = files.title
    }

    func settle() async throws { try await files.settle() }

    func recording(_ window: RecordingWindow, itemsMax: Int) async throws -> Recording {
        let recording = try await files.recording(window, itemsMax: itemsMax)
        newest = max(newest, Self.newest(recording))
        return recording
    }

    func answer(_ query: RawQuery) async throws -> RawAnswer? {
        var query = query
        // Files may be of any time: a window that is open ends with them, not now, when no sample is new enough for an
        // instant query.
        if query.window.end == nil, newest > 0 { query.window.end = newest == .max ? newest : newest + 1 }
        return try await server().answer(query)
    }

    private static func newest(_ recording: Recording) -> UInt64 {
        let spans = recording.spans.reduce(0) { max($0, $1.endTime, $1.startTime) }
        let points = recording.series.reduce(spans) { $1.points.reduce($0) { max($0, $1.time) } }
        return recording.logs.reduce(points) { max($0, $1.time) }
    }

    /// Files have no ledger; that of the server that was just made says only what it was given.
    func ledger() async throws -> [LedgerFigures]? { try await files.ledger() }

    private func server() async throws -> ServerSource {
        if let serving { return try await serving.value }
        // Not cancelled: whoever asks waits for it, and `RunCleanup` ends the server.
        let task = Task { [path, cleanup] in
            let state: ServerState
            do {
                state = try await PrivateServer.start(isKept: false) { cleanup.note($0) }.state
            } catch {
                // The files are read nevertheless: only what needs queries cannot be looked at.
                throw VerificationError(.unsupported, CommandFailure(error).message)
            }
            let source = ServerSource(state)
            try await Self.send(path, to: state)
            try await source.settle()
            return source
        }
        serving = task
        return try await task.value
    }

    private static func send(_ path: String, to state: ServerState) async throws {
        guard let url = state.url("otlp_http") else {
            throw VerificationError(.unreachable, "the server for the files has no port for OTLP")
        }
        let sender = OTLPSender(transport: .httpProtobuf, url: url, isOwnServer: true)
        do {
            for file in try TelemetryDirectory.files(path) {
                let reader: TelemetryFileReader
                do throws(TelemetryFileError) {
                    reader = try TelemetryFileReader(file.path, signal: file.signal)
                } catch {
                    // A program's own logs may lie beside; where there is nothing else `FilesSource` refuses.
                    guard error.code == .unknownForm || error.code == .unsupported else { throw error }
                    continue
                }
                var batcher = RequestBatcher()
                while let event = try reader.next() {
                    switch event {
                    case .request(let request, _, let bytes):
                        try await sender.send(batcher.add(request, bytes: bytes).map(OTLPRequest.init))
                    case .problem(let problem): throw VerificationError(.invalidFile, problem.description)
                    }
                }
                try await sender.send(batcher.finish().map(OTLPRequest.init))
            }
        } catch let error as TelemetryFileError {
            throw VerificationError(.invalidFile, "\(error)")
        } catch let error as CommandFailure {
            throw VerificationError(.invalidFile, "the files cannot be served: \(error.message)")
        }
    }
}

extension OTLPRequest {
    fileprivate init(_ request: TelemetryRequest) {
        switch request {
        case .traces(let request): self = .traces(request)
        case .metrics(let request): self = .metrics(request)
        case .logs(let request): self = .logs(request)
        }
    }
}
