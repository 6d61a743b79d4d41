import HummingbirdCore
import Logging
import NIOCore

/// A connection of a port that notes what it does not speak.
struct WatchedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let port: String
    let protocols: FirstBytesWatch.Protocols
    let misdirections: Misdirections

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(
                FirstBytesWatch(port: port, protocols: protocols, misdirections: misdirections), position: .first)
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
