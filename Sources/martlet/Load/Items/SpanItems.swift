import TelemetryModel

/// Requests of spans.
struct SpanItems: LoadItems {
    private let context: LoadContext
    private let fragments: SpanFragments
    private let resources: [[UInt8]]

    init(_ context: LoadContext) {
        self.context = context
        fragments = SpanFragments(isSmall: context.shape == .small)
        resources = (0..<LoadContext.services).map(context.resource)
    }

    func request(first: UInt64, count: Int) -> [UInt8] {
        var groups = ServiceGroups(resources: resources)
        var places: [(fragment: Int, service: Int)] = []
        places.reserveCapacity(count)
        var cursor = TraceCursor(context, item: first)
        for _ in 0..<count {
            let place = place(cursor)
            groups.add(fragments.all[place.fragment].bytes.count, to: place.service)
            places.append(place)
            cursor.advance()
        }
        return RequestWriter.request(bytes: groups.count) { writer in
            var offsets = groups.write(writer)
            var cursor = TraceCursor(context, item: first)
            for place in places {
                writer.fragment(fragments.all[place.fragment], cursor.values(), at: &offsets[place.service])
                cursor.advance()
            }
        }
    }

    /// What a span says, and which service says it: neighbouring tens of a large trace are in different services.
    @inline(__always)
    private func place(_ cursor: borrowing TraceCursor) -> (fragment: Int, service: Int) {
        let role = cursor.role
        let block = context.shape == .wide ? 0 : cursor.position / TraceShape.blockSpans
        let seed = cursor.traceSeed >> 8 &+ block &* 7 &+ (role.isInCallee ? 3 : 0)
        return (
            fragments.index(role, variant: Int(cursor.traceSeed & 31), isRoot: cursor.position == 0),
            Int(seed & 0xFFFF_FFFF) % LoadContext.services
        )
    }
}

/// Walks through the spans of a run in the order of their numbers.
struct TraceCursor {
    /// Traces take 1 to 135 ms, and this much more for each span: enough for all to lie inside each other.
    private static let nanosecondsPerSpan: UInt64 = 2_000

    private let context: LoadContext
    private(set) var item: UInt64
    private(set) var trace: UInt64
    private(set) var position: UInt64
    /// Random for each trace.
    private(set) var traceSeed: UInt64 = 0
    private var traceID = TraceID.zero
    private var startTime: UInt64 = 0
    private var duration: UInt64 = 0
    /// Between the starts, and between the ends, of two neighbours.
    private var step: UInt64 = 0

    init(_ context: LoadContext, item: UInt64) {
        self.context = context
        self.item = item
        (trace, position) = item.quotientAndRemainder(dividingBy: context.traceSpans)
        begin()
    }

    @inline(__always)
    mutating func advance() {
        item += 1
        position += 1
        guard position == context.traceSpans else { return }
        position = 0
        trace += 1
        begin()
    }

    private mutating func begin() {
        traceID = context.identity.traceID(trace)
        traceSeed = RunIdentity.mix(context.identity.id &+ trace &* 0x9E37_79B9_7F4A_7C15)
        let base = 1_000_000 &+ (traceSeed >> 32 & 0xFFFFF) << (traceSeed >> 56 & 7)
        duration = base + context.traceSpans * Self.nanosecondsPerSpan
        step = max(1, duration / (2 * context.traceSpans + 2))
        startTime = context.startTime + trace * context.traceSpans * context.itemNanoseconds
    }

    var role: SpanRole { context.shape.role(of: position) }

    /// The values of the span.
    ///
    /// A span starts a step later and ends a step earlier than the one before it. As a parent comes before its children,
    /// every child lies inside its parent; a leaf ends earlier still.
    @inline(__always)
    func values() -> ItemValues {
        let noise = RunIdentity.mix(item ^ traceSeed)
        let first = item - position
        let inside = duration - 2 * position * step
        let length = context.shape.isLeaf(role) ? inside / 16 * (1 + noise >> 60) : inside
        var values = ItemValues()
        values.traceHigh = traceID.high
        values.traceLow = traceID.low
        values.spanID = context.identity.spanID(item)
        values.parentID = context.identity.spanID(first + context.shape.parent(of: position))
        values.startTime = startTime + position * step
        values.endTime = values.startTime + length
        values.noise = noise
        return values
    }
}
