import Logging
import Synchronization
import TelemetryModel

/// What the mirror tells an operator; the numbers are in `MirrorSnapshot`.
final class MirrorEvents: Sendable {
    private let logger: Logger
    /// By file: why it failed, as it was told last.
    private let troubles = Mutex<[String: String]>([:])

    init(_ logger: Logger) { self.logger = logger }

    /// Once, until it fails for another reason or works again.
    func failed(_ path: String, reason: String) {
        let isNew = troubles.withLock { $0.updateValue(reason, forKey: path) != reason }
        guard isNew else { return }
        logger.warning(
            "a file of the mirror is not written; what comes is stored all the same",
            metadata: ["path": "\(path)", "reason": "\(reason)"])
    }

    func works(_ path: String) {
        let wasFailing = troubles.withLock { !$0.isEmpty && $0.removeValue(forKey: path) != nil }
        if wasFailing { logger.info("a file of the mirror is written again", metadata: ["path": "\(path)"]) }
    }

    func referencesFailed(_ signal: Signal, error: any Error) {
        logger.warning(
            "what rows of the mirror refer to could not be read; they are written without",
            metadata: ["signal": "\(signal.rawValue)", "error": "\(error)"])
    }
}
