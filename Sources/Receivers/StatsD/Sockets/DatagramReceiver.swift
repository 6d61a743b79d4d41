#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads datagrams on a thread of its own and gives them to the aggregator.
struct DatagramReceiver: Sendable {
    private let socket: DatagramSocket
    private let thread: ReceiverThread

    /// A wait for a single datagram costs ten times what the datagram costs. When they come in quick succession, a nap
    /// collects some for one wait: 200,000/s take a third of a core instead of a whole one. With the 50 µs that the
    /// system adds it is a tenth of the time in which its smallest buffer fills.
    private static let napMicroseconds: UInt32 = 100
    /// Waits that follow each other within this time are quick succession.
    private static let successionNanoseconds: UInt64 = 300_000
    /// A batch as large as this was worth its wait.
    private static let batchMin = 16

    /// - Parameter onFailure: told once when the socket breaks, which ends the thread.
    init(_ socket: DatagramSocket, _ intake: StatsDIntake, onFailure: @escaping @Sendable () -> Void) throws {
        self.socket = socket
        thread = try ReceiverThread {
            if !Self.run(socket, intake) { onFailure() }
        }
    }

    /// - Returns: false when the socket broke.
    private static func run(_ socket: DatagramSocket, _ intake: StatsDIntake) -> Bool {
        ReceiverThread.raisePriority()
        var batch = DatagramBatch()
        var lastWait: UInt64 = 0
        var smallBatches = 0
        while socket.waitForDatagram() {
            if smallBatches >= 8 { usleep(napMicroseconds) }
            var received = 0
            var isFull = true
            while isFull {
                guard let (count, truncated) = batch.receive(socket.descriptor) else { return false }
                // A batch that is not full has emptied the buffer, and the next call would only say so.
                isFull = count == DatagramBatch.datagramsMax
                guard count > 0 else { break }
                received += count
                let now = intake.clock()
                intake.with { aggregator in
                    aggregator.statistics.datagrams &+= count
                    aggregator.statistics.truncatedDatagrams &+= truncated
                    for index in 0..<count { aggregator.receive(batch[index], now: now) }
                }
            }
            let time = monotonicNanoseconds()
            let isSuccession = time &- lastWait < successionNanoseconds
            lastWait = time
            // Napping goes on while each nap brings something like a batch, and ends when a datagram came alone.
            if !isSuccession || received <= 2 && smallBatches >= 8 {
                smallBatches = 0
            } else if smallBatches < 8 {
                smallBatches = received < batchMin ? smallBatches + 1 : 0
            }
        }
        return true
    }

    private static let start = ContinuousClock.now

    private static func monotonicNanoseconds() -> UInt64 {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000)
    }

    /// Ends the thread and waits for it. What is in the system's buffer is lost.
    func stop() {
        socket.wake()
        thread.join()
    }
}
