import Synchronization
package import TelemetryModel

/// What came to a port that cannot take it: the usual reasons why nothing arrives. Counted by port and kind, with the last
/// sender of each.
package final class Misdirections: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// gRPC (HTTP/2) where HTTP/1.1 is spoken.
        case grpcToHTTP = "grpc_to_http"
        /// HTTP/1.1 where gRPC is spoken.
        case httpToGRPC = "http_to_grpc"
        /// TLS where nothing is encrypted.
        case tlsToPlain = "tls_to_plain"
        /// A POST to a path that takes nothing.
        case unknownPath = "unknown_path"
    }

    package struct Entry: Sendable, Equatable {
        /// The surface's name, as in the table of endpoints.
        package var port: String
        package var kind: Kind
        /// Of `unknownPath` the path; else empty.
        package var detail: String
        package var count: Int
        package var lastPeer: String
        package var lastTime: Timestamp
        /// What to do about it.
        package var advice: String
    }

    /// Entries kept; what else comes is counted in `omitted`. A client that asks for ever new paths fills no memory.
    private static let entriesMax = 256
    /// Of a path that is kept, in bytes.
    private static let detailBytesMax = 200

    private struct Key: Hashable {
        let port: String
        let kind: Kind
        let detail: String
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var omitted = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Sorted by port, kind and path.
    package var entries: [Entry] {
        state.withLock { Array($0.entries.values) }.sorted {
            ($0.port, $0.kind.rawValue, $0.detail) < ($1.port, $1.kind.rawValue, $1.detail)
        }
    }

    package var omitted: Int { state.withLock(\.omitted) }

    package func note(_ kind: Kind, port: String, detail: String = "", peer: String, advice: String) {
        let detail = String(decoding: detail.utf8.prefix(Self.detailBytesMax), as: UTF8.self)
        let key = Key(port: port, kind: kind, detail: detail)
        let now = Timestamp.now()
        state.withLock { state in
            if state.entries[key] == nil, state.entries.count >= Self.entriesMax {
                state.omitted += 1
                return
            }
            var entry =
                state.entries[key]
                ?? Entry(port: port, kind: kind, detail: detail, count: 0, lastPeer: "", lastTime: now, advice: advice)
            entry.count += 1
            entry.lastPeer = peer
            entry.lastTime = now
            entry.advice = advice
            state.entries[key] = entry
        }
    }
}
