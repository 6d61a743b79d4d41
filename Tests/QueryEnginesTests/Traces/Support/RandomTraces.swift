import TelemetryModel
import TraceQL

/// Traces at random: small, few different values, and all that is odd.
struct RandomTraces {
    var random: SeededRandom

    init(seed: Int) { random = SeededRandom(seed) }

    /// Nanoseconds; the first start of any span.
    static let begin: Int64 = 1_700_000_000_000_000_000
    static let second: Int64 = 1_000_000_000

    static let texts = [
        "", "a", "b", "GET", "it's", "back\\slash", "two\nlines", "tab\there", "ünï😀", "say \"hi\"", "5", "true", "a|b",
        "100%", "{p0:String}", "AAEC", "Get",
    ]
    static let ints: [Int64] = [
        0, 1, -1, 5, 200, 500, 1000, 1234, 1 << 53, 1 << 53 + 1, .max, .min, .max - 1, 9_007_199_254_740_991,
    ]
    static let doubles: [Double] = [
        0, 5, 0.1, 0.5, -2.5, 1000, 1000.5, 1e15, 1e16, 1e300, .leastNonzeroMagnitude, .infinity, -.infinity, .nan,
        -0.0, 10.0 / 3,
    ]
    /// Keys of spans, in the order in which they are given.
    static let spanKeys = [
        "x", "y", "s", "b", "arr", "it's a key", "back\\slash", "ключ", "shared", "http.status_code",
    ]
    static let names = ["GET /", "PUT", "op", "ünï", "", "it's"]
    static let services = ["shop", "cart", "it's", "ünï"]
    static let eventNames = ["exception", "retry", "", "it's"]

    mutating func given() -> Given {
        var given = Given(resources: [], scopes: [], spans: [])
        for index in 0..<6 {
            var attributes: GivenAttributes = []
            if index < 5 { attributes.append(("service.name", .string(Self.services[index % Self.services.count]))) }
            if random.chance(0.5) { attributes.append(("shared", value())) }
            if random.chance(0.5) { attributes.append(("host", scalar())) }
            if random.chance(0.3) { attributes.append(("tags", array())) }
            if random.chance(0.3) { attributes.append(("it's a key", scalar())) }
            if random.chance(0.1) { attributes.append(("shared", scalar())) }
            given.resources.append(attributes)
        }
        given.scopes = [
            Given.Scope(), Given.Scope(name: "lib", version: "1.0"),
            Given.Scope(name: "it's", attributes: [("shared", scalar()), ("only.scope", scalar())]),
            Given.Scope(version: "2", attributes: [("shared", value())]),
        ]
        for number in 1...30 { trace(UInt64(number), into: &given) }
        return given
    }

    private mutating func trace(_ number: UInt64, into given: inout Given) {
        // Ids with zero bytes at either end.
        let id = random.chance(0.5) ? TraceID(high: 0, low: number) : TraceID(high: number << 56, low: number << 8)
        let count = random.chance(0.2) ? 20 : 1 + random.below(8)
        let traceStart = Self.begin + Int64(random.below(60)) * Self.second
        for index in 1...count {
            var span = GivenSpan(trace: id, id: SpanID(value: UInt64(index)), start: 0)
            // Ids repeat now and then, and then never start together; parents may be missing, themselves, or in a ring.
            if random.chance(0.05) { span.id = SpanID(value: UInt64(1 + random.below(count))) }
            if random.chance(0.1) { span.id = SpanID(value: UInt64(index) << 40) }
            span.parent =
                if index == 1 || random.chance(0.1) {
                    .zero
                } else if random.chance(0.1) {
                    SpanID(value: 900 + UInt64(random.below(3)))
                } else {
                    SpanID(value: UInt64(1 + random.below(random.chance(0.7) ? index - 1 : count)))
                }
            span.start = traceStart + Int64(random.below(4)) * Self.second + Int64(index)
            span.duration = random.pick([
                0, 1, 500_000_000, 1_000_000_000, 300_000_000, -1_000_000, 1 << 30, 40 * Self.second, 100_000,
            ])
            span.kind = Int32(random.below(random.chance(0.1) ? 9 : 6))
            span.status = Int32(random.below(random.chance(0.1) ? 5 : 3))
            span.name = random.pick(Self.names)
            span.message = random.chance(0.3) ? random.pick(Self.texts) : ""
            span.attributes = attributes()
            for _ in 0..<(random.chance(0.4) ? random.below(4) : 0) {
                var event = GivenSpan.Event(
                    time: span.start + Int64(random.below(5)) * 100_000_000 - 100_000_000,
                    name: random.pick(Self.eventNames))
                if random.chance(0.6) { event.attributes.append(("e", value())) }
                if random.chance(0.3) { event.attributes.append(("shared", value())) }
                span.events.append(event)
            }
            for _ in 0..<(random.chance(0.3) ? random.below(3) : 0) {
                var link = GivenSpan.Link(
                    trace: TraceID(high: 0, low: UInt64(1 + random.below(5))),
                    span: SpanID(value: UInt64(1 + random.below(5)) << 8))
                if random.chance(0.6) { link.attributes.append(("l", value())) }
                if random.chance(0.3) { link.attributes.append(("shared", scalar())) }
                span.links.append(link)
            }
            span.resource = random.below(given.resources.count)
            span.scope = random.below(given.scopes.count)
            given.spans.append(span)
        }
    }

    private mutating func attributes() -> GivenAttributes {
        var attributes: GivenAttributes = []
        if random.chance(0.6) { attributes.append(("x", value())) }
        if random.chance(0.6) { attributes.append(("y", .int(Int64(random.below(6)) - 2))) }
        if random.chance(0.6) { attributes.append(("s", .string(random.pick(Self.texts)))) }
        if random.chance(0.5) { attributes.append(("b", .bool(random.chance(0.5)))) }
        if random.chance(0.2) { attributes.append(("arr", array())) }
        if random.chance(0.3) { attributes.append(("it's a key", scalar())) }
        if random.chance(0.3) { attributes.append(("back\\slash", scalar())) }
        if random.chance(0.3) { attributes.append(("ключ", scalar())) }
        if random.chance(0.2) { attributes.append(("shared", scalar())) }
        if random.chance(0.5) {
            let codes: [GivenValue] = [.int(200), .int(404), .int(500), .double(500), .string("500")]
            attributes.append(("http.status_code", random.pick(codes)))
        }
        attributes.shuffle(using: &random)
        // A name that stands twice means its first value.
        if random.chance(0.05) { attributes.append(("x", scalar())) }
        if random.chance(0.05) { attributes.append(("y", .int(7))) }
        return attributes
    }

    mutating func scalar() -> GivenValue {
        switch random.below(12) {
        case 0...3: .string(random.pick(Self.texts))
        case 4...6: .int(random.pick(Self.ints))
        case 7, 8: .double(random.pick(Self.doubles))
        case 9: .bool(random.chance(0.5))
        case 10: .bytes([0, 1, 2])
        default: random.chance(0.5) ? .empty : .map(["k": .int(5)])
        }
    }

    private mutating func value() -> GivenValue { random.chance(0.15) ? array() : scalar() }

    /// Never empty; without bytes, empty values and what JSON has no number for: those arrays are stored as text.
    private mutating func array() -> GivenValue {
        .array(
            (0..<1 + random.below(3)).map { _ in
                switch random.below(4) {
                case 0: .string(random.pick(Self.texts))
                case 1: .int(random.pick(Self.ints))
                case 2: .bool(random.chance(0.5))
                default: .double(random.pick([0.5, 5, -2.5, 1000]))
                }
            })
    }
}
