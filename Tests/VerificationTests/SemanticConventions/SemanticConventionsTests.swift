import Testing

@testable import Verification

@Suite struct SemanticConventionsTests {
    private let registry = SemanticConventions.registry

    @Test func theTableIsReadWhole() {
        let lines = SemanticConventionsTable.text.split(separator: "\n")
        #expect(
            lines.count == registry.attributes.count + registry.metrics.count + registry.events.count
                + registry.spans.count + 1)
        #expect(registry.attributes.count > 400)
        #expect(registry.metrics.count > 250)
        #expect(registry.spans.count > 60)
        #expect(registry.namespaces.contains("http"))
        #expect(!SemanticConventions.version.isEmpty)
    }

    @Test func attributesHaveTypeAndState() throws {
        let method = try #require(registry.attribute("http.request.method"))
        #expect(method.isStable)
        #expect(method.replacements == nil)
        guard case .strings1of(let values, _) = method.kind else {
            Issue.record("\(method.kind)")
            return
        }
        #expect(values.contains("GET"))
        #expect(registry.attribute("http.response.status_code")?.kind == .int)
        #expect(registry.attribute("db.statement")?.replacements == ["db.query.text"])
        #expect(registry.attribute("db.user")?.replacements == [])
        #expect(registry.attribute("deployment.environment")?.replacements == ["deployment.environment.name"])
        #expect(registry.attribute("exception.type") != nil)
        #expect(registry.attribute("shop.cart") == nil)
    }

    @Test func aTemplateStandsForTheNamesBelowIt() {
        #expect(registry.attribute("http.request.header.content-type")?.kind == .strings)
        #expect(registry.attribute("http.request.header.x.y")?.isTemplate == true)
        #expect(registry.attribute("http.request.headers.content-type") == nil)
    }

    @Test func metricsHaveInstrumentAndUnit() throws {
        let metric = try #require(registry.metrics["http.server.request.duration"])
        #expect(metric.instrument == .histogram)
        #expect(metric.unit == "s")
        #expect(metric.levels["http.request.method"] == .required)
        #expect(registry.metrics["rpc.server.duration"]?.replacements == ["rpc.server.call.duration"])
    }

    @Test(
        "a span says by kind and attributes what it is",
        arguments: [
            ("server", ["http.request.method": "GET"], "http.server"),
            ("client", ["http.method": "GET"], "http.client"),
            ("client", ["db.system": "postgresql"], "db.postgresql.client"),
            ("client", ["db.system.name": "microsoft.sql_server"], "db.sql_server.client"),
            ("client", ["db.system.name": "spacetimedb"], "db.client"),
            ("server", ["rpc.system": "grpc", "http.request.method": "POST"], "rpc.grpc.call.server"),
            ("producer", ["messaging.system": "kafka"], "messaging.send.producer"),
            (
                "client", ["messaging.system": "kafka", "messaging.operation.type": "receive"],
                "messaging.receive.client"
            ),
            ("internal", ["http.request.method": "GET"], nil),
            ("server", ["shop.cart": "1"], nil),
        ] as [(String, [String: String], String?)])
    func spanTypes(kind: String, attributes: [String: String], expected: String?) {
        #expect(registry.spanType(kind: kind) { attributes[$0] }?.name == expected)
    }

    @Test func levelsAreInherited() throws {
        let server = try #require(registry.spans["http.server"])
        #expect(server.levels["http.request.method"] == .required)
        #expect(server.levels["url.path"] == .required)
        #expect(server.levels["url.query"] == .conditionally)
        #expect(server.levels["server.port"] != .required)
        #expect(registry.spans["messaging.kafka.send.producer"]?.levels["messaging.system"] == .required)
    }

    @Test(
        "the name that was meant is found",
        arguments: [
            ("http.request.metod", "http.request.method"), ("http.requst.method", "http.request.method"),
            ("http.status.code", nil), ("db.colection.name", "db.collection.name"), ("shop.cart.size.total", nil),
            ("service.nmae", "service.name"), ("", nil), ("db.table", "db.collection.name"),
        ] as [(String, String?)])
    func nearest(name: String, expected: String?) {
        let found = registry.nearestAttributes(name)
        if let expected { #expect(found.first == expected) } else { #expect(!found.contains("http.request.method")) }
        #expect(found.count <= 3)
    }

    @Test func longNamesAreNotCompared() {
        #expect(registry.nearestAttributes(String(repeating: "a.", count: 10_000)).isEmpty)
    }

    @Test func reservedNamespacesAreThoseOfTheTable() {
        #expect(registry.isReserved("http.anything"))
        #expect(!registry.isReserved("http"))
        #expect(!registry.isReserved("shop.cart"))
        // What only deprecated names have is nobody's any more.
        #expect(!registry.isReserved("message.text"))
    }

    @Test func linesWithoutTheFormAreLeftOut() {
        let registry = SemanticConventions("a|x\nm|a|b\nm|n|nothing|s||dev||\nq|1\na|ok|i|stable||\n|\n")
        #expect(registry.attributes.keys.sorted() == ["ok"])
        #expect(registry.metrics.isEmpty)
    }
}
