import ArgumentParser

/// How the spans of a trace hang together.
///
/// A shape is a pure function of a span's position in its trace: any request can hold any part of a trace. A parent's
/// position is always below its child's.
enum TraceShape: String, CaseIterable, ExpressibleByArgument {
    /// Ten spans: a request through two services with their database, cache and queue calls. A trace of more spans is a
    /// tree of such tens, each called by the client span of one before it.
    case typical
    /// The tree of `typical` with two attributes a span and no events.
    case small
    /// One root, all others its children.
    case wide
    /// One chain.
    case deep

    /// Spans in one of the tens.
    static let blockSpans: UInt64 = 10
    /// Tens that the client span of one calls.
    private static let blockFanout: UInt64 = 3
    private static let parentsInBlock: [UInt64] = [0, 0, 1, 2, 3, 4, 4, 0, 0, 8]
    private static let clientInBlock: UInt64 = 2

    /// Spans in a trace, unless the command line says otherwise.
    var traceSpansDefault: UInt64 {
        switch self {
        case .typical: 10
        case .small: 4
        case .wide: 1_000
        case .deep: 100
        }
    }

    /// The position of a span's parent; of the root, which has none, 0.
    @inline(__always)
    func parent(of position: UInt64) -> UInt64 {
        switch self {
        case .wide: return 0
        case .deep: return position == 0 ? 0 : position - 1
        case .typical, .small:
            let (block, role) = position.quotientAndRemainder(dividingBy: Self.blockSpans)
            if role > 0 { return block * Self.blockSpans + Self.parentsInBlock[Int(role)] }
            guard block > 0 else { return 0 }
            return (block - 1) / Self.blockFanout * Self.blockSpans + Self.clientInBlock
        }
    }

    /// What the span at a position does.
    @inline(__always)
    func role(of position: UInt64) -> SpanRole {
        switch self {
        // The children of a wide trace are calls, not requests that came in.
        case .wide where position > 0: SpanRole.all[Int(5 + position % 5)]
        default: SpanRole.all[Int(position % Self.blockSpans)]
        }
    }

    /// Whether a span of a role has no children in this shape, so that it may end long before its parent.
    @inline(__always)
    func isLeaf(_ role: SpanRole) -> Bool { self != .deep && role.isCall }
}

/// What a span does in a ten of the typical trace, in the order of their positions.
enum SpanRole: Int, CaseIterable, Sendable {
    case server, controller, client, calleeServer, calleeFunction, databaseRead, cache, producer, function,
        databaseWrite

    static let all = allCases

    /// In the service that the client span calls.
    var isInCallee: Bool {
        switch self {
        case .calleeServer, .calleeFunction, .databaseRead, .cache: true
        default: false
        }
    }

    /// A call of something that makes no spans itself.
    var isCall: Bool {
        switch self {
        case .databaseRead, .cache, .producer, .databaseWrite: true
        default: false
        }
    }
}
