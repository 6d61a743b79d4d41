import Synchronization
package import TelemetryModel

/// Where the tailing tells how it stands, and others read it.
package final class LogShipperStatistics: Sendable {
    private let state = Mutex(LogShipperSnapshot())
    /// When the process began.
    package let startTime: Timestamp

    package init(startTime: Timestamp = .now()) { self.startTime = startTime }

    package var snapshot: LogShipperSnapshot { state.withLock { $0 } }

    func update(_ change: (inout LogShipperSnapshot) -> Void) {
        state.withLock { change(&$0) }
    }
}
