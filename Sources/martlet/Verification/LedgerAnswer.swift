import TelemetryModel
import Verification

/// `GET /api/v1/ledger`: where every item went, for each signal and sender.
struct LedgerAnswer {
    /// One for each signal that is in the answer, senders added up, in the order of `Signal`.
    let figures: [LedgerFigures]

    /// What Martlet makes of spans itself is nobody's telemetry, and left out.
    ///
    /// - Throws: `CommandFailure` when this is no such answer.
    init(_ bytes: [UInt8]) throws(CommandFailure) {
        var bySignal: [Signal: LedgerFigures] = [:]
        for entry in try SenderLedger.read(bytes) where entry.sender != DerivedMetricNames.sender {
            // A signal that this program does not know is left out.
            guard let signal = Signal(rawValue: entry.signal) else { continue }
            let figures = LedgerFigures(
                signal: signal, received: entry.received, stored: entry.stored, rejected: entry.rejected,
                dropped: entry.dropped)
            bySignal[signal] = bySignal[signal].map { $0 + figures } ?? figures
        }
        figures = Signal.allCases.compactMap { bySignal[$0] }
    }
}

extension LedgerFigures {
    /// Of the same signal.
    fileprivate static func + (left: LedgerFigures, right: LedgerFigures) -> LedgerFigures {
        LedgerFigures(
            signal: left.signal, received: left.received &+ right.received, stored: left.stored &+ right.stored,
            rejected: left.rejected.merging(right.rejected, uniquingKeysWith: &+),
            dropped: left.dropped.merging(right.dropped, uniquingKeysWith: &+),
            repaired: left.repaired.merging(right.repaired, uniquingKeysWith: &+))
    }
}
