import ClickHouse
import Synchronization

/// Shows an installation's steps on standard error.
final class InstallationProgress: Sendable {
    private struct State {
        var step = ""
        var line: ProgressLine?
    }

    private let state = Mutex(State())

    func show(_ event: InstallationEvent) {
        state.withLock { state in
            switch event {
            case .step(let text):
                state.line?.finish()
                state.line = nil
                state.step = text
                StandardError.write(text + "\n")
            case .progress(let fraction):
                if state.line == nil { state.line = ProgressLine() }
                state.line?.update(fraction, state.step)
            }
        }
    }

    func finish() {
        state.withLock { state in
            state.line?.finish()
            state.line = nil
        }
    }
}
