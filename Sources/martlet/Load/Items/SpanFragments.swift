/// The spans of the load, one fragment for each role and variant.
///
/// All spans of a trace have one variant: what is asked for, and whether it fails. Numbers of fields are those of OTLP's
/// trace.proto; names of attributes follow OpenTelemetry's semantic conventions.
struct SpanFragments: Sendable {
    static let variants = 32
    /// The variant whose requests fail in the database.
    static let failing = variants - 1

    /// By role and variant; then by variant the roots, which have no parent.
    let all: [Fragment]

    init(isSmall: Bool) {
        func fragment(_ role: SpanRole, _ variant: Int, isRoot: Bool) -> Fragment {
            var writer = FragmentWriter()
            writer.message(2) { span in
                SpanContent(role: role, variant: variant, isRoot: isRoot, isSmall: isSmall).write(&span)
            }
            return writer.fragment
        }
        let parented = SpanRole.all.flatMap { role in
            (0..<Self.variants).map { fragment(role, $0, isRoot: false) }
        }
        all = parented + (0..<Self.variants).map { fragment(SpanRole.server, $0, isRoot: true) }
    }

    @inline(__always)
    func index(_ role: SpanRole, variant: Int, isRoot: Bool) -> Int {
        (isRoot ? SpanRole.all.count : role.rawValue) * Self.variants + variant
    }
}

/// The content of one span message.
private struct SpanContent {
    let role: SpanRole
    let variant: Int
    let isRoot: Bool
    let isSmall: Bool

    private static let nouns = ["orders", "carts", "users", "products", "payments", "invoices", "sessions", "reviews"]
    private var noun: String { Self.nouns[variant % 8] }
    private var method: String { ["GET", "POST", "PUT", "DELETE"][variant / 8] }
    private var verb: String { ["SELECT", "INSERT", "UPDATE", "DELETE"][variant / 8] }
    private var route: String { "/api/v1/\(noun)/{id}" }
    private var hasFailed: Bool {
        guard variant == SpanFragments.failing else { return false }
        return ![.cache, .producer, .function, .databaseWrite].contains(role)
    }
    private var status: UInt64 { variant == SpanFragments.failing ? 500 : variant / 8 == 1 ? 201 : 200 }

    func write(_ span: inout FragmentWriter) {
        span.id(1, .traceID, bytes: 16)
        span.id(2, .spanID, bytes: 8)
        if !isRoot { span.id(4, .parentID, bytes: 8) }
        span.text(5, name)
        span.integer(6, kind)
        span.fixed64(7, .startTime)
        span.fixed64(8, .endTime)
        if isSmall {
            span.attribute(9, "app.item", "\(noun)-######")
            span.attribute(9, "http.response.status_code", status)
        } else {
            attributes(&span)
            if hasFailed, role == .databaseRead { exception(&span) }
        }
        guard hasFailed else { return }
        span.message(15) { status in
            status.text(2, role == .databaseRead ? "canceling statement due to statement timeout" : "request failed")
            status.integer(3, 2)
        }
    }

    private var name: String {
        switch role {
        case .server: "\(method) \(route)"
        case .calleeServer: "\(method) /internal/\(noun)"
        case .client: method
        case .controller: "\(noun.capitalizedASCII)Controller.\(method.lowercased())"
        case .calleeFunction: "\(noun.capitalizedASCII)Store.load"
        case .function: "render \(noun)"
        case .databaseRead, .databaseWrite: "\(verb) shop.\(noun)"
        case .cache: "GET \(noun)"
        case .producer: "send \(noun).changed"
        }
    }

    /// Span.SpanKind.
    private var kind: UInt64 {
        switch role {
        case .controller, .calleeFunction, .function: 1
        case .server, .calleeServer: 2
        case .client, .databaseRead, .databaseWrite, .cache: 3
        case .producer: 4
        }
    }

    private func attributes(_ span: inout FragmentWriter) {
        switch role {
        case .server, .calleeServer: serverAttributes(&span)
        case .client: clientAttributes(&span)
        case .controller, .calleeFunction, .function: functionAttributes(&span)
        case .databaseRead, .databaseWrite: databaseAttributes(&span)
        case .cache: cacheAttributes(&span)
        case .producer: producerAttributes(&span)
        }
    }

    private func serverAttributes(_ span: inout FragmentWriter) {
        span.attribute(9, "http.request.method", method)
        span.attribute(9, "http.route", route)
        span.attribute(9, "url.path", "/api/v1/\(noun)/########")
        span.attribute(9, "url.scheme", "https")
        span.attribute(9, "server.address", "shop.example.com")
        span.attribute(9, "server.port", 443)
        span.attribute(9, "http.response.status_code", status)
        span.attribute(9, "client.address", "10.20.1#.##")
        span.attribute(9, "user.id", "user-#####")
        span.attribute(9, "user_agent.original", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101")
        span.attribute(9, "http.response.body.size") { $0.varint3(3) }
    }

    private func clientAttributes(_ span: inout FragmentWriter) {
        span.attribute(9, "http.request.method", method)
        span.attribute(9, "url.full", "http://\(noun).shop.svc.cluster.local:8080/internal/\(noun)/########")
        span.attribute(9, "server.address", "\(noun).shop.svc.cluster.local")
        span.attribute(9, "server.port", 8080)
        span.attribute(9, "http.response.status_code", status)
        span.attribute(9, "network.peer.address", "10.96.1#.##")
        span.attribute(9, "network.protocol.version", "1.1")
        span.attribute(9, "http.request.resend_count", 0)
        span.attribute(9, "thread.name", "worker-1#")
        span.attribute(9, "http.response.body.size") { $0.varint3(3) }
    }

    private func functionAttributes(_ span: inout FragmentWriter) {
        span.attribute(9, "code.function.name", "shop.\(noun).\(role == .function ? "render" : "load")")
        span.attribute(9, "code.file.path", "Sources/Shop/\(noun.capitalizedASCII).swift")
        span.attribute(9, "code.line.number", UInt64(40 + variant * 7))
        span.attribute(9, "thread.name", "worker-1#")
        span.attribute(9, "thread.id") { $0.varint3(3) }
        span.attribute(9, "app.tenant", "tenant-###")
        span.attribute(9, "user.id", "user-#####")
        span.attribute(9, "busy_ns") { $0.varint3(3) }
        span.attribute(9, "cache.ratio") { $0.fraction(4) }
        span.attribute(9, "cache.hit") { $0.flag(2) }
    }

    private func databaseAttributes(_ span: inout FragmentWriter) {
        span.attribute(9, "db.system.name", "postgresql")
        span.attribute(9, "db.namespace", "shop")
        span.attribute(9, "db.collection.name", noun)
        span.attribute(9, "db.operation.name", verb)
        span.attribute(9, "db.query.text", "SELECT id, state, total FROM \(noun) WHERE id = ######### AND region = ##")
        span.attribute(9, "db.response.returned_rows", UInt64(variant % 5))
        span.attribute(9, "server.address", "db-\(variant % 3).shop.internal")
        span.attribute(9, "server.port", 5432)
        span.attribute(9, "network.peer.address", "10.97.1#.##")
        span.attribute(9, "thread.name", "worker-1#")
    }

    private func cacheAttributes(_ span: inout FragmentWriter) {
        span.attribute(9, "db.system.name", "redis")
        span.attribute(9, "db.operation.name", "GET")
        span.attribute(9, "db.query.text", "GET \(noun):########")
        span.attribute(9, "server.address", "cache.shop.internal")
        span.attribute(9, "server.port", 6379)
        span.attribute(9, "network.peer.address", "10.98.1#.##")
        span.attribute(9, "cache.hit") { $0.flag(2) }
        span.attribute(9, "cache.key.bytes", 24)
        span.attribute(9, "cache.age_ns") { $0.varint3(3) }
        span.attribute(9, "thread.name", "worker-1#")
    }

    private func producerAttributes(_ span: inout FragmentWriter) {
        span.attribute(9, "messaging.system", "kafka")
        span.attribute(9, "messaging.destination.name", "\(noun).changed")
        span.attribute(9, "messaging.destination.partition.id", "#")
        span.attribute(9, "messaging.operation.type", "send")
        span.attribute(9, "messaging.client.id", "shop-producer-1#")
        span.attribute(9, "messaging.message.id", "###################")
        span.attribute(9, "messaging.message.body.size") { $0.varint3(3) }
        span.attribute(9, "messaging.kafka.offset") { $0.varint3(3) }
        span.attribute(9, "server.address", "queue.shop.internal")
        span.attribute(9, "server.port", 9092)
    }

    private func exception(_ span: inout FragmentWriter) {
        span.message(11) { event in
            event.fixed64(1, .endTime)
            event.text(2, "exception")
            event.attribute(3, "exception.type", "PSQLError")
            event.attribute(3, "exception.message", "server: canceling statement due to statement timeout")
            event.attribute(
                3, "exception.stacktrace",
                """
                shop.\(noun).Store.load(id:) at Sources/Shop/\(noun.capitalizedASCII).swift:212
                shop.\(noun).Controller.get(_:) at Sources/Shop/Controllers.swift:88
                shop.Router.respond(to:) at Sources/Shop/Router.swift:41
                """)
        }
    }
}

extension String {
    /// With its first letter as a capital.
    fileprivate var capitalizedASCII: String { prefix(1).uppercased() + dropFirst() }
}
