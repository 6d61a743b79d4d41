package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Syslog over UDP and TCP on one port number: RFC 5424 and RFC 3164, see `SyslogParser` for what becomes of a message,
/// and `SyslogFramer` for what ends one on a connection.
///
/// What was received is handed on in batches. When the pipeline takes no more, connections are not read, so that their
/// senders wait, and datagrams are dropped and counted. Syslog has no answers: a sender over UDP learns of nothing, one
/// over TCP has sent what is lost when the process dies.
package struct SyslogReceiver: Service {
    private let options: SyslogOptions
    private let sink: any SyslogSink
    private let events: SyslogEvents
    private let intake: SyslogIntake
    private let onListening: @Sendable (Int) -> Void

    /// - Parameter onListening: told the port once it is open.
    package init(
        _ options: SyslogOptions, sink: any SyslogSink, logger: Logger, onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.options = options
        self.sink = sink
        events = SyslogEvents(logger: logger)
        intake = SyslogIntake(options)
        self.onListening = onListening
    }

    /// What was received so far.
    package var statistics: SyslogStatistics { intake.statistics }

    /// Serves until a graceful shutdown or cancellation; then what waits is handed on.
    ///
    /// - Throws: `SyslogError` when a port cannot be opened.
    package func run() async throws {
        let connections = ConnectionLimit(options.connectionsMax)
        let (datagrams, server) = try await open(connections)
        let port = (datagrams ?? server)?.localAddress?.port ?? options.port
        events.listening(port: port, udp: datagrams != nil, tcp: server != nil)
        onListening(port)
        let isEnding = SyslogEnding()
        let flusher = SyslogFlusher(
            options: options, intake: intake, sink: sink, events: events, isEnding: { isEnding.isRaised })
        await withTaskCancellationOrGracefulShutdownHandler {
            await flusher.run { await report(datagrams, connections) }
        } onCancelOrGracefulShutdown: {
            isEnding.raise()
            intake.finish()
        }
        isEnding.raise()
        for channel in [datagrams, server] { try? await channel?.close() }
        await connections.closeAll()
        await flusher.flush()
        await report(nil, connections)
    }

    private func report(_ datagrams: (any Channel)?, _ connections: ConnectionLimit) async {
        if let datagrams, let drops = await SyslogDatagramHandler.kernelDrops(datagrams) {
            // Modulo 2^32, like the system's count.
            intake.count { $0.kernelDrops += Int(drops &- UInt32(truncatingIfNeeded: $0.kernelDrops)) }
        }
        events.report(intake.statistics, connections: connections.count)
    }

    /// UDP and TCP on one number. When the system chooses the number for UDP, TCP may find it taken: then once more.
    private func open(
        _ connections: ConnectionLimit
    ) async throws -> (datagrams: (any Channel)?, server: (any Channel)?) {
        var attempts = options.port == 0 && options.acceptsUDP ? 20 : 1
        while true {
            var datagrams: (any Channel)?
            if options.acceptsUDP {
                do {
                    datagrams = try await SyslogDatagramHandler.bind(options, port: options.port, intake, events)
                } catch {
                    throw SyslogError(message: "cannot listen on UDP \(options.host):\(options.port): \(error)")
                }
            }
            guard options.acceptsTCP else { return (datagrams, nil) }
            let port = datagrams?.localAddress?.port ?? options.port
            do {
                return (datagrams, try await SyslogConnectionHandler.bind(options, port: port, intake, connections))
            } catch {
                try? await datagrams?.close()
                attempts -= 1
                guard attempts > 0 else {
                    throw SyslogError(message: "cannot listen on TCP \(options.host):\(port): \(error)")
                }
            }
        }
    }
}

private final class SyslogEnding: Sendable {
    private let flag = Atomic(false)
    var isRaised: Bool { flag.load(ordering: .acquiring) }
    func raise() { flag.store(true, ordering: .releasing) }
}
