/// Puts a normalized statement together token by token: sets the spaces, and leaves out elements of a list that repeat
/// the one before.
struct StatementWriter {
    /// What was written last, as far as the next token wants to know.
    enum Token {
        case nothing, keyword, word, literal, open, openBrace, close, comma, dot, cast, colon, operation
    }

    struct Group {
        /// What the group is; pseudo-groups are not opened by a bracket.
        enum Kind {
            case brackets, values
        }

        var kind = Kind.brackets
        /// Whether an element equal to the one before is left out.
        var collapses: Bool
        /// Whether NULL, TRUE and FALSE are values like others here.
        var isValues: Bool
        /// Of brackets.
        fileprivate var closing: UInt8 = 0
        fileprivate var elementStart: Int?
        fileprivate var previous: Range<Int>?

        init(kind: Kind = .brackets, collapses: Bool, isValues: Bool) {
            self.kind = kind
            self.collapses = collapses
            self.isValues = isValues
        }
    }

    /// Deeper groups do not collapse: each level compares its elements once more.
    private static let depthMax = 48

    private(set) var bytes: [UInt8] = []
    private(set) var last = Token.nothing
    private var groups: [Group] = []
    private var deeper = 0
    private var semicolonIsDue = false
    /// `{ a }` rather than `{a}`.
    private let spacesBraces: Bool

    init(capacity: Int, spacesBraces: Bool) {
        self.spacesBraces = spacesBraces
        bytes.reserveCapacity(capacity)
    }

    /// The innermost group; nil at the top and below `depthMax`.
    var group: Group? { deeper > 0 ? nil : groups.last }
    var depth: Int { groups.count + deeper }

    // MARK: Tokens

    mutating func literal() {
        begin(.literal)
        bytes.append(UInt8(ascii: "?"))
    }

    /// - Parameter as: `.keyword` or `.word`.
    mutating func word(_ text: some Collection<UInt8>, as token: Token) {
        begin(token)
        bytes.append(contentsOf: text)
    }

    mutating func operation(_ text: some Collection<UInt8>) {
        begin(.operation)
        bytes.append(contentsOf: text)
    }

    mutating func dot() {
        begin(.dot)
        bytes.append(UInt8(ascii: "."))
    }

    mutating func cast() {
        begin(.cast)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func colon() {
        begin(.colon)
        bytes.append(UInt8(ascii: ":"))
    }

    /// - Parameter belongsToWord: whether a word before the bracket is what is called or taken an element of.
    mutating func open(_ bracket: UInt8, _ group: Group, belongsToWord: Bool = true) {
        let isBrace = bracket == UInt8(ascii: "{")
        begin(isBrace ? .openBrace : .open, belongsToWord: belongsToWord && !isBrace)
        bytes.append(bracket)
        var group = group
        group.closing = Self.closing(bracket)
        push(group)
    }

    mutating func close(_ bracket: UInt8) {
        // A bracket ends what was opened without one.
        while deeper == 0, let group = groups.last, group.kind != .brackets { endGroup() }
        endGroup()
        if bracket == UInt8(ascii: "}"), spacesBraces, last != .openBrace, !bytes.isEmpty {
            bytes.append(UInt8(ascii: " "))
        }
        flushSemicolon()
        bytes.append(bracket)
        last = .close
    }

    mutating func comma() {
        finishElement()
        flushSemicolon()
        bytes.append(UInt8(ascii: ","))
        last = .comma
    }

    /// Written when something follows: a semicolon at the end says nothing.
    mutating func semicolon() {
        while deeper == 0, let group = groups.last, group.kind != .brackets { endGroup() }
        if !bytes.isEmpty { semicolonIsDue = true }
    }

    // MARK: Groups

    /// Opens a group without bracket, whose elements begin with the next token.
    mutating func push(_ group: Group) {
        if groups.count < Self.depthMax, deeper == 0 {
            groups.append(group)
        } else {
            deeper += 1
        }
    }

    mutating func changeGroup(_ change: (inout Group) -> Void) {
        guard deeper == 0, !groups.isEmpty else { return }
        change(&groups[groups.count - 1])
    }

    mutating func endGroup() {
        if deeper > 0 {
            deeper -= 1
            return
        }
        finishElement()
        _ = groups.popLast()
    }

    /// The text. Senders cut long statements, and the longest are those with lists: of a list of values that the end
    /// cut off, an element that was beginning is left out if it could have become one more of the same, and the list
    /// is closed, so that wherever it is cut the statement is the same.
    consuming func finish() -> [UInt8] {
        var open = groups.count
        for index in groups.indices.reversed() {
            let group = groups[index]
            guard group.collapses, let previous = group.previous, previous.upperBound <= bytes.count else { continue }
            let rest = bytes[min(group.elementStart ?? bytes.count, bytes.count)...]
            guard rest.count <= previous.count, rest.elementsEqual(bytes[previous].prefix(rest.count)) else { continue }
            bytes.removeSubrange(previous.upperBound...)
            open = index + 1
            deeper = 0
        }
        for group in groups[..<open].reversed() where group.kind == .brackets {
            guard deeper == 0, group.isValues else { break }
            bytes.append(group.closing)
        }
        return bytes
    }

    private static func closing(_ bracket: UInt8) -> UInt8 {
        switch bracket {
        case UInt8(ascii: "("): UInt8(ascii: ")")
        case UInt8(ascii: "["): UInt8(ascii: "]")
        default: UInt8(ascii: "}")
        }
    }

    private mutating func finishElement() {
        guard deeper == 0, let group = groups.last, let start = group.elementStart else { return }
        let top = groups.count - 1
        groups[top].elementStart = nil
        if group.collapses, let previous = group.previous, previous.count == bytes.count - start,
            bytes[previous].elementsEqual(bytes[start...])
        {
            bytes.removeSubrange(previous.upperBound...)
        } else {
            groups[top].previous = start..<bytes.count
        }
    }

    // MARK: Spaces

    private mutating func flushSemicolon() {
        guard semicolonIsDue else { return }
        semicolonIsDue = false
        bytes.append(UInt8(ascii: ";"))
        last = .operation
    }

    private mutating func begin(_ token: Token, belongsToWord: Bool = false) {
        flushSemicolon()
        if needsSpace(before: token, belongsToWord: belongsToWord) { bytes.append(UInt8(ascii: " ")) }
        if deeper == 0, !groups.isEmpty, groups[groups.count - 1].elementStart == nil {
            groups[groups.count - 1].elementStart = bytes.count
        }
        last = token
    }

    private func needsSpace(before token: Token, belongsToWord: Bool) -> Bool {
        switch last {
        case .nothing, .open, .dot, .cast: return false
        case .openBrace: return spacesBraces
        default: break
        }
        switch token {
        case .dot, .cast, .colon: return false
        // `f(x)` and `a[1]`, but `IN (1)`.
        case .open: return !(belongsToWord && last == .word)
        default: return true
        }
    }
}
