import Codecs
package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// StatsD and DogStatsD: lines over UDP and TCP, added up and sent on as Prometheus samples; the administration port.
///
/// What becomes of a line `spacetimedb.api.x:…`; tags become labels, invalid characters underscores, bare tags `true`:
///
/// | type | metric | value |
/// | --- | --- | --- |
/// | `c` | `spacetimedb_api_x_total` | sum of value / rate since the process started or the series began |
/// | `g` | `spacetimedb_api_x` | the last value; a sign adds to it |
/// | `s` | `spacetimedb_api_x` | distinct members in the flush interval; above 1,024 an estimate, ±1.6 % |
/// | `ms` | `spacetimedb_api_x_ms_count`, `…_ms_sum` | sums of 1 / rate and value / rate, milliseconds |
/// | | `spacetimedb_api_x_ms{quantile="0.95"}` | of the last flush interval that had values; exact up to 256 values |
/// | | `spacetimedb_api_x_ms_histogram` | native histogram: `histogram_quantile(0.95, rate(…_ms_histogram[5m]))` |
/// | `h`, `d` | as `ms`, without `_ms` | |
///
/// The sum of a counter never falls: what negative values take from a sum that was sent already is held back until
/// positive ones have made up for it, and counted (`counters_held`); to PromQL a fall would be a restart.
///
/// A suffix that the name ends with already is not added again (`x_total`, `x_ms`, `x_milliseconds`). Help texts hold the
/// name as it was sent. Two kinds of metric that would get one name: the first has it, lines of the other are rejected as
/// `name_taken`. Sums begin with a sample of 0 just before their first value, so that `increase` sees it.
///
/// Every flush sends what changed; counters and gauges that did not change are repeated once a minute. After five
/// minutes without a value gauges, sets and timers end with a staleness marker, counters after an hour; then what was
/// known of a series is forgotten, and the sum starts anew.
package struct StatsDReceiver: Service {
    /// The ports that are open.
    package struct Ports: Sendable {
        /// Of UDP, and of TCP when it is on.
        package var lines: Int
        package var administration: Int?
    }

    private let options: StatsDOptions
    private let sink: any SampleSink
    private let logSink: (any StatsDLogSink)?
    private let events: StatsDEvents
    private let onListening: @Sendable (Ports) -> Void
    private let intake: StatsDIntake
    private let flusher: StatsDFlusher
    private let openSocket = OpenSocket()
    private let connections: ConnectionLimit

    /// - Parameters:
    ///   - logSink: takes events and service checks; without one they are counted only.
    ///   - onListening: told the ports once all are open.
    package init(
        _ options: StatsDOptions, sink: any SampleSink, logSink: (any StatsDLogSink)?, logger: Logger,
        onListening: @escaping @Sendable (Ports) -> Void
    ) {
        self.options = options
        self.sink = sink
        self.logSink = logSink
        events = StatsDEvents(logger: logger)
        self.onListening = onListening
        intake = StatsDIntake(options.aggregation)
        connections = ConnectionLimit(options.connectionsMax)
        flusher = StatsDFlusher(options, intake, sink, logSink, events)
    }

    /// What was received so far.
    package var statistics: StatsDStatistics { intake.statistics }

    /// Series at present.
    package var seriesCount: Int { intake.seriesCount }

    /// Hands on what came before the call, also what lies in the system's buffer. Before a flush barrier.
    package func handOver() async {
        // The thread that reads datagrams takes them within a nap of 100 µs, and another moment to count them.
        var looks = Self.handOverLooksMax
        while looks > 0, openSocket.value?.hasDatagram == true {
            do { try await Task.sleep(for: .milliseconds(1)) } catch { return }
            looks -= 1
        }
        do { try await Task.sleep(for: .milliseconds(2)) } catch { return }
        guard intake.firstChangeTime != nil else { return }
        await flusher.flush(connections: connections.count)
    }

    /// Under a storm the buffer is never empty.
    private static let handOverLooksMax = 500

    /// Serves until a graceful shutdown or cancellation; then what waits is flushed once.
    package func run() async throws {
        let administrators = ConnectionLimit(AdministrationServer.connectionsMax)
        let (socket, lineServer) = try await openLinePorts(connections)
        openSocket.value = socket
        var servers: [any Channel] = lineServer.map { [$0] } ?? []
        let receiver: DatagramReceiver
        do {
            let administration = try await openAdministration(administrators, port: socket.port)
            if let administration { servers.append(administration) }
            let events = events
            receiver = try DatagramReceiver(socket, intake) {
                events.receiveFailed("the UDP socket is broken")
            }
            let ports = Ports(lines: socket.port, administration: administration?.localAddress?.port)
            events.listening(
                port: ports.lines, tcp: options.acceptsTCP, administrationPort: ports.administration)
            onListening(ports)
        } catch {
            for server in servers { try? await server.close() }
            throw error
        }
        // Not by cancellation, which would also break off a flush that is under way.
        let ending = EndFlag()
        await withGracefulShutdownHandler {
            await flusher.run(
                until: { ending.isRaised }, drops: { socket.drops }, connections: { connections.count })
        } onGracefulShutdown: {
            ending.raise()
        }
        for server in servers { try? await server.close() }
        await connections.closeAll()
        await administrators.closeAll()
        openSocket.value = nil
        receiver.stop()
        await flusher.flush(connections: 0)
    }

    /// UDP and TCP on one number. When the system chooses the number for UDP, TCP may find it taken: then once more.
    private func openLinePorts(_ connections: ConnectionLimit) async throws -> (DatagramSocket, (any Channel)?) {
        var attempts = options.port == 0 ? 20 : 1
        while true {
            let socket = try DatagramSocket(
                host: options.host, port: options.port, receiveBufferBytes: options.receiveBufferBytes)
            guard options.acceptsTCP else { return (socket, nil) }
            do {
                let server = try await LineServer.bind(
                    host: options.host, port: socket.port, options: options, intake: intake, connections: connections,
                    events: events)
                return (socket, server)
            } catch {
                attempts -= 1
                guard attempts > 0 else {
                    throw StatsDError(message: "cannot listen on TCP \(options.host):\(socket.port): \(error)")
                }
            }
        }
    }

    private func openAdministration(_ connections: ConnectionLimit, port: Int) async throws -> (any Channel)? {
        guard let administrationPort = options.administrationPort else { return nil }
        let commands = AdministrationCommands(
            intake,
            configuration: [
                ("address", options.host), ("port", "\(port)"), ("mgmt_port", "\(administrationPort)"),
                ("flushInterval", "\(options.flushInterval.statsDMilliseconds)"),
                ("percentThreshold", options.quantiles.map { "\($0 * 100)" }.joined(separator: " ")),
            ])
        do {
            let server = try await AdministrationServer.bind(
                host: options.host, port: administrationPort, commands: commands, connections: connections,
                refusal: options.refusal)
            if let bound = server.localAddress?.port { commands.setPort(bound) }
            return server
        } catch {
            throw StatsDError(message: "cannot listen on TCP \(options.host):\(administrationPort): \(error)")
        }
    }
}

private final class EndFlag: Sendable {
    private let flag = Atomic(false)
    var isRaised: Bool { flag.load(ordering: .acquiring) }
    func raise() { flag.store(true, ordering: .releasing) }
}

/// The socket while the receiver serves.
private final class OpenSocket: Sendable {
    private let socket = Mutex<DatagramSocket?>(nil)

    var value: DatagramSocket? {
        get { socket.withLock { $0 } }
        set { socket.withLock { $0 = newValue } }
    }
}
