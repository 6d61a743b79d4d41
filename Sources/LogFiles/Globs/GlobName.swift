/// A pattern of one part of a path: `*` any characters, `?` one, `[a-z]` one of these, `[!a-z]` or `[^a-z]` one other,
/// `\` takes the next character as it is.
///
/// - Cost: linear in the name times the number of stars at worst; nothing recurses.
struct GlobName: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case character(Unicode.Scalar)
        case any
        case anyOf([ClosedRange<Unicode.Scalar>], negated: Bool)
        case star
    }

    private let parts: [Part]

    /// - Throws: for a bracket that is not closed.
    init(_ pattern: some StringProtocol) throws(LogFileError) {
        let scalars = Array(pattern.unicodeScalars)
        var parts: [Part] = []
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "*":
                if parts.last != .star { parts.append(.star) }
            case "?": parts.append(.any)
            case "[": parts.append(try Self.bracket(scalars, &index))
            case "\\" where index + 1 < scalars.count:
                index += 1
                parts.append(.character(scalars[index]))
            default: parts.append(.character(scalars[index]))
            }
            index += 1
        }
        self.parts = parts
    }

    /// - Parameter index: at the opening bracket; afterwards at the closing one.
    private static func bracket(_ scalars: [Unicode.Scalar], _ index: inout Int) throws(LogFileError) -> Part {
        var position = index + 1
        var isNegated = false
        if position < scalars.count, scalars[position] == "!" || scalars[position] == "^" {
            isNegated = true
            position += 1
        }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        let first = position
        while position < scalars.count {
            // As in POSIX, a closing bracket at the first place is one of the characters.
            if scalars[position] == "]", position > first {
                index = position
                return .anyOf(ranges, negated: isNegated)
            }
            if scalars[position] == "\\", position + 1 < scalars.count { position += 1 }
            let low = scalars[position]
            var high = low
            if position + 2 < scalars.count, scalars[position + 1] == "-", scalars[position + 2] != "]" {
                position += 2
                if scalars[position] == "\\", position + 1 < scalars.count { position += 1 }
                high = scalars[position]
            }
            if low <= high { ranges.append(low...high) }
            position += 1
        }
        throw LogFileError("pattern has a '[' without ']'")
    }

    func matches(_ name: some StringProtocol) -> Bool {
        let name = Array(name.unicodeScalars)
        var position = 0
        var part = 0
        /// After the last star: the part that follows it, and the place up to which the star reaches.
        var retry: (part: Int, position: Int)?
        while position < name.count {
            if part < parts.count {
                if case .star = parts[part] {
                    part += 1
                    retry = (part, position)
                    continue
                }
                if Self.matches(parts[part], name[position]) {
                    part += 1
                    position += 1
                    continue
                }
            }
            guard let (starPart, starPosition) = retry else { return false }
            retry = (starPart, starPosition + 1)
            part = starPart
            position = starPosition + 1
        }
        while part < parts.count, case .star = parts[part] { part += 1 }
        return part == parts.count
    }

    private static func matches(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
        switch part {
        case .character(let character): character == scalar
        case .any: true
        case .anyOf(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
        case .star: false
        }
    }
}
