import HTTPSurface
import Testing

@testable import MartletServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct SurfacePlanTests {
    /// A port of the loopback address that is taken as long as the object lives.
    private final class TakenPort {
        let number: Int
        private let descriptor: Int32

        init() throws {
            #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
            #endif
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let socket = descriptor
            let isListening = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, length) == 0 && listen(socket, 1) == 0 && getsockname(socket, $0, &length) == 0
                }
            }
            try #require(isListening)
            number = Int(UInt16(bigEndian: address.sin_port))
        }

        deinit {
            close(descriptor)
        }
    }

    /// All surfaces off but those that `set` opens.
    private func plan(_ set: (inout Configuration) -> Void) async throws -> SurfacePlan {
        var configuration = Configuration()
        configuration.ports.otlpGRPC = .off
        configuration.ports.otlpHTTP = .off
        configuration.ports.tempo = .off
        configuration.ports.loki = .off
        configuration.ports.syslog = .off
        configuration.ports.logShipper = .off
        configuration.ports.clickHouse = .off
        configuration.ports.api = .off
        configuration.ports.health = .off
        configuration.ports.selfMetrics = .off
        configuration.ports.prometheus = .off
        configuration.ports.statsd = .off
        configuration.ports.statsdAdmin = .off
        configuration.ports.exposition = .off
        configuration.ports.jaeger = .off
        configuration.ports.jaegerGRPC = .off
        configuration.ports.jaegerCollector = .off
        configuration.ports.zipkin = .off
        set(&configuration)
        return try await SurfacePlan(configuration)
    }

    @Test func aTakenPortMovesOnAndTheEndpointSaysSo() async throws {
        let taken = try TakenPort()
        try #require(taken.number < 65_000)
        let plan = try await plan { $0.ports.tempo = .port(taken.number) }
        let port = try #require(plan.tempo?.port)
        #expect(port > taken.number)
        #expect(port <= taken.number + FreePort.attemptsMax)
        let endpoint = try #require(plan.endpoints(["tempo": port]).first)
        #expect(endpoint.instead == taken.number)
        #expect(endpoint.url == "http://127.0.0.1:\(port)")
    }

    @Test func twoSurfacesNeverGetOnePort() async throws {
        let taken = try TakenPort()
        try #require(taken.number < 65_000)
        let plan = try await plan {
            $0.ports.tempo = .port(taken.number)
            $0.ports.clickHouse = .port(taken.number)
            $0.ports.health = .port(taken.number)
        }
        let ports = [plan.tempo, plan.clickHouse, plan.health].compactMap { $0?.port }
        #expect(ports.count == 3)
        #expect(Set(ports).count == 3)
        #expect(!ports.contains(taken.number))
    }

    @Test func surfacesThatAreOffAreNotPlanned() async throws {
        let plan = try await plan { $0.ports.otlpHTTP = .any }
        #expect(plan.names == ["otlp_http"])
        #expect(plan.otlpHTTP?.port == 0)
        #expect(plan.otlpGRPC == nil)
        #expect(plan.tempo == nil)
        #expect(plan.endpoints(["otlp_http": 4000]).map(\.instead) == [nil])
        #expect(plan.endpoints([:]).isEmpty)
    }

    @Test("an address that this machine does not have is an error that names it", arguments: ["192.0.2.1"])
    func foreignAddress(bind: String) async throws {
        let error = await #expect(throws: ServerError.self) {
            _ = try await plan {
                $0.bind = bind
                $0.ports.tempo = .port(3200)
            }
        }
        #expect(error?.message.hasPrefix("cannot listen on 192.0.2.1:3200 for tempo: ") == true)
    }

    @Test func everySurfaceButHealthAsksForTheToken() async throws {
        let plan = try await plan {
            $0.auth.token = "secret"
            $0.ports.tempo = .any
            $0.ports.health = .any
        }
        #expect(plan.tempo?.access.token == "secret")
        #expect(plan.health?.access.token == nil)
        #expect(plan.tempo?.access.requiresLoopbackHost == true)
        let open = try await self.plan {
            $0.auth.token = "secret"
            $0.auth.mode = .none
            $0.bind = "0.0.0.0"
            $0.ports.tempo = .any
        }
        #expect(open.tempo?.access.token == nil)
        #expect(open.tempo?.access.requiresLoopbackHost == false)
    }
}
