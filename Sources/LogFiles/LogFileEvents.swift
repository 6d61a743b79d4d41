import Logging
import Synchronization

/// What the tailing tells an operator; the numbers are in `LogShipperStatistics`.
final class LogFileEvents: Sendable {
    private let logger: Logger
    /// Files whose failure was logged and that have not been read since.
    private let failing = Mutex<Set<String>>([])
    private static let failingMax = 10_000

    init(_ logger: Logger) { self.logger = logger }

    func fileStarted(_ path: String, offset: Int) {
        logger.debug("log file is followed", metadata: ["path": "\(path)", "offset": "\(offset)"])
    }

    func fileClosed(_ path: String, reason: String) {
        logger.debug("log file closed", metadata: ["path": "\(path)", "reason": "\(reason)"])
    }

    func fileRestarted(_ path: String, offset: Int) {
        logger.info(
            "log file was cut or replaced in place, reading it from its beginning",
            metadata: ["path": "\(path)", "offset": "\(offset)"])
    }

    /// Once, until the file can be read.
    func fileFailed(_ path: String, reason: String) {
        let isNew = failing.withLock { $0.count < Self.failingMax && $0.insert(path).inserted }
        if isNew {
            logger.warning(
                "cannot read a log file, trying again", metadata: ["path": "\(path)", "reason": "\(reason)"])
        }
    }

    func fileWorks(_ path: String) {
        let wasFailing = failing.withLock { !$0.isEmpty && $0.remove(path) != nil }
        if wasFailing { logger.info("log file can be read again", metadata: ["path": "\(path)"]) }
    }

    func contentLost(_ path: String, bytes: Int) {
        logger.warning(
            "log file is gone before it was read to its end", metadata: ["path": "\(path)", "bytes": "\(bytes)"])
    }

    func openFilesLimitReached(_ limit: Int, waiting: Int) {
        logger.debug("log files wait to be opened", metadata: ["limit": "\(limit)", "waiting": "\(waiting)"])
    }

    func registryIsWrong(_ path: String, reason: String) {
        logger.error(
            "positions of log files are lost, some files are read from their beginning",
            metadata: ["path": "\(path)", "reason": "\(reason)"])
    }

    func registryFailed(_ path: String, reason: String) {
        logger.error(
            "cannot write the positions of log files, reading waits",
            metadata: ["path": "\(path)", "reason": "\(reason)"])
    }

    func sinkFailed(_ path: String, reason: String) {
        logger.debug(
            "records of a log file were not taken, trying again",
            metadata: ["path": "\(path)", "reason": "\(reason)"])
    }

    func batchRejected(_ path: String, records: Int, reason: String) {
        logger.error(
            "records of a log file were refused for good",
            metadata: ["path": "\(path)", "records": "\(records)", "reason": "\(reason)"])
    }

    func processedFailed(_ path: String, reason: String) {
        logger.warning(
            "cannot write processed logs, going on without", metadata: ["path": "\(path)", "reason": "\(reason)"])
    }

    func recovered(_ path: String, stored: Int, again: Int) {
        logger.info(
            "log file was being handed over when the process ended",
            metadata: ["path": "\(path)", "stored": "\(stored)", "again": "\(again)"])
    }
}
