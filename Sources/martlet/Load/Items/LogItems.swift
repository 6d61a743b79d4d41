/// Requests of log records: about a dozen programs' lines, mostly information, each with the ids of the span of the same
/// number and a unique `log.record.uid`. Numbers of fields are those of OTLP's logs.proto.
struct LogItems: LoadItems {
    private let context: LoadContext
    private let fragments: [Fragment]
    private let resources: [[UInt8]]

    init(_ context: LoadContext) {
        self.context = context
        fragments = LogLine.all.map(\.fragment)
        resources = (0..<LoadContext.services).map(context.resource)
    }

    func request(first: UInt64, count: Int) -> [UInt8] {
        var groups = ServiceGroups(resources: resources)
        var places: [(fragment: Int, service: Int, noise: UInt64)] = []
        places.reserveCapacity(count)
        for item in first..<first + UInt64(count) {
            let noise = RunIdentity.mix(context.identity.id ^ item &* 0x9E37_79B9_7F4A_7C15)
            let fragment = LogLine.index(noise)
            let service = Int(noise >> 40 & 0xFFFF) % LoadContext.services
            groups.add(fragments[fragment].bytes.count, to: service)
            places.append((fragment, service, noise))
        }
        return RequestWriter.request(bytes: groups.count) { writer in
            var offsets = groups.write(writer)
            var cursor = TraceCursor(context, item: first)
            for place in places {
                var values = cursor.values()
                values.startTime = context.startTime + cursor.item * context.itemNanoseconds
                values.endTime = values.startTime + 40_000
                values.noise = place.noise
                (values.uidHigh, values.uidLow) = context.identity.logID(cursor.item)
                writer.fragment(fragments[place.fragment], values, at: &offsets[place.service])
                cursor.advance()
            }
        }
    }
}

/// A kind of line.
private struct LogLine {
    /// SeverityNumber and its usual text.
    let severity: (number: UInt64, text: String)
    let body: String
    let route: String

    static let debug = (number: 5 as UInt64, text: "DEBUG")
    static let info = (number: 9 as UInt64, text: "INFO")
    static let warning = (number: 13 as UInt64, text: "WARN")
    static let error = (number: 17 as UInt64, text: "ERROR")

    /// The errors come last; `index` draws them rarely.
    static let all: [LogLine] = [
        .init(info, "GET /api/v1/orders/######## completed with 200 in ##.# ms", "/api/v1/orders/{id}"),
        .init(info, "POST /api/v1/carts/######/items completed with 201 in ##.# ms", "/api/v1/carts/{id}/items"),
        .init(info, "order ######## placed by user-##### for ###.## EUR", "/api/v1/orders"),
        .init(info, "user-##### signed in from 10.20.1#.##", "/api/v1/sessions"),
        .init(debug, "cache miss for key products:########, loading from the database", "/api/v1/products/{id}"),
        .init(debug, "connection ### returned to the pool, ## of 64 in use", ""),
        .init(info, "published event ############ to orders.changed, partition #", "/api/v1/orders"),
        .init(info, "payment ############ authorized, risk score 0.###", "/api/v1/payments"),
        .init(debug, "rendered template invoice-## in ##.## ms (#### bytes)", "/api/v1/invoices/{id}"),
        .init(info, "job ######## finished after ## s: ##### rows exported", ""),
        .init(warning, "retrying call to inventory (attempt # of 5) after ### ms", "/api/v1/products/{id}"),
        .init(warning, "slow query took #### ms: SELECT id, total FROM orders WHERE user_id = ########", ""),
        .init(warning, "token of user-##### expires in ## minutes", "/api/v1/sessions"),
        .init(error, "payment ############ failed: card declined by issuer (code ##)", "/api/v1/payments"),
        .init(error, "canceling statement due to statement timeout after 30### ms", "/api/v1/orders/{id}"),
        .init(error, "unhandled error in request ############: connection reset by peer", "/api/v1/carts/{id}"),
    ]

    private init(_ severity: (number: UInt64, text: String), _ body: String, _ route: String) {
        self.severity = severity
        self.body = body
        self.route = route
    }

    /// One record in 64 is an error, the others are drawn evenly.
    static func index(_ noise: UInt64) -> Int {
        let draw = Int(noise & 0xFFFF)
        return draw % 64 == 0 ? 13 + draw / 64 % 3 : draw % 13
    }

    var fragment: Fragment {
        var writer = FragmentWriter()
        writer.message(2) { record in
            record.fixed64(1, .startTime)
            record.integer(2, severity.number)
            record.text(3, severity.text)
            record.message(5) { $0.text(1, body) }
            record.attribute(6, "log.record.uid") { $0.uid(1) }
            record.attribute(6, "thread.name", "worker-1#")
            record.attribute(6, "user.id", "user-#####")
            record.attribute(6, "http.route", route)
            record.attribute(6, "busy_ns") { $0.varint3(3) }
            record.attribute(6, "code.line.number", UInt64(body.utf8.count))
            if severity.number == Self.error.number {
                record.attribute(6, "exception.type", "ShopError")
            }
            record.id(9, .traceID, bytes: 16)
            record.id(10, .spanID, bytes: 8)
            record.fixed64(11, .endTime)
        }
        return writer.fragment
    }
}
