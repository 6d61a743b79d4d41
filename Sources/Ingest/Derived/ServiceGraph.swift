import PrometheusModel
import TelemetryModel

/// Which services call which, from pairs of spans: the client's or producer's, and the server's or consumer's whose
/// parent it is.
///
/// - Series: `traces_service_graph_request_total`, `…_request_failed_total`, `…_request_server_seconds`,
///   `…_request_client_seconds`, `…_request_messaging_system_seconds` (histograms), `…_unpaired_spans_total`,
///   `…_dropped_spans_total`, labels `client`, `server`, `connection_type` and what the options add.
/// - Pairs: in any order, within `ServiceGraphOptions.wait`.
/// - One side alone: a client's span with a database attribute is a request to the database at once; one whose server
///   does not come goes to the virtual node that a peer attribute names; a server's root span comes from a peer
///   attribute's node or from `user`. Anything else counts as unpaired.
/// - Differs from Tempo: a side that sends no spans has no durations, where Tempo counts zeros; a root does not wait.
struct ServiceGraph: Sendable {
    private let options: ServiceGraphOptions
    private let wait: Int64
    private(set) var table: SlotTable
    private(set) var waiting: WaitingSides
    private var requests = SlotCounters()
    private var failed = SlotCounters()
    private var unpaired = SlotCounters()
    private var dropped = SlotCounters()
    private var serverSeconds: LatencyHistograms
    private var clientSeconds: LatencyHistograms
    private var messagingSeconds: LatencyHistograms
    private(set) var statistics = Statistics()
    private var places = AttributePlaces()
    private let dimensionLabels: [DimensionLabels]
    private var services: [String?] = []
    private var key = LabelKey()

    struct Statistics: Sendable {
        /// Edges of two spans, of a database, or with a virtual node.
        var completed = 0
        var virtual = 0
        /// Sides whose other side did not come and that name no peer.
        var unpaired = 0
        /// Spans for which there was no room to wait.
        var dropped = 0
        /// Edges for which there was no slot.
        var refused = 0
    }

    private struct DimensionLabels: Sendable {
        let attribute: String
        /// The same when there are no prefixes.
        let client: String
        let server: String
    }

    /// Places in `AttributeScan.keys`.
    private struct AttributePlaces: Sendable {
        var peer: [Int] = []
        var database: [Int] = []
        var address: [Int] = []
        var host: [Int] = []
        var port: [Int] = []
    }

    private static let addressAttributes = ["peer.service", "service.peer.name", "server.address"]
    private static let hostAttribute = "network.peer.address"
    private static let portAttribute = "network.peer.port"

    init(_ options: ServiceGraphOptions) {
        self.options = options
        wait = max(0, options.wait.clampedMilliseconds)
        table = SlotTable(limit: options.edgesMax)
        waiting = WaitingSides(limit: options.waitingMax)
        serverSeconds = LatencyHistograms(options.buckets)
        clientSeconds = LatencyHistograms(options.buckets)
        messagingSeconds = LatencyHistograms(options.buckets)
        var taken: Set = ["client", "server", "connection_type", "virtual_node", "le", Labels.nameLabel]
        var labels: [DimensionLabels] = []
        for attribute in options.dimensions where !labels.contains(where: { $0.attribute == attribute }) {
            let names = (options.prefixesDimensions ? ["client_", "server_"] : [""]).map {
                SpanText.label($0 + attribute, taken: taken)
            }
            guard let client = names.first, let server = names.last, taken.isDisjoint(with: names) else { continue }
            taken.formUnion(names)
            labels.append(DimensionLabels(attribute: attribute, client: client, server: server))
        }
        dimensionLabels = labels
    }

    /// Attributes that are looked for in spans.
    var spanAttributes: [String] {
        Self.addressAttributes + [Self.hostAttribute, Self.portAttribute] + options.databaseNameAttributes
            + options.peerAttributes + dimensions
    }

    /// Attributes that are looked for in resources.
    var dimensions: [String] { dimensionLabels.map(\.attribute) }

    /// Called once, with what looks for `spanAttributes`.
    mutating func prepare(_ scan: AttributeScan) {
        places.peer = options.peerAttributes.compactMap(scan.place)
        places.database = options.databaseNameAttributes.compactMap(scan.place)
        places.address = Self.addressAttributes.compactMap(scan.place)
        places.host = [Self.hostAttribute].compactMap(scan.place)
        places.port = [Self.portAttribute].compactMap(scan.place)
    }

    // MARK: Spans

    /// - Parameter now: milliseconds since the Unix epoch.
    mutating func observe(_ block: SpanBlock, _ context: inout DerivedContext, now: Int64) {
        expire(now: now, context.lastTick)
        services.removeAll(keepingCapacity: true)
        services.append(contentsOf: repeatElement(nil, count: block.service.interner.values.count))
        let kinds = block.kind.values.elements
        let parents = UnsafeRawBufferPointer(block.parentSpanID.values.elements)
        for row in 0..<block.rows {
            let kind = kinds[row]
            // Internal spans and those without a kind are part of no edge.
            guard kind >= 2, kind <= 5 else { continue }
            guard context.isInRange(block.startTime[row].nanoseconds &+ block.duration[row]) else { continue }
            let service = service(Int(block.service.indexes[row]), block)
            guard !service.isEmpty else { continue }
            let isClient = kind == 3 || kind == 4
            let parent = parents.loadUnaligned(fromByteOffset: row * 8, as: UInt64.self)
            if isClient || parent == 0 || !dimensionLabels.isEmpty { context.scan.scan(row, block.attributes) }
            var side = WaitingSide()
            side.trace = Self.trace(row, block)
            side.isClient = isClient
            side.isMessaging = kind >= 4
            side.isFailed = block.statusCode[row] == 2
            side.duration = max(0, block.duration[row])
            side.service = service
            if !dimensionLabels.isEmpty { side.dimensions = values(row, block, &context) }
            if isClient {
                side.span = Self.span(row, block)
                side.time = block.startTime[row].nanoseconds &+ side.duration
                takeClient(side, block, &context, now)
            } else {
                side.span = parent
                side.time = block.startTime[row].nanoseconds
                takeServer(side, block, &context, now)
            }
        }
    }

    private mutating func takeClient(
        _ client: WaitingSide, _ block: SpanBlock, _ context: inout DerivedContext, _ now: Int64
    ) {
        var client = client
        let known = waiting.find(client.trace, client.span)
        if let database = databaseName(context.scan, block) {
            // A database that sends spans itself is still the database.
            let server = known.map { waiting.remove($0) }
            client.isFailed = client.isFailed || server?.isFailed == true
            return add(
                Edge(
                    client: client.service, server: database, type: .database, isFailed: client.isFailed,
                    clientDuration: client.duration, serverDuration: client.duration,
                    clientDimensions: client.dimensions),
                client, context.lastTick)
        }
        client.peer = context.scan.first(of: places.peer, in: block.attributes) ?? ""
        guard let known else { return park(client, context.lastTick, now) }
        if waiting[known].isClient {
            waiting.replace(known, by: client)
        } else {
            pair(client, waiting.remove(known), context.lastTick)
        }
    }

    private mutating func takeServer(
        _ server: WaitingSide, _ block: SpanBlock, _ context: inout DerivedContext, _ now: Int64
    ) {
        guard server.span != 0 else {
            statistics.virtual += 1
            let peer = context.scan.first(of: places.peer, in: block.attributes)
            return add(
                Edge(
                    client: peer ?? "user", server: server.service, type: .virtual(isClient: true),
                    isFailed: server.isFailed, serverDuration: server.duration, serverDimensions: server.dimensions),
                server, context.lastTick)
        }
        guard let known = waiting.find(server.trace, server.span) else { return park(server, context.lastTick, now) }
        if waiting[known].isClient {
            pair(waiting.remove(known), server, context.lastTick)
        } else {
            // Two servers of one client, which has not come yet: one of them will be its.
            countUnpaired(waiting[known], context.lastTick)
            waiting.replace(known, by: server)
        }
    }

    /// The name of the database that the scanned row is a request to; nil when it is none.
    private func databaseName(_ scan: AttributeScan, _ block: SpanBlock) -> String? {
        guard let name = scan.first(of: places.database, in: block.attributes) else { return nil }
        if let address = scan.first(of: places.address, in: block.attributes) { return address }
        guard let host = scan.first(of: places.host, in: block.attributes) else { return name }
        guard let port = scan.first(of: places.port, in: block.attributes) else { return host }
        return "\(host):\(port)"
    }

    private mutating func park(_ side: WaitingSide, _ lastTick: Int64, _ now: Int64) {
        guard !waiting.add(side, deadline: now.addingClamped(wait)) else { return }
        statistics.dropped += 1
        guard let slot = slot(edge(ofAlone: side)) else { return }
        touch(slot, lastTick)
        dropped.add(to: slot)
    }

    private mutating func pair(_ client: WaitingSide, _ server: WaitingSide, _ lastTick: Int64) {
        let isMessaging = client.isMessaging || server.isMessaging
        let (onTheWay, overflow) = server.time.subtractingReportingOverflow(client.time)
        add(
            Edge(
                client: client.service, server: server.service, type: isMessaging ? .messaging : .direct,
                isFailed: client.isFailed || server.isFailed, clientDuration: client.duration,
                serverDuration: server.duration,
                // Not positive when the clocks of the two differ.
                onTheWay: isMessaging && onTheWay > 0 && !overflow ? onTheWay : nil,
                clientDimensions: client.dimensions, serverDimensions: server.dimensions),
            client, lastTick)
    }

    // MARK: Waiting

    /// Ends the wait of those whose other side did not come.
    mutating func expire(now: Int64, _ lastTick: Int64) {
        while let side = waiting.takeExpired(now: now) {
            guard side.isClient, !side.peer.isEmpty else {
                countUnpaired(side, lastTick)
                continue
            }
            statistics.virtual += 1
            add(
                Edge(
                    client: side.service, server: side.peer, type: .virtual(isClient: false),
                    isFailed: side.isFailed, clientDuration: side.duration, clientDimensions: side.dimensions),
                side, lastTick)
        }
    }

    private mutating func countUnpaired(_ side: WaitingSide, _ lastTick: Int64) {
        statistics.unpaired += 1
        guard let slot = slot(edge(ofAlone: side)) else { return }
        touch(slot, lastTick)
        unpaired.add(to: slot)
    }

    private func edge(ofAlone side: WaitingSide) -> Edge {
        var edge = Edge(client: "", server: "", type: side.isMessaging ? .messaging : .direct, isFailed: false)
        if side.isClient {
            edge.client = side.service
            edge.clientDimensions = side.dimensions
        } else {
            edge.server = side.service
            edge.serverDimensions = side.dimensions
        }
        return edge
    }

    // MARK: Edges

    private enum ConnectionType {
        case direct, messaging, database
        case virtual(isClient: Bool)

        var number: Int32 {
            switch self {
            case .direct: 0
            case .messaging: 1
            case .database: 2
            case .virtual(let isClient): isClient ? 3 : 4
            }
        }

        var label: String {
            switch self {
            case .direct: ""
            case .messaging: "messaging_system"
            case .database: "database"
            case .virtual: "virtual_node"
            }
        }
    }

    private struct Edge {
        var client: String
        var server: String
        var type: ConnectionType
        var isFailed: Bool
        /// Nanoseconds; nil when the side sends no spans.
        var clientDuration: Int64?
        var serverDuration: Int64?
        /// From the end of the producer's span to the beginning of the consumer's.
        var onTheWay: Int64?
        var clientDimensions: [String] = []
        var serverDimensions: [String] = []
    }

    /// - Parameter side: whose trace and time are those of the examples.
    private mutating func add(_ edge: Edge, _ side: WaitingSide, _ lastTick: Int64) {
        statistics.completed += 1
        guard let slot = slot(edge) else {
            statistics.refused += 1
            return
        }
        touch(slot, lastTick)
        requests.add(to: slot)
        if edge.isFailed { failed.add(to: slot) }
        let end = side.isClient ? side.time : side.time.addingClamped(side.duration)
        if let duration = edge.serverDuration { serverSeconds.add(duration, to: slot, trace: side.trace, time: end) }
        if let duration = edge.clientDuration { clientSeconds.add(duration, to: slot, trace: side.trace, time: end) }
        if options.measuresMessaging, let duration = edge.onTheWay {
            messagingSeconds.add(duration, to: slot, trace: side.trace, time: end)
        }
    }

    private mutating func slot(_ edge: Edge) -> Int? {
        key.removeAll()
        key.append(edge.type.number)
        key.append(edge.client)
        key.append(edge.server)
        if !dimensionLabels.isEmpty {
            for place in dimensionLabels.indices {
                if options.prefixesDimensions {
                    key.append(Self.value(place, edge.clientDimensions))
                    key.append(Self.value(place, edge.serverDimensions))
                } else {
                    key.append(Self.shared(place, edge))
                }
            }
        }
        let hash = key.bytes.withUnsafeBufferPointer { SlotTable.hash($0) }
        if let known = key.bytes.withUnsafeBufferPointer({ table.find($0, hash: hash) }) { return known }
        let labels = LabelTemplate(labels(edge))
        guard let place = key.bytes.withUnsafeBufferPointer({ table.insert($0, hash: hash, labels: labels) }) else {
            return nil
        }
        if place.isNew { clear(place.slot) }
        return place.slot
    }

    private func labels(_ edge: Edge) -> [Label] {
        var labels = [
            Label("client", edge.client), Label("server", edge.server), Label("connection_type", edge.type.label),
        ]
        for (place, dimension) in dimensionLabels.enumerated() {
            if options.prefixesDimensions {
                labels.append(Label(dimension.client, Self.value(place, edge.clientDimensions)))
                labels.append(Label(dimension.server, Self.value(place, edge.serverDimensions)))
            } else {
                labels.append(Label(dimension.server, Self.shared(place, edge)))
            }
        }
        if options.hasVirtualNodeLabel, case .virtual(let isClient) = edge.type {
            labels.append(Label("virtual_node", isClient ? "client" : "server"))
        }
        return labels
    }

    private static func value(_ place: Int, _ values: [String]) -> String {
        place < values.count ? values[place] : ""
    }

    private static func shared(_ place: Int, _ edge: Edge) -> String {
        let value = value(place, edge.serverDimensions)
        return value.isEmpty ? Self.value(place, edge.clientDimensions) : value
    }

    private mutating func clear(_ slot: Int) {
        let count = table.slots.count
        requests.grow(to: count)
        failed.grow(to: count)
        unpaired.grow(to: count)
        dropped.grow(to: count)
        serverSeconds.grow(to: count)
        clientSeconds.grow(to: count)
        messagingSeconds.grow(to: count)
        requests.clear(slot)
        failed.clear(slot)
        unpaired.clear(slot)
        dropped.clear(slot)
        serverSeconds.clear(slot)
        clientSeconds.clear(slot)
        messagingSeconds.clear(slot)
    }

    private mutating func touch(_ slot: Int, _ lastTick: Int64) {
        guard table.touch(slot, lastTick: lastTick) else { return }
        requests.keep(slot)
        failed.keep(slot)
        unpaired.keep(slot)
        dropped.keep(slot)
        serverSeconds.keep(slot)
        clientSeconds.keep(slot)
        messagingSeconds.keep(slot)
    }

    // MARK: Columns

    /// The text of a service by its number in the block.
    @inline(__always)
    private mutating func service(_ number: Int, _ block: SpanBlock) -> String {
        if let known = services[number] { return known }
        let text = SpanText.bounded(block.service.interner.values.utf8(at: number))
        services[number] = text
        return text
    }

    @inline(__always)
    private static func trace(_ row: Int, _ block: SpanBlock) -> TraceWords {
        let bytes = UnsafeRawBufferPointer(block.traceID.values.elements)
        return TraceWords(
            first: bytes.loadUnaligned(fromByteOffset: row * 16, as: UInt64.self),
            second: bytes.loadUnaligned(fromByteOffset: row * 16 + 8, as: UInt64.self))
    }

    @inline(__always)
    private static func span(_ row: Int, _ block: SpanBlock) -> UInt64 {
        let bytes = UnsafeRawBufferPointer(block.spanID.values.elements)
        return bytes.loadUnaligned(fromByteOffset: row * 8, as: UInt64.self)
    }

    private func values(_ row: Int, _ block: SpanBlock, _ context: inout DerivedContext) -> [String] {
        let facts = context.facts(of: block.resourceID[row])
        return dimensionLabels.map { context.value(of: $0.attribute, facts, block.attributes) }
    }
}

extension ServiceGraph: DerivedFamily {
    private enum Bit {
        static let requests: UInt16 = 1
        static let failed: UInt16 = 2
        static let unpaired: UInt16 = 4
        static let dropped: UInt16 = 8
        static let server: UInt16 = 16
        static let client: UInt16 = 32
        static let messaging: UInt16 = 64
    }

    private static let prefix = "traces_service_graph_"
    private static let requestTotal = DerivedMetricName(
        prefix + "request_total", .counter, "Requests between two nodes")
    private static let failedTotal = DerivedMetricName(
        prefix + "request_failed_total", .counter, "Failed requests between two nodes")
    private static let unpairedTotal = DerivedMetricName(
        prefix + "unpaired_spans_total", .counter, "Spans whose other side did not come")
    private static let droppedTotal = DerivedMetricName(
        prefix + "dropped_spans_total", .counter, "Spans for which there was no room to wait")
    private static let server = DerivedHistogramName(
        prefix + "request_server_seconds", "Durations of requests as the server sees them")
    private static let client = DerivedHistogramName(
        prefix + "request_client_seconds", "Durations of requests as the client sees them")
    private static let messaging = DerivedHistogramName(
        prefix + "request_messaging_system_seconds", "From the producer's end to the consumer's start")

    mutating func write(_ slot: Int, _ writer: inout DerivedWriter) -> UInt16 {
        let state = table.slots[slot]
        var written: UInt16 = 0
        func counter(_ name: DerivedMetricName, _ counters: SlotCounters, _ bit: UInt16) {
            guard counters.values[slot] > 0 else { return }
            writer.counter(
                name, state.labels, counters.values[slot], before: counters.before[slot], writer.moment(of: state, bit))
            written |= bit
        }
        counter(Self.requestTotal, requests, Bit.requests)
        counter(Self.failedTotal, failed, Bit.failed)
        counter(Self.unpairedTotal, unpaired, Bit.unpaired)
        counter(Self.droppedTotal, dropped, Bit.dropped)
        func histogram(_ name: DerivedHistogramName, _ histograms: inout LatencyHistograms, _ bit: UInt16) {
            guard histograms.count(slot) > 0 else { return }
            writer.histogram(name, state.labels, &histograms, slot, writer.moment(of: state, bit))
            written |= bit
        }
        histogram(Self.server, &serverSeconds, Bit.server)
        histogram(Self.client, &clientSeconds, Bit.client)
        histogram(Self.messaging, &messagingSeconds, Bit.messaging)
        return written
    }

    func writeEnd(_ slot: Int, _ writer: inout DerivedWriter) {
        let state = table.slots[slot]
        let counters = [
            (Bit.requests, Self.requestTotal), (Bit.failed, Self.failedTotal), (Bit.unpaired, Self.unpairedTotal),
            (Bit.dropped, Self.droppedTotal),
        ]
        for (bit, name) in counters where state.emitted & bit != 0 { writer.end(name, state.labels) }
        let histograms = [(Bit.server, Self.server), (Bit.client, Self.client), (Bit.messaging, Self.messaging)]
        for (bit, name) in histograms where state.emitted & bit != 0 {
            writer.end(name, state.labels, options.buckets)
        }
    }

    mutating func withTable<R>(_ body: (inout SlotTable) -> R) -> R { body(&table) }
}
