import NIOCore
import Synchronization

/// The open connections of a port: counts them against a limit, and closes them at the end.
final class ConnectionLimit: Sendable {
    private let countMax: Int
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    init(_ countMax: Int) { self.countMax = countMax }

    var count: Int { channels.withLock { $0.count } }

    /// - Returns: false when there are too many; then the channel is not counted.
    func add(_ channel: any Channel) -> Bool {
        channels.withLock { channels in
            guard channels.count < countMax else { return false }
            channels[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    func remove(_ channel: any Channel) {
        channels.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Closes all and waits for it.
    func closeAll() async {
        let open = channels.withLock { Array($0.values) }
        for channel in open { try? await channel.close() }
    }
}
