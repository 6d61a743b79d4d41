import TelemetryModel

/// Makes the requests of one signal.
///
/// - Purity: the same run, first item and count give the same bytes; called by any connection, from any task.
protocol LoadItems: Sendable {
    /// An export request in protobuf with the items numbered from `first` on.
    func request(first: UInt64, count: Int) -> [UInt8]
}

/// What the items of a run have in common.
struct LoadContext: Sendable {
    /// Programs that the telemetry seems to come from.
    static let services = 20

    let identity: RunIdentity
    let shape: TraceShape
    let traceSpans: UInt64
    /// When item 0 seems to have happened, in nanoseconds since the Unix epoch.
    let startTime: UInt64
    /// Between an item and the next: that of the rate asked for, or 5 µs when there is none. Times depend on the number
    /// alone, so that the requests of one trace agree on them.
    let itemNanoseconds: UInt64

    /// The encoded resource of a service, as field 1 of a ResourceSpans, ResourceMetrics or ResourceLogs.
    func resource(_ service: Int) -> [UInt8] {
        var writer = FragmentWriter()
        writer.message(1) { resource in
            resource.attribute(1, "service.name", Self.serviceNames[service])
            resource.attribute(1, "service.namespace", "shop")
            resource.attribute(1, "service.version", "2.\(service).1")
            resource.attribute(1, "service.instance.id", "\(Self.serviceNames[service])-7d9f8b6c5d-x2x\(service)")
            resource.attribute(1, "deployment.environment.name", "load")
            resource.attribute(1, "host.name", "node-\(service % 5)")
            resource.attribute(1, "os.type", "linux")
            resource.attribute(1, "telemetry.sdk.name", "opentelemetry")
            resource.attribute(1, "telemetry.sdk.language", "swift")
            resource.attribute(1, "telemetry.sdk.version", "1.30.0")
            resource.attribute(1, RunIdentity.attribute, identity.hex)
        }
        return writer.fragment.bytes
    }

    /// The encoded instrumentation scope, as field 1 of a ScopeSpans, ScopeMetrics or ScopeLogs.
    static let scope: [UInt8] = {
        var writer = FragmentWriter()
        writer.message(1) { scope in
            scope.text(1, "martlet.load")
            scope.text(2, "1.0.0")
        }
        return writer.fragment.bytes
    }()

    static let serviceNames = [
        "gateway", "web", "catalog", "search", "cart", "checkout", "payment", "invoice", "shipping", "inventory",
        "pricing", "accounts", "sessions", "mail", "reviews", "images", "recommendations", "fraud", "audit", "reports",
    ]
}

extension FragmentWriter {
    /// A KeyValue with a text, whose marks `text` explains.
    mutating func attribute(_ number: UInt32, _ key: String, _ pattern: String) {
        attribute(number, key) { $0.text(1, pattern) }
    }

    mutating func attribute(_ number: UInt32, _ key: String, _ value: UInt64) {
        attribute(number, key) { $0.integer(3, value) }
    }

    /// A KeyValue; `write` encodes the content of the AnyValue.
    mutating func attribute(_ number: UInt32, _ key: String, _ write: (inout FragmentWriter) -> Void) {
        message(number) { pair in
            pair.text(1, key)
            pair.message(2, write)
        }
    }
}

/// A request of items that are grouped by service, in any order: spans and log records.
struct ServiceGroups {
    private let heads: [[UInt8]]
    private var itemBytes: [Int]

    /// - Parameter resources: `LoadContext.resource` of each service.
    init(resources: [[UInt8]]) {
        heads = resources
        itemBytes = Array(repeating: 0, count: resources.count)
    }

    mutating func add(_ bytes: Int, to service: Int) { itemBytes[service] += bytes }

    private func scopeBytes(_ service: Int) -> Int { LoadContext.scope.count + itemBytes[service] }

    private func groupBytes(_ service: Int) -> Int {
        heads[service].count + RequestWriter.size(field: scopeBytes(service))
    }

    /// Bytes of the whole request.
    var count: Int {
        itemBytes.indices.reduce(0) { sum, service in
            itemBytes[service] == 0 ? sum : sum + RequestWriter.size(field: groupBytes(service))
        }
    }

    /// Writes everything but the items.
    ///
    /// - Returns: for each service the place of its first item.
    func write(_ writer: RequestWriter) -> [Int] {
        var offset = 0
        return itemBytes.indices.map { service in
            guard itemBytes[service] > 0 else { return 0 }
            writer.header(1, length: groupBytes(service), at: &offset)
            writer.bytes(heads[service], at: &offset)
            writer.header(2, length: scopeBytes(service), at: &offset)
            writer.bytes(LoadContext.scope, at: &offset)
            defer { offset += itemBytes[service] }
            return offset
        }
    }
}
