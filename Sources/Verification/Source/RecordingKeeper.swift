package import Recordings
import Synchronization
package import TelemetryModel

/// A source that remembers what was last loaded of each signal, for a report that shows it: what was looked at need not
/// be loaded twice.
package final class RecordingKeeper: TelemetrySource {
    private struct Kept {
        var recordings: [Signal: Recording] = [:]
        var window: RecordingWindow?
    }

    private let source: any TelemetrySource
    private let kept = Mutex(Kept())

    package init(_ source: any TelemetrySource) {
        self.source = source
    }

    package var title: String { source.title }

    /// Of the last loading; nil when nothing was loaded.
    package var window: RecordingWindow? { kept.withLock { $0.window } }

    /// What was loaded last with a signal in it; nil when nothing was.
    package func last(_ signal: Signal) -> Recording? { kept.withLock { $0.recordings[signal] } }

    package func settle() async throws { try await source.settle() }

    package func recording(_ window: RecordingWindow, itemsMax: Int) async throws -> Recording {
        let recording = try await source.recording(window, itemsMax: itemsMax)
        kept.withLock { kept in
            kept.window = window
            for signal in window.signals { kept.recordings[signal] = recording }
        }
        return recording
    }

    package func answer(_ query: RawQuery) async throws -> RawAnswer? { try await source.answer(query) }

    package func ledger() async throws -> [LedgerFigures]? { try await source.ledger() }
}
