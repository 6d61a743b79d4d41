/// Where the syslog receiver listens, and what it keeps.
package struct SyslogOptions: Sendable {
    package var host: String
    /// Of UDP and TCP; 0 asks the system for a free one.
    package var port: Int
    package var acceptsUDP = true
    package var acceptsTCP = true
    /// Added to UTC for times without a zone, as RFC 3164 has them; seconds eastward.
    package var zoneOffsetSeconds: Int64 = 0
    /// Asked of the system for the UDP socket; nil leaves its default. The system grants at most `net.core.rmem_max`.
    package var receiveBufferBytes: Int?
    /// Of a message over TCP; of a longer one its beginning is kept, and that is counted. A datagram has 64 KiB at
    /// most.
    package var messageBytesMax = 1 << 20
    /// Of TCP.
    package var connectionsMax = 1024
    /// A TCP connection on which nothing arrives is closed after this time. Long, because a sender notices only by the
    /// message that it loses.
    package var connectionIdleTime = Duration.seconds(3600)
    /// From the first message to the batch with it.
    package var batchDelay = Duration.milliseconds(200)
    /// A batch is made before that when there is so much.
    package var batchMessages = 5000
    package var batchBytes = 1 << 20
    /// What waits while a batch is handed on. Past it datagrams are dropped and connections are not read.
    package var queuedMessagesMax = 50_000
    package var queuedBytesMax = 8 << 20

    package init(host: String = "127.0.0.1", port: Int = 5514) {
        self.host = host
        self.port = port
    }
}

/// What a person has to read when the receiver cannot run.
package struct SyslogError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package var description: String { message }
}
