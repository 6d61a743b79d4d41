/// Random requests by the grammar: mostly what senders send, with what they should not send among it.
package struct RandomRequest {
    var random: SplitMix64

    package init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// Messages are only made to this depth; a mutation nests deeper where it wants to.
    private static let depthMax = 12

    package mutating func request(_ kind: OTLPGrammar.Kind) -> [UInt8] {
        message(kind).bytes
    }

    mutating func message(_ kind: OTLPGrammar.Kind, depth: Int = 0) -> WireTree {
        var tree = WireTree(kind)
        switch kind {
        case .value:
            // One member of the union; at a depth no more lists.
            let members = OTLPGrammar.members(of: kind)
            let member = random.below(12) == 0 ? nil : members[random.below(members.count)]
            if let member, depth < Self.depthMax { tree.fields.append(field(member, depth: depth)) }
        case .metric:
            for member in OTLPGrammar.members(of: kind).filter({ $0.number <= 3 || $0.number == 12 }) {
                append(member, to: &tree, depth: depth)
            }
            let unions = OTLPGrammar.members(of: kind).filter { (5...11).contains($0.number) }
            tree.fields.append(field(unions[random.below(unions.count)], depth: depth))
        default:
            for member in OTLPGrammar.members(of: kind) { append(member, to: &tree, depth: depth) }
        }
        return tree
    }

    private mutating func append(_ member: OTLPGrammar.Member, to tree: inout WireTree, depth: Int) {
        var count = random.below(4) > 0 ? 1 : 0
        if member.isRepeated { count = depth >= Self.depthMax ? 0 : depth == 0 ? 1 + random.below(2) : random.below(3) }
        // Without ids and names nothing of the rest is stored.
        if [.span, .metric].contains(tree.kind), member.number <= 2, random.below(16) > 0 { count = 1 }
        for _ in 0..<count { tree.fields.append(field(member, depth: depth)) }
    }

    mutating func field(_ member: OTLPGrammar.Member, depth: Int) -> WireField {
        var field = WireField(number: member.number, wireType: member.content.wireType)
        switch member.content {
        case .message(let kind): field.message = message(kind, depth: depth + 1)
        case .text: field.bytes = text()
        case .identifier(let count): field.bytes = identifier(count)
        case .bytes: field.bytes = (0..<random.below(10)).map { _ in random.byte() }
        case .varint: field.bytes = varint()
        case .fixed64: field.bytes.appendFixed64(integer())
        case .double: field.bytes.appendFixed64(double().bitPattern)
        case .fixed32: field.bytes = (0..<4).map { _ in random.byte() }
        case .packedFixed64: for _ in 0..<random.below(4) { field.bytes.appendFixed64(integer()) }
        case .packedDouble:
            var bound = Double(random.below(3))
            for _ in 0..<random.below(3) {
                field.bytes.appendFixed64(bound.bitPattern)
                bound += random.below(12) == 0 ? 0 : 0.5
            }
        case .packedVarint: for _ in 0..<random.below(4) { field.bytes += varint() }
        }
        return field
    }

    private static let texts = [
        "", "a", "b", "service.name", "http.request.method", "GET", "martlet.original_trace_id",
        "martlet.original_span_id", "martlet.original_parent_span_id", "ß", "e\u{301}", "\u{E9}", "☃😀",
        "a text of more than sixteen bytes", "\"\\\n\u{1}\u{7F}\u{2028}", "\0", "12345678", "1234567é",
    ].map { Array($0.utf8) }

    private mutating func text() -> [UInt8] {
        if random.below(100) == 0 { return [0x61, 0xC3, 0x28, 0x62] }
        return Self.texts[random.below(Self.texts.count)]
    }

    /// Few different ones, so that they come again.
    private mutating func identifier(_ count: Int) -> [UInt8] {
        switch random.below(24) {
        case 0: return []
        case 1: return [UInt8](repeating: 0, count: count)
        case 2: return [UInt8](repeating: 7, count: random.below(20))
        default: return [UInt8](repeating: UInt8(1 + random.below(5)), count: count)
        }
    }

    mutating func integer() -> UInt64 {
        switch random.below(8) {
        case 0: 0
        case 1: .max
        case 2: 1 << 63
        case 3: (1 << 63) - 1
        case 4: UInt64(random.below(300))
        case 5: random.next()
        default: 1_700_000_000_000_000_000 &+ random.next() >> 20
        }
    }

    private mutating func double() -> Double {
        switch random.below(9) {
        case 0: 0
        case 1: -0.0
        case 2: .nan
        case 3: .infinity
        case 4: -.infinity
        case 5: .leastNonzeroMagnitude
        case 6: Double(bitPattern: random.next())
        case 7: Double(random.below(1000))
        default: Double(random.below(1000)) / 8
        }
    }

    mutating func varint() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendVarint(random.below(3) == 0 ? integer() : UInt64(random.below(5)))
        if random.below(30) == 0 { bytes = [0x81, 0x80, 0x80, 0x00] }
        if random.below(60) == 0 { bytes = [UInt8](repeating: 0xFF, count: 9) + [0x7F] }
        return bytes
    }
}

/// The generator of Steele, Lea and Flood ("Fast splittable pseudorandom number generators", 2014): 64 bits of state.
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in `0..<bound`; the small bias of a remainder does not matter here.
    package mutating func below(_ bound: Int) -> Int { Int(next() >> 1) % bound }

    package mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
}
