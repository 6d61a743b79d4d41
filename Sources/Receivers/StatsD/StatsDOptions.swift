/// Where the StatsD receiver listens, and what it keeps.
package struct StatsDOptions: Sendable {
    package var host: String
    /// Of UDP and TCP; 0 asks the system for a free one.
    package var port: Int
    /// Lines over TCP on the same port number.
    package var acceptsTCP = true
    /// Of the administration port; nil opens none, 0 asks the system for a free one.
    package var administrationPort: Int?
    package var flushInterval = Duration.seconds(10)
    /// From the first line after a quiet interval to a flush of its own.
    package var firstFlushDelay = Duration.milliseconds(500)
    /// Asked of the system for the UDP socket; nil leaves its default, on Linux `net.core.rmem_default`, which holds some
    /// 270 small datagrams. The system grants at most `net.core.rmem_max`.
    package var receiveBufferBytes: Int?
    package var aggregation = StatsDAggregator.Options()
    /// Of timers, histograms and distributions, between 0 and 1.
    package var quantiles = [0.5, 0.75, 0.9, 0.95, 0.99]
    /// Of TCP.
    package var connectionsMax = 1024
    /// A TCP connection on which nothing arrives is closed after this time.
    package var connectionIdleTime = Duration.seconds(600)
    /// Of a line over TCP; a longer one ends the connection.
    package var lineBytesMax = 64 << 10
    /// Why an HTTP request to the administration port is refused, or nil; takes `Host`, `Origin` and `Authorization`.
    package var refusal: @Sendable (String?, String?, String?) -> String? = { _, _, _ in nil }

    package init(host: String = "127.0.0.1", port: Int = 8125, administrationPort: Int? = 8126) {
        self.host = host
        self.port = port
        self.administrationPort = administrationPort
    }
}

/// What a person has to read when the receiver cannot run.
package struct StatsDError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package var description: String { message }
}
