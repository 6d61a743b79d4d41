import MartletServer
import NIOCore
import NIOPosix
import Verification

/// Opens the ports of a running server for the suite `seeds`.
struct HTTPProber: EndpointProber {
    private static let timeout = Duration.seconds(5)
    /// A text port that is silent for so long has said all.
    private static let silence = Duration.milliseconds(500)
    private static let lineBytesMax = 1 << 20

    let state: ServerState

    init(_ state: ServerState) {
        self.state = state
    }

    func has(_ endpoint: String) -> Bool { state.url(endpoint) != nil }

    func get(_ endpoint: String, _ path: String) async -> ProbeAnswer? {
        await send("GET", endpoint, path, headers: [], body: [])
    }

    func post(_ endpoint: String, _ path: String, contentType: String, body: String) async -> ProbeAnswer? {
        await send("POST", endpoint, path, headers: [("Content-Type", contentType)], body: Array(body.utf8))
    }

    private func send(
        _ method: String, _ endpoint: String, _ path: String, headers: [(String, String)], body: [UInt8]
    ) async -> ProbeAnswer? {
        guard let url = state.url(endpoint) else { return nil }
        do {
            let answer = try await HTTPCalls.send(
                method, url + path, headers: headers, body: body, timeout: Self.timeout)
            return ProbeAnswer(status: answer.status, body: answer.text)
        } catch {
            return nil
        }
    }

    func udp(_ endpoint: String, _ datagram: String) async -> Bool {
        guard let place = place(endpoint) else { return false }
        do {
            let address = try SocketAddress.makeAddressResolvingHost(place.host, port: place.port)
            let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(host: address.protocol == .inet6 ? "::" : "0.0.0.0", port: 0).get()
            let envelope = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(string: datagram))
            do {
                try await channel.writeAndFlush(envelope)
            } catch {
                try? await channel.close()
                return false
            }
            try? await channel.close()
            return true
        } catch {
            return false
        }
    }

    func line(_ endpoint: String, _ line: String, until end: String) async -> String? {
        guard let place = place(endpoint) else { return nil }
        do {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(5))
                .connect(host: place.host, port: place.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            return try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: line + "\n"))
                // The watch closes the channel when nothing ends the answer; the read then ends.
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await Task.sleep(for: Self.silence)
                        try? await channel.channel.close()
                    }
                    var answer = ""
                    for try await part in inbound {
                        answer += String(buffer: part)
                        if answer.contains(end) || answer.utf8.count > Self.lineBytesMax { break }
                    }
                    group.cancelAll()
                    return answer
                }
            }
        } catch {
            return nil
        }
    }

    func pause(_ duration: Duration) async { try? await Task.sleep(for: duration) }

    /// Host and port of an endpoint's address, which may have brackets around an IPv6 address.
    private func place(_ endpoint: String) -> (host: String, port: Int)? {
        guard let address = state.endpoints.first(where: { $0.name == endpoint })?.address,
            let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...])
        else { return nil }
        let host = address[..<colon].filter { $0 != "[" && $0 != "]" }
        // What listens on all addresses is reached by the loopback.
        return (host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : String(host), port)
    }
}
