#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Buffers for the datagrams of one system call: `recvmmsg` where the system has it, else `recv`.
///
/// Confined to the thread that made it. Each datagram has room for the largest there is, 64 KiB; memory that no datagram
/// reached is never touched, so that in practice each takes a page.
struct DatagramBatch: ~Copyable {
    static let datagramsMax = 64
    private static let datagramBytesMax = 64 << 10

    #if os(Linux)
    /// As `struct mmsghdr`, which Glibc's module does not show.
    private struct Message {
        var header = msghdr()
        var count: UInt32 = 0
    }

    private typealias ReceiveMessages =
        @convention(c) (
            Int32, UnsafeMutableRawPointer?, UInt32, Int32, UnsafeMutableRawPointer?
        ) -> Int32

    private let receiveMessages: ReceiveMessages?
    private let messages: UnsafeMutableBufferPointer<Message>
    private let vectors: UnsafeMutableBufferPointer<iovec>
    #endif

    private let memory: UnsafeMutableRawBufferPointer
    private var counts = [Int](repeating: 0, count: Self.datagramsMax)

    init() {
        memory = .allocate(byteCount: Self.datagramsMax * Self.datagramBytesMax, alignment: 4096)
        #if os(Linux)
        receiveMessages = dlsym(nil, "recvmmsg").map { unsafeBitCast($0, to: ReceiveMessages.self) }
        messages = .allocate(capacity: Self.datagramsMax)
        messages.initialize(repeating: Message())
        vectors = .allocate(capacity: Self.datagramsMax)
        vectors.initialize(repeating: iovec())
        guard let base = memory.baseAddress, let vectorBase = vectors.baseAddress else { return }
        for index in 0..<Self.datagramsMax {
            vectors[index].iov_base = base + index * Self.datagramBytesMax
            vectors[index].iov_len = Self.datagramBytesMax
            messages[index].header.msg_iov = vectorBase + index
            messages[index].header.msg_iovlen = 1
        }
        #endif
    }

    deinit {
        memory.deallocate()
        #if os(Linux)
        messages.deallocate()
        vectors.deallocate()
        #endif
    }

    /// Takes what is there, without waiting.
    ///
    /// - Returns: how many datagrams, and how many of them were cut; nil when the socket is broken.
    mutating func receive(_ descriptor: Int32) -> (datagrams: Int, truncated: Int)? {
        #if os(Linux)
        if let receiveMessages {
            let flags = Int32(MSG_DONTWAIT)
            let received = receiveMessages(descriptor, messages.baseAddress, UInt32(Self.datagramsMax), flags, nil)
            guard received >= 0 else { return Self.isTransient(errno) ? (0, 0) : nil }
            var truncated = 0
            for index in 0..<Int(received) {
                counts[index] = min(Int(messages[index].count), Self.datagramBytesMax)
                if messages[index].header.msg_flags & Int32(MSG_TRUNC) != 0 { truncated += 1 }
            }
            return (Int(received), truncated)
        }
        #endif
        var received = 0
        while received < Self.datagramsMax {
            let room = memory.baseAddress.map { $0 + received * Self.datagramBytesMax }
            let count = recv(descriptor, room, Self.datagramBytesMax, Int32(MSG_DONTWAIT))
            guard count >= 0 else { return received > 0 || Self.isTransient(errno) ? (received, 0) : nil }
            counts[received] = count
            received += 1
        }
        return (received, 0)
    }

    private static func isTransient(_ code: Int32) -> Bool {
        // ECONNREFUSED tells of an earlier datagram of ours, and we send none; harmless all the same.
        code == EAGAIN || code == EWOULDBLOCK || code == EINTR || code == ECONNREFUSED || code == ENOBUFS
            || code == ENOMEM
    }

    /// The bytes of a datagram; valid until the next `receive`.
    subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
        let begin = index * Self.datagramBytesMax
        return UnsafeBufferPointer(
            UnsafeMutableRawBufferPointer(rebasing: memory[begin..<begin + counts[index]])
                .bindMemory(to: UInt8.self))
    }
}
