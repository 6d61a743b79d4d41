import LogQL
import SQLSyntax
import TelemetryModel
import TelemetryStore

extension LogEngine {
    /// New records are taken from the blocks as they are stored, so that each comes once; those that were stored before are
    /// asked of the store, without those that a block brought meanwhile.
    package func tail(
        _ request: LogTailRequest, receive: @Sendable (LogTailPiece) async throws -> Void
    ) async throws {
        let selection = request.selection.normalized
        let began = Timestamp.now().nanoseconds
        let queue = TailQueue()
        let follower = try wordingAtOnce { try TailFollower(self, selection, began: began, queue) }
        guard let registration = store.logArrivals.add({ await follower.look(at: $0) }) else {
            throw LogQueryError(
                .overloaded, "\(LogArrivals.followersMax) tails run already; close one, or try again later")
        }
        defer { store.logArrivals.remove(registration) }
        await freshen()
        let history = try await history(of: selection, request, arrivedBefore: began, follower)
        try await receive(LogTailPiece(streams: history.streams, entries: history.entries))
        while !Task.isCancelled {
            let (pieces, dropped) = try await wording {
                try await Task.sleep(for: Self.tailInterval)
                await freshen()
                return try queue.take()
            }
            // At least one, which says that the tail is alive.
            for (index, piece) in (pieces.isEmpty ? [LogTailPiece(streams: [], entries: [])] : pieces).enumerated() {
                var piece = piece
                if index == 0 { piece.dropped = dropped }
                try await receive(piece)
            }
        }
        throw LogQueryError(.cancelled, "the tail was ended")
    }

    /// The newest lines that arrived before the tail began and that no block has brought since, oldest first.
    private func history(
        of selection: LogSelection, _ request: LogTailRequest, arrivedBefore began: Int64, _ follower: TailFollower
    ) async throws -> LogSelectResult {
        var result = LogSelectResult(streams: [], entries: [])
        for _ in 0..<Self.historyAttempts {
            let early = follower.earlyArrivals
            var arrived: [Expression] = [.comparison(.column("received_time"), .less, .time(began))]
            if !early.isEmpty {
                arrived.append(
                    .not(
                        .inArray(
                            .call("toUnixTimestamp64Nano", .column("received_time")),
                            Parameter(
                                type: "Array(Int64)",
                                value: "[" + early.sorted().map { "\($0)" }.joined(separator: ",") + "]"))))
            }
            result = try await select(
                LogSelectRequest(
                    selection: selection, range: LogTimeRange(start: request.start, end: .max), limit: request.limit,
                    direction: .backward), besides: .and(arrived))
            // A block that was stored while the store was asked may be in both.
            if follower.earlyArrivals == early { break }
        }
        result.entries.reverse()
        return result
    }

    /// How often new records are stored and handed over while somebody follows.
    private static let tailInterval = Duration.milliseconds(250)
    private static let historyAttempts = 5
}
