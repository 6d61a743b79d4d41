import PrometheusModel
import Synchronization

/// Lines that wait for who receives a tail. Past its bounds lines are left out and counted.
final class TailQueue: Sendable {
    private static let linesMax = 20_000
    /// Of lines and their labels.
    private static let bytesMax = 32 << 20

    private struct State {
        var pieces: [LogTailPiece] = []
        var lines = 0
        var bytes = 0
        var dropped = 0
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    func add(_ piece: LogTailPiece) {
        guard !piece.entries.isEmpty else { return }
        let bytes = piece.entries.reduce(0) { $0 + $1.byteCount }
        state.withLock { state in
            guard state.lines + piece.entries.count <= Self.linesMax, state.bytes + bytes <= Self.bytesMax else {
                state.dropped += piece.entries.count
                return
            }
            state.lines += piece.entries.count
            state.bytes += bytes
            state.pieces.append(piece)
        }
    }

    func drop(_ lines: Int) { state.withLock { $0.dropped += lines } }

    func fail(_ error: any Error) { state.withLock { $0.failure = error } }

    /// What waits, and how many lines were left out since this was asked last.
    func take() throws -> (pieces: [LogTailPiece], dropped: Int) {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            defer { state = State() }
            return (state.pieces, state.dropped)
        }
    }
}

extension LogEntry {
    /// About what it holds.
    fileprivate var byteCount: Int {
        (metadata + parsed).reduce(line.utf8.count + 64) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 }
    }
}
