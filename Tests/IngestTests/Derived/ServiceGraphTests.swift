import OTLPMessages
import PrometheusModel
import TelemetryModel
import Testing

@testable import Ingest

@Suite struct ServiceGraphTests {
    private static let prefix = "traces_service_graph_"
    private static let client = TestSpan(service: "shop", kind: .client, id: 10, at: 0, milliseconds: 100)
    private static let server = TestSpan(service: "stock", kind: .server, id: 11, parent: 10, at: 20, milliseconds: 50)

    private func fixture(_ change: @escaping (inout ServiceGraphOptions) -> Void = { _ in }) -> DerivedFixture {
        DerivedFixture {
            $0.spanMetrics.isEnabled = false
            change(&$0.serviceGraph)
        }
    }

    private func edges(_ spans: TestSpan..., wait: Int64 = 15_000) async throws -> [String: Double] {
        let fixture = fixture()
        fixture.observe(spans)
        await fixture.emit(after: wait)
        return try fixture.sink.take().edges()
    }

    @Test(arguments: [[0, 1], [1, 0]], [true, false])
    func `a client and its server are an edge, in any order, in one block or two`(
        order: [Int], together: Bool
    ) async throws {
        let fixture = fixture()
        let spans = order.map { [Self.client, Self.server][$0] }
        if together { fixture.observe(spans) } else { for span in spans { fixture.observe(span) } }
        await fixture.emit()
        let emission = try fixture.sink.take()
        #expect(emission.edges() == ["shop>stock:": 1])
        #expect(emission.edges(Self.prefix + "request_failed_total").isEmpty)
        let edge = ["client": "shop", "server": "stock"]
        #expect(emission.value(Self.prefix + "request_client_seconds_sum", edge) == 0.1)
        #expect(emission.value(Self.prefix + "request_server_seconds_sum", edge) == 0.05)
        #expect(emission.value(Self.prefix + "request_client_seconds_bucket", ["le": "0.1"]) == 1)
        let bounds = emission.series(Self.prefix + "request_server_seconds_bucket").map { $0["le"] }
        #expect(Set(bounds) == ["0.1", "0.2", "0.4", "0.8", "1.6", "3.2", "6.4", "12.8", "+Inf"])
        #expect(emission.exemplars.values.first?.first?.trace == "00000000000000000000000000000001")
        #expect(fixture.metrics.statistics.sidesWaiting == 0)
        #expect(fixture.metrics.statistics.edgesCompleted == 1)
    }

    @Test func `the trace tells equal span ids apart`() async throws {
        var other = Self.server
        other.trace = 2
        #expect(try await edges(Self.client, other) == [:])
    }

    @Test func `a request failed when either side did`() async throws {
        for place in 0..<2 {
            let fixture = fixture()
            var spans = [Self.client, Self.server]
            spans[place].status = .error
            fixture.observe(spans)
            await fixture.emit()
            let emission = try fixture.sink.take()
            #expect(emission.edges() == ["shop>stock:": 1])
            #expect(emission.edges(Self.prefix + "request_failed_total") == ["shop>stock:": 1])
        }
    }

    @Test func `a producer and its consumer are an edge of a messaging system, with the time between them`()
        async throws
    {
        let fixture = fixture()
        fixture.observe(
            TestSpan(service: "shop", kind: .producer, id: 1, at: 0, milliseconds: 10),
            TestSpan(service: "mailer", kind: .consumer, id: 2, parent: 1, at: 260, milliseconds: 5))
        await fixture.emit()
        let emission = try fixture.sink.take()
        #expect(emission.edges() == ["shop>mailer:messaging_system": 1])
        #expect(emission.value(Self.prefix + "request_messaging_system_seconds_sum") == 0.25)
        #expect(emission.value(Self.prefix + "request_messaging_system_seconds_bucket", ["le": "0.4"]) == 1)
    }

    @Test func `a consumer that begins before its producer ends tells nothing of the time between`() async throws {
        let fixture = fixture()
        fixture.observe(
            TestSpan(service: "a", kind: .producer, id: 1, at: 100, milliseconds: 10),
            TestSpan(service: "b", kind: .consumer, id: 2, parent: 1, at: 50))
        await fixture.emit()
        let emission = try fixture.sink.take()
        #expect(emission.edges() == ["a>b:messaging_system": 1])
        #expect(emission.series(Self.prefix + "request_messaging_system_seconds_count").isEmpty)
    }

    @Test(
        arguments: [
            (["db.name": "orders", "db.system": "postgresql"], "orders"),
            (["db.name": "orders", "db.namespace": "shop"], "shop"),
            (["db.system": "redis"], "redis"),
            (["db.system.name": "microsoft.sql_server"], "microsoft.sql_server"),
            (["db.system": "mssql", "db.system.name": "microsoft.sql_server"], "mssql"),
            (["db.name": "orders", "server.address": "db1"], "db1"),
            (["db.name": "orders", "server.address": "db1", "peer.service": "orders-db"], "orders-db"),
            (["db.name": "orders", "network.peer.address": "10.0.0.1", "network.peer.port": "5432"], "10.0.0.1:5432"),
            (["db.name": "orders", "network.peer.address": "10.0.0.1"], "10.0.0.1"),
            (["db.name": "orders", "network.peer.port": "5432"], "orders"),
            (["db.name": "", "db.system": "redis"], "redis"),
        ])
    func `a database has the name of its address, or else its own`(
        attributes: [String: String], name: String
    ) async throws {
        let fixture = fixture()
        fixture.observe(
            TestSpan(service: "shop", kind: .client, milliseconds: 30, status: .error, attributes: attributes))
        await fixture.emit(after: 100)
        let emission = try fixture.sink.take()
        #expect(emission.edges() == ["shop>\(name):database": 1])
        #expect(emission.edges(Self.prefix + "request_failed_total") == ["shop>\(name):database": 1])
        #expect(emission.value(Self.prefix + "request_client_seconds_sum") == 0.03)
        #expect(emission.value(Self.prefix + "request_server_seconds_sum") == 0.03)
    }

    @Test func `a client that names its peer calls a virtual node when no server comes in time`() async throws {
        let fixture = fixture()
        var call = Self.client
        call.attributes = ["peer.service": "payments"]
        fixture.observe(call)
        await fixture.emit(after: 9_999)
        #expect(try fixture.sink.take().isEmpty)
        #expect(fixture.metrics.statistics.sidesWaiting == 1)
        await fixture.emit(after: 1)
        let emission = try fixture.sink.take()
        #expect(emission.edges() == ["shop>payments:virtual_node": 1])
        #expect(emission.value(Self.prefix + "request_client_seconds_count") == 1)
        #expect(emission.series(Self.prefix + "request_server_seconds_count").isEmpty)
        #expect(emission.edges(Self.prefix + "unpaired_spans_total").isEmpty)
        #expect(fixture.metrics.statistics.edgesVirtual == 1)
    }

    @Test func `the first of the peer attributes wins`() async throws {
        let fixture = fixture { $0.peerAttributes = ["b", "a"] }
        fixture.observe(TestSpan(kind: .client, attributes: ["a": "one", "b": "two"]))
        await fixture.emit()
        #expect(try fixture.sink.take().edges() == ["api>two:virtual_node": 1])
    }

    @Test func `a named peer that answers itself is no virtual node`() async throws {
        var call = Self.client
        call.attributes = ["peer.service": "payments"]
        #expect(try await edges(call, Self.server) == ["shop>stock:": 1])
    }

    @Test func `a root server is called by the user, or by the peer it names`() async throws {
        #expect(try await edges(TestSpan(), wait: 10) == ["user>api:virtual_node": 1])
        #expect(try await edges(TestSpan(kind: .consumer), wait: 10) == ["user>api:virtual_node": 1])
        let named = TestSpan(attributes: ["peer.service": "partner"])
        #expect(try await edges(named, wait: 10) == ["partner>api:virtual_node": 1])
    }

    @Test func `sides that stay alone count as unpaired`() async throws {
        let fixture = fixture()
        fixture.observe(Self.client, TestSpan(service: "lonely", id: 3, parent: 4), TestSpan(kind: .internal))
        await fixture.emit()
        let emission = try fixture.sink.take()
        #expect(emission.edges().isEmpty)
        #expect(emission.edges(Self.prefix + "unpaired_spans_total") == ["shop>:": 1, ">lonely:": 1])
        #expect(fixture.metrics.statistics.sidesUnpaired == 2)
        #expect(fixture.metrics.statistics.sidesWaiting == 0)
    }

    @Test func `spans beyond the room for waiting are dropped and counted, those that wait still pair`() async throws {
        let fixture = fixture { $0.waitingMax = 5 }
        fixture.observe((0..<8).map { TestSpan(service: "shop", kind: .client, id: UInt64(100 + $0)) })
        fixture.observe((0..<8).map { TestSpan(service: "stock", id: 500, parent: UInt64(100 + $0)) })
        await fixture.emit(after: 10)
        let emission = try fixture.sink.take()
        #expect(emission.edges() == ["shop>stock:": 5])
        #expect(emission.edges(Self.prefix + "dropped_spans_total") == ["shop>:": 3])
        #expect(fixture.metrics.statistics.sidesDropped == 3)
        #expect(fixture.metrics.statistics.sidesWaiting == 3)
    }

    @Test func `edges beyond the limit are counted and not made`() async throws {
        let fixture = fixture { $0.edgesMax = 2 }
        fixture.observe((0..<5).map { TestSpan(service: "s\($0)") })
        await fixture.emit()
        #expect(try fixture.sink.take().edges().count == 2)
        #expect(fixture.metrics.statistics.edgesRefused == 3)
    }

    @Test func `dimensions of client and server are labels with prefixes`() async throws {
        let fixture = fixture { $0.dimensions = ["service.namespace"] }
        var (call, answer) = (Self.client, Self.server)
        call.resource = ["service.namespace": "web"]
        answer.resource = ["service.namespace": "backend"]
        fixture.observe(call, answer)
        await fixture.emit()
        let labels = ["client_service_namespace": "web", "server_service_namespace": "backend"]
        #expect(try fixture.sink.take().value(Self.prefix + "request_total", labels) == 1)
    }

    @Test func `without prefixes the server's dimension wins`() async throws {
        let fixture = fixture {
            $0.dimensions = ["god", "beast"]
            $0.prefixesDimensions = false
        }
        var (call, answer) = (Self.client, Self.server)
        call.attributes = ["god": "ares", "beast": "manticore"]
        answer.attributes = ["god": "zeus"]
        fixture.observe(answer, call)
        await fixture.emit()
        let value = try fixture.sink.take().value(Self.prefix + "request_total", ["god": "zeus", "beast": "manticore"])
        #expect(value == 1)
    }

    @Test func `a label says which side is virtual when asked for`() async throws {
        let fixture = fixture { $0.hasVirtualNodeLabel = true }
        fixture.observe(TestSpan(), TestSpan(kind: .client, attributes: ["peer.service": "x"]))
        await fixture.emit()
        let emission = try fixture.sink.take()
        #expect(emission.value(Self.prefix + "request_total", ["virtual_node": "client", "client": "user"]) == 1)
        #expect(emission.value(Self.prefix + "request_total", ["virtual_node": "server", "server": "x"]) == 1)
    }

    @Test func `spans without a service are part of no edge`() async throws {
        #expect(try await edges(TestSpan(service: ""), TestSpan(service: "", kind: .client)) == [:])
    }

    /// Pairs in a random order through small blocks, compared with the number of pairs.
    @Test func `all pairs are found whatever the order`() async throws {
        let fixture = fixture()
        var spans: [TestSpan] = []
        for pair in 0..<3000 as Range<UInt64> {
            spans.append(TestSpan(service: "c\(pair % 3)", kind: .client, trace: pair / 10 + 1, id: pair + 1))
            spans.append(TestSpan(service: "s", trace: pair / 10 + 1, id: pair + 100_000, parent: pair + 1))
        }
        spans.shuffle()
        for start in stride(from: 0, to: spans.count, by: 100) { fixture.observe(Array(spans[start..<start + 100])) }
        await fixture.emit(after: 10)
        #expect(try fixture.sink.take().edges() == ["c0>s:": 1000, "c1>s:": 1000, "c2>s:": 1000])
        #expect(fixture.metrics.statistics.sidesWaiting == 0)
    }
}
