import QueryEngines
import Synchronization
import TelemetryModel
import TraceAnalysis

/// Trees of the traces that were looked at last, so that the pages of a trace and the views of it do not each load it
/// again.
///
/// - Bounds: `TreeShelf.Limits`. A tree that nobody asks for goes after `lifetime`, whether or not anybody asks for
///   another.
/// - Requests for a trace that is being loaded wait for it. If whoever loads it goes away, one that waits loads it.
final class TraceTreeCache: Sendable {
    /// Which tree will do.
    enum Freshness: Sendable, Equatable {
        /// One that is loaded after the question was asked.
        case asked
        /// Any that is still there: rows must not change between the pages of a trace.
        case shared
        /// Any with so many spans, else a new one: the client knows the trace as it was then. Spans do not change, so
        /// that as many are the same.
        case known(spans: Int)
    }

    typealias Load = @Sendable () async throws -> TraceTree?

    private enum Outcome: Sendable {
        case loaded(TraceTree?)
        case failed(any Error)
        /// Whoever loaded was cancelled.
        case abandoned
        case cancelled
    }

    private struct Waiting {
        var id: UInt64
        var continuation: CheckedContinuation<Outcome, Never>
    }

    private struct State {
        var shelf: TreeShelf
        /// Who waits for a trace that is being loaded.
        var loads: [TraceID: [Waiting]] = [:]
        var nextWaiting: UInt64 = 0
        var isSweeping = false
    }

    private enum Step {
        case found(TraceTree)
        case load
        case wait(UInt64)
    }

    private let state: Mutex<State>
    private let lifetime: Duration
    private let clock = ContinuousClock()

    init(limits: TreeShelf.Limits = TreeShelf.Limits()) {
        state = Mutex(State(shelf: TreeShelf(limits)))
        lifetime = limits.lifetime
    }

    /// Traces and spans that are kept.
    var kept: (traces: Int, spans: Int) { state.withLock { ($0.shelf.count, $0.shelf.spans) } }

    /// - Parameter load: nil when there is no such trace, which is not remembered.
    func tree(_ id: TraceID, _ freshness: Freshness, load: Load) async throws -> TraceTree? {
        while true {
            try Task.checkCancellation()
            let step: Step = state.withLock { state in
                if let tree = state.shelf.take(id, at: clock.now), freshness.takes(tree) { return .found(tree) }
                // What is being loaded may have been read before the question was asked.
                if freshness == .asked { return .load }
                guard state.loads[id] != nil else {
                    state.loads[id] = []
                    return .load
                }
                state.nextWaiting += 1
                return .wait(state.nextWaiting)
            }
            switch step {
            case .found(let tree): return tree
            case .load: return try await run(load, id, isShared: freshness != .asked)
            case .wait(let waiting):
                switch await wait(for: id, waiting) {
                case .loaded(let tree): return tree
                case .failed(let error): throw error
                case .abandoned: continue
                case .cancelled: throw CancellationError()
                }
            }
        }
    }

    // MARK: Loading

    /// - Parameter isShared: whether others may wait for it.
    private func run(_ load: Load, _ id: TraceID, isShared: Bool) async throws -> TraceTree? {
        let began = clock.now
        do {
            let tree = try await load()
            if let tree { keep(tree, id, began) }
            if isShared { end(id, .loaded(tree)) }
            return tree
        } catch {
            if isShared { end(id, Task.isCancelled ? .abandoned : .failed(error)) }
            throw error
        }
    }

    private func end(_ id: TraceID, _ outcome: Outcome) {
        let waiting = state.withLock { $0.loads.removeValue(forKey: id) ?? [] }
        for waiting in waiting { waiting.continuation.resume(returning: outcome) }
    }

    private func wait(for trace: TraceID, _ id: UInt64) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Outcome, Never>) in
                let outcome: Outcome? = state.withLock { state in
                    // Cancelled before the lock was taken: the handler finds nobody to wake.
                    if Task.isCancelled { return .cancelled }
                    // The load ended meanwhile: look again.
                    guard state.loads[trace] != nil else { return .abandoned }
                    state.loads[trace]?.append(Waiting(id: id, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                state.loads[trace]?.firstIndex { $0.id == id }.flatMap { state.loads[trace]?.remove(at: $0) }
            }
            waiting?.continuation.resume(returning: .cancelled)
        }
    }

    // MARK: Letting go

    private func keep(_ tree: TraceTree, _ id: TraceID, _ began: ContinuousClock.Instant) {
        let needsSweep = state.withLock { state in
            state.shelf.put(tree, id, began: began, at: clock.now)
            defer { state.isSweeping = true }
            return !state.isSweeping
        }
        guard needsSweep else { return }
        // Nobody has to cancel it: it ends when the shelf is empty, and does not keep the cache alive.
        Task { [weak self, lifetime] in
            repeat { try? await Task.sleep(for: lifetime) } while self?.sweep() == true
        }
    }

    /// Lets go what is too old.
    ///
    /// - Returns: whether something is left.
    private func sweep() -> Bool {
        state.withLock { state in
            state.shelf.removeExpired(at: clock.now)
            state.isSweeping = state.shelf.count > 0
            return state.isSweeping
        }
    }
}

extension TraceTreeCache.Freshness {
    fileprivate func takes(_ tree: TraceTree) -> Bool {
        switch self {
        case .asked: false
        case .shared: true
        case .known(let spans): tree.count == spans
        }
    }
}
