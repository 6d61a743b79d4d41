/// Changes encoded requests along the grammar, so that lengths stay right and most changes reach a decoder's inside.
package struct RequestMutator {
    private var made: RandomRequest
    private let kind: OTLPGrammar.Kind

    package init(_ kind: OTLPGrammar.Kind, seed: UInt64) {
        self.kind = kind
        made = RandomRequest(seed: seed)
    }

    /// - Parameters:
    ///   - buffer: the body is its first `count` bytes; there is room for all of it.
    /// - Returns: the new length.
    package mutating func mutate(_ buffer: UnsafeMutableBufferPointer<UInt8>, count: Int) -> Int {
        // Bytes as such, which breaks lengths and tags.
        if count == 0 || below(6) == 0 { return LibFuzzer.mutate(buffer, count: count) }
        var tree = WireTree(kind, decoding: Array(buffer.prefix(count))[...])
        for _ in 0...below(3) {
            let donor = tree.message(at: below(tree.messages))
            let number = below(tree.messages)
            tree.withMessage(at: number) { change(&$0, donor: donor) }
        }
        return write(tree, buffer, count)
    }

    /// Puts a message of another request in the place of one of the same kind.
    package mutating func cross(
        _ first: [UInt8], _ second: [UInt8], _ buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var tree = WireTree(kind, decoding: first[...])
        let other = WireTree(kind, decoding: second[...])
        for _ in 0..<20 {
            let donor = other.message(at: below(other.messages))
            var isDone = false
            tree.withMessage(at: below(tree.messages)) { message in
                guard message.kind == donor.kind else { return }
                if below(3) == 0 { message.fields += donor.fields } else { message = donor }
                isDone = true
            }
            if isDone { break }
        }
        return write(tree, buffer, 0)
    }

    /// A body that grew too long is left as it was.
    private func write(_ tree: WireTree, _ buffer: UnsafeMutableBufferPointer<UInt8>, _ count: Int) -> Int {
        let bytes = tree.bytes
        guard bytes.count <= buffer.count else { return count }
        _ = buffer.update(fromContentsOf: bytes)
        return bytes.count
    }

    private mutating func below(_ bound: Int) -> Int { made.random.below(bound) }

    private mutating func change(_ message: inout WireTree, donor: WireTree) {
        let position = below(message.fields.count + 1)
        guard !message.fields.isEmpty else { return insert(into: &message, at: 0) }
        let index = below(message.fields.count)
        switch below(16) {
        case 0: message.fields.insert(message.fields[index], at: position)
        case 1: message.fields.remove(at: index)
        case 2: message.fields.swapAt(index, below(message.fields.count))
        case 3: message.fields.shuffle(using: &made.random)
        case 4, 5: insert(into: &message, at: position)
        case 6: message.fields.insert(unknown(), at: position)
        case 7: split(&message, index)
        case 8: unpack(&message, index)
        case 9: nest(&message, index)
        case 10:
            message.fields[index].tagBytes = 1 + below(6)
            message.fields[index].lengthBytes = 1 + below(11)
        case 11:
            switch below(3) {
            case 0: message.fields[index].wireType = UInt8(below(8))
            case 1: message.fields[index].number = UInt32(below(20))
            default: message.fields[index].number = UInt32(truncatingIfNeeded: made.integer()) >> 3
            }
        case 12 where donor.kind == message.kind: message.fields += donor.fields
        case 12: message.rest = message.rest.isEmpty ? [made.random.byte(), made.random.byte()] : []
        default: mutateBytes(&message.fields[index])
        }
    }

    private mutating func insert(into message: inout WireTree, at position: Int) {
        let members = OTLPGrammar.members(of: message.kind)
        let member = members[below(members.count)]
        message.fields.insert(made.field(member, depth: 4 + below(8)), at: position)
    }

    private mutating func mutateBytes(_ field: inout WireField) {
        guard field.message == nil else {
            // Half of the time the message becomes bytes that are none.
            if below(8) == 0 {
                field.bytes = LibFuzzer.mutated(field.message?.bytes ?? [], bytesMax: 200)
                field.message = nil
            }
            return
        }
        if field.wireType == 0, below(2) == 0 {
            field.bytes = made.varint()
        } else {
            field.bytes = LibFuzzer.mutated(field.bytes, bytesMax: field.bytes.count + (field.wireType == 2 ? 20 : 0))
        }
    }

    private mutating func unknown() -> WireField {
        let number = UInt32(17 + below(3000))
        switch below(6) {
        case 0: return WireField(number: number, wireType: 0, bytes: made.varint())
        case 1: return WireField(number: number, wireType: 1, bytes: [1, 2, 3, 4, 5, 6, 7, 8])
        case 2: return WireField(number: number, wireType: 2, bytes: [0xFF, 0xFE])
        case 3: return WireField(number: number, wireType: 5, bytes: [1, 2, 3, 4])
        case 4: return WireField(number: number, wireType: 4)
        default: return WireField(number: number, wireType: 3, bytes: group(number, levels: below(4) == 0 ? 110 : 3))
        }
    }

    /// The inside and the end of a group: fields and groups.
    private mutating func group(_ number: UInt32, levels: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<below(levels) { bytes.appendVarint(5 << 3 | 3) }
        let begun = bytes.count
        bytes += [3 << 3, 7, 4 << 3 | 2, 1, 0x61]
        for _ in 0..<begun { bytes.appendVarint(5 << 3 | 4) }
        bytes.appendVarint(UInt64(below(10) == 0 ? number + 1 : number) << 3 | 4)
        return bytes
    }

    /// A message in two halves, which a decoder has to merge.
    private mutating func split(_ message: inout WireTree, _ index: Int) {
        guard let inner = message.fields[index].message, inner.fields.count > 1 else { return }
        let middle = 1 + below(inner.fields.count - 1)
        var second = message.fields[index]
        message.fields[index].message?.fields = Array(inner.fields[..<middle])
        message.fields[index].message?.rest = []
        second.message?.fields = Array(inner.fields[middle...])
        message.fields.insert(second, at: index + 1 + below(message.fields.count - index))
    }

    /// A packed list as single values, or the other way round.
    private func unpack(_ message: inout WireTree, _ index: Int) {
        let field = message.fields[index]
        let members = OTLPGrammar.members(of: message.kind)
        guard field.message == nil, let member = members.first(where: { $0.number == field.number }) else { return }
        switch member.content {
        case .packedFixed64, .packedDouble:
            if field.wireType == 1 {
                message.fields[index].wireType = 2
            } else if field.bytes.count % 8 == 0 {
                message.fields.remove(at: index)
                for start in stride(from: 0, to: field.bytes.count, by: 8) {
                    let bytes = Array(field.bytes[start..<start + 8])
                    message.fields.append(WireField(number: field.number, wireType: 1, bytes: bytes))
                }
            }
        case .packedVarint: message.fields[index].wireType = field.wireType == 0 ? 2 : 0
        default: break
        }
    }

    /// Lists or maps around a value.
    private mutating func nest(_ message: inout WireTree, _ index: Int) {
        guard message.fields[index].message?.kind == .value else { return }
        let isArray = below(2) == 0
        for _ in 0..<(below(3) == 0 ? 40 + below(12) : 1 + below(3)) {
            guard let value = message.fields[index].message else { return }
            var list = WireTree(isArray ? .array : .map)
            if isArray {
                list.fields = [WireField(number: 1, wireType: 2, message: value)]
            } else {
                var pair = WireTree(.keyValue)
                pair.fields = [
                    WireField(number: 1, wireType: 2, bytes: [0x6B]), WireField(number: 2, wireType: 2, message: value),
                ]
                list.fields = [WireField(number: 1, wireType: 2, message: pair)]
            }
            var outer = WireTree(.value)
            outer.fields = [WireField(number: isArray ? 5 : 6, wireType: 2, message: list)]
            message.fields[index].message = outer
        }
    }
}
