import Codecs
import NIOCore
import Synchronization
import TelemetryModel

/// The queue as the sockets and the flusher share it.
///
/// Bounded: datagrams that find it full are dropped and counted; a connection that finds it full is not read until the
/// next batch was taken, so that it may go past its bound by what a connection had read, once for each.
final class SyslogIntake: Sendable {
    private struct State {
        var queue = SyslogQueue()
        var statistics = SyslogStatistics()
        var paused: [any Channel] = []
    }

    private let options: SyslogOptions
    private let state = Mutex(State())
    private let signal: AsyncStream<Void>.Continuation
    /// Says that the first message of a batch came.
    let signals: AsyncStream<Void>

    init(_ options: SyslogOptions) {
        self.options = options
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    var statistics: SyslogStatistics { state.withLock { $0.statistics } }

    /// Must neither wait nor call back.
    func count(_ body: (inout SyslogStatistics) -> Void) { state.withLock { body(&$0.statistics) } }

    /// Whether a batch need not wait for more.
    var isBatchFull: Bool {
        state.withLock {
            $0.queue.holds(
                messages: min(options.batchMessages, options.queuedMessagesMax),
                bytes: min(options.batchBytes, options.queuedBytesMax))
        }
    }

    func receiveDatagram(_ message: UnsafeBufferPointer<UInt8>, sender: String) {
        let now = Timestamp.now()
        let isFirst = state.withLock { state -> Bool in
            state.statistics.datagrams += 1
            state.statistics.messages += 1
            state.statistics.bytes += message.count
            guard !state.queue.holds(messages: options.queuedMessagesMax, bytes: options.queuedBytesMax) else {
                state.statistics.droppedQueueFull += 1
                return false
            }
            let isFirst = state.queue.isEmpty
            state.queue.append(message, receivedTime: now, sender: sender)
            return isFirst
        }
        if isFirst { signal.yield() }
    }

    /// Takes what a connection brought.
    ///
    /// - Parameter frame: gives the messages, and whether each was cut, to the closure that it gets.
    func receive(sender: String, _ frame: ((UnsafeBufferPointer<UInt8>, Bool) -> Void) -> Void) {
        let now = Timestamp.now()
        let isFirst = state.withLock { state -> Bool in
            let wasEmpty = state.queue.isEmpty
            frame { message, isCut in
                state.statistics.messages += 1
                state.statistics.bytes += message.count
                if isCut { state.statistics.messagesCut += 1 }
                state.queue.append(message, receivedTime: now, sender: sender)
            }
            return wasEmpty && !state.queue.isEmpty
        }
        if isFirst { signal.yield() }
    }

    /// True when the queue is full: then the channel gets the event `SyslogResume` once it is not.
    func pauseIfFull(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard state.queue.holds(messages: options.queuedMessagesMax, bytes: options.queuedBytesMax) else {
                return false
            }
            state.paused.append(channel)
            state.statistics.pauses += 1
            return true
        }
    }

    /// What waits, after which connections are read again; nil when there is nothing.
    func take() -> SyslogQueue? {
        let (queue, paused) = state.withLock { state in
            defer { state.paused = [] }
            return (state.queue.take(), state.paused)
        }
        for channel in paused { channel.pipeline.fireUserInboundEventTriggered(SyslogResume()) }
        return queue.isEmpty ? nil : queue
    }

    /// Ends the signals, and so the flusher.
    func finish() { signal.finish() }
}

/// Tells a connection that was not read that there is room again.
struct SyslogResume: Sendable {}
