#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A bound UDP socket, and the pipe that ends a wait on it.
final class DatagramSocket: Sendable {
    /// The port it is bound to.
    let port: Int
    let descriptor: Int32
    private let wakeReader: Int32
    private let wakeWriter: Int32

    /// - Parameters:
    ///   - host: an address or a name.
    ///   - port: 0 asks the system for a free one.
    ///   - receiveBufferBytes: nil leaves the system's default.
    init(host: String, port: Int, receiveBufferBytes: Int?) throws {
        #if os(Linux)
        let type = Int32(SOCK_DGRAM.rawValue)
        #else
        let type = SOCK_DGRAM
        #endif
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = type
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let address = list?.pointee else {
            throw StatsDError(message: "cannot find the address \(host)")
        }
        defer { freeaddrinfo(list) }
        let descriptor = socket(address.ai_family, type, 0)
        guard descriptor >= 0 else { throw Self.failure("open a UDP socket") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        if let bytes = receiveBufferBytes {
            var value = Int32(clamping: bytes)
            // The system may grant less; what is lost is counted.
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &value, socklen_t(MemoryLayout<Int32>.size))
        }
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            let error = Self.failure("listen on UDP \(host):\(port)")
            close(descriptor)
            throw error
        }
        var pipes: [Int32] = [-1, -1]
        guard pipe(&pipes) == 0 else {
            let error = Self.failure("open a pipe")
            close(descriptor)
            throw error
        }
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.descriptor = descriptor
        self.port = Self.boundPort(descriptor)
        wakeReader = pipes[0]
        wakeWriter = pipes[1]
    }

    deinit {
        close(descriptor)
        close(wakeReader)
        close(wakeWriter)
    }

    static func failure(_ action: String) -> StatsDError {
        StatsDError(message: "cannot \(action): \(String(cString: strerror(errno)))")
    }

    private static func boundPort(_ descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes -> Int in
            guard let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                getsockname(descriptor, address, &length) == 0
            else { return 0 }
            // The port is the second field of both families' addresses, in network order.
            return Int(bytes[2]) << 8 | Int(bytes[3])
        }
    }

    /// Ends every wait, now and later.
    func wake() {
        var byte: UInt8 = 0
        _ = write(wakeWriter, &byte, 1)
    }

    /// Waits until there is a datagram; false when `wake` was called or the socket is broken.
    func waitForDatagram() -> Bool {
        while true {
            var events = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&events, 2, -1)
            if ready < 0 {
                guard errno == EINTR else { return false }
                continue
            }
            if events[1].revents != 0 { return false }
            if events[0].revents != 0 { return true }
        }
    }

    /// Whether one waits to be read.
    var hasDatagram: Bool {
        var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&event, 1, 0) > 0 && event.revents & Int16(POLLIN) != 0
    }

    /// Datagrams that the system dropped since the socket was opened because its buffer was full, modulo 2^32; nil where
    /// it does not say.
    ///
    /// Asked for now and then: the other way, `SO_RXQ_OVFL`, adds a message to each datagram and is silent when no more
    /// datagrams come.
    var drops: UInt32? {
        #if os(Linux)
        // linux/sock_diag.h: SO_MEMINFO is 55, its ninth number is SK_MEMINFO_DROPS.
        var numbers = [UInt32](repeating: 0, count: 9)
        var length = socklen_t(numbers.count * 4)
        guard getsockopt(descriptor, SOL_SOCKET, 55, &numbers, &length) == 0, length == 36 else { return nil }
        return numbers[8]
        #else
        return nil
        #endif
    }
}
