import NIOCore
import NIOPosix

/// Finds a port that can be listened on.
package enum FreePort {
    /// Ports tried after a taken one.
    package static let attemptsMax = 100

    /// `wanted` when it is free, else the next one that is and is not in `reserved`; 0 stays 0.
    ///
    /// The port is bound and released again, so another process may take it in between; then the surface's start says
    /// so and the server does not start.
    ///
    /// - Parameter withDatagrams: the port must be free for UDP, too.
    /// - Throws: the system's error when the address itself cannot be used, or when no port is free.
    package static func find(_ wanted: Int, host: String, reserved: Set<Int>, withDatagrams: Bool = false) async throws
        -> Int
    {
        guard wanted != 0 else { return 0 }
        var lastError: (any Error)?
        for port in wanted..<min(wanted + attemptsMax, 65536) where !reserved.contains(port) {
            do {
                let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
                    .bind(host: host, port: port).get()
                try await channel.close()
                if withDatagrams {
                    let socket = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                        .bind(host: host, port: port).get()
                    try await socket.close()
                }
                return port
            } catch let error as IOError where error.errnoCode == EADDRINUSE || error.errnoCode == EACCES {
                lastError = error
            }
        }
        throw lastError ?? IOError(errnoCode: EADDRINUSE, reason: "no free port from \(wanted)")
    }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
