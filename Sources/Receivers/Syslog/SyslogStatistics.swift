/// What a syslog receiver has counted since it started.
package struct SyslogStatistics: Sendable, Equatable {
    package var datagrams = 0
    /// TCP connections that were taken.
    package var connections = 0
    /// TCP connections over the limit.
    package var connectionsRefused = 0
    /// Messages received, those dropped included.
    package var messages = 0
    package var bytes = 0
    /// Messages over TCP that were longer than the limit.
    package var messagesCut = 0
    /// Datagrams that came while the queue was full, because the pipeline takes no more at present.
    package var droppedQueueFull = 0
    /// Datagrams that the system dropped because the socket's buffer was full.
    package var kernelDrops = 0
    package var rfc5424 = 0
    package var rfc3164 = 0
    /// Lines without a priority that are neither.
    package var plain = 0
    /// Records that the pipeline took.
    package var recordsKept = 0
    /// Records that the pipeline refused for good.
    package var recordsLost = 0
    package var batches = 0
    /// Batches that were handed over once more.
    package var retries = 0
    /// Times that a connection was not read because the queue was full.
    package var pauses = 0

    package init() {}
}
