import TelemetryModel

/// A statement without its values, so that executions of one statement can be counted together.
///
/// - Literals (strings in all quotings, numbers, dates) and parameters (`$1`, `?`, `:x`, `@x`, `%s`, `{p:Type}`) are
///   `?`; lists of them and the rows of VALUES are one: `IN (?)`, `VALUES (?)`. Comments are left out, whitespace is
///   one space where there has to be any, keywords have one case. Identifiers stay as they are, quoted ones too, and so
///   do TRUE, FALSE and NULL outside of lists of values.
/// - It is not an anonymization: what is written where an identifier could stand stays.
/// - Cost: linear in the text, of which the first `inputBytesMax` bytes are read. Any bytes are accepted.
package struct StatementFingerprint: Sendable, Hashable {
    /// A statement beyond this is the same as any with the same beginning.
    package static let inputBytesMax = 1 << 20
    /// The text that is kept; the hash is of all of it.
    package static let textBytesMax = 4096

    /// At most `textBytesMax` bytes.
    package let text: String
    /// Of the whole normalized text: the same in every process, never zero.
    package let hash: UInt64
    package let isTruncated: Bool

    package init(_ statement: String, dialect: StatementDialect = .unknown) {
        var statement = statement
        self = statement.withUTF8 { StatementFingerprint($0, dialect: dialect) }
    }

    package init(_ bytes: UnsafeBufferPointer<UInt8>, dialect: StatementDialect = .unknown) {
        let input = UnsafeBufferPointer(rebasing: bytes.prefix(Self.inputBytesMax))
        let dialect = dialect == .unknown ? Self.recognized(input) : dialect
        let normalized: [UInt8]
        switch dialect {
        case .redis: normalized = CommandNormalizer.normalize(input)
        case .document:
            var normalizer = DocumentNormalizer(input)
            normalized = normalizer.run()
        default:
            var normalizer = SQLNormalizer(input, dialect: dialect)
            normalized = normalizer.run()
        }
        var hash = StableHash()
        normalized.withUnsafeBytes { hash.combine($0) }
        self.hash = hash.finalize()
        var end = normalized.count
        if end > Self.textBytesMax {
            end = Self.textBytesMax
            // Back to the beginning of a character.
            while end > 0, normalized[end] & 0xC0 == 0x80 { end -= 1 }
        }
        isTruncated = end < normalized.count
        text = String(decoding: normalized[..<end], as: UTF8.self)
    }

    /// The hash names the text.
    package static func == (one: Self, two: Self) -> Bool { one.hash == two.hash }
    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    /// The dialect that the beginning of a text shows.
    private static func recognized(_ input: UnsafeBufferPointer<UInt8>) -> StatementDialect {
        var index = 0
        while index < input.count, input[index] <= 0x20 { index += 1 }
        guard index < input.count else { return .unknown }
        switch input[index] {
        case UInt8(ascii: "["): return .document
        case UInt8(ascii: "{"):
            // `{call p(?)}` and `{? = call p}` are SQL of JDBC and ODBC.
            var next = index + 1
            while next < input.count, input[next] <= 0x20 { next += 1 }
            let isDocument =
                next < input.count
                && (input[next] == UInt8(ascii: "\"") || input[next] == UInt8(ascii: "}")
                    || input[next] == UInt8(ascii: "$") || input[next] == UInt8(ascii: "'"))
            return isDocument ? .document : .unknown
        default: break
        }
        func begins(_ word: StaticString) -> Bool {
            guard input.count - index >= word.utf8CodeUnitCount else { return false }
            for offset in 0..<word.utf8CodeUnitCount where input[index + offset] | 0x20 != word.utf8Start[offset] {
                return false
            }
            return true
        }
        if begins("db.") { return .document }
        // Few systems take SQL that begins with FROM, and they write it almost like this.
        if begins("from "), input.contains(UInt8(ascii: "|")) || input.contains(UInt8(ascii: "{")) { return .rql }
        return .unknown
    }
}

/// Fingerprints of texts that come again and again, as statements of a program do.
///
/// A table in which a text has one place: a new text takes the place of the one before it. So it is bounded, and no
/// text is worth attacking it with.
package struct StatementFingerprintCache: Sendable {
    private struct Entry {
        var statement: String
        var dialect: StatementDialect
        var fingerprint: StatementFingerprint
    }

    /// Longer texts are not kept: they seldom come again as they are.
    private static let statementBytesMax = 4096

    private var entries: [Entry?]
    private let mask: Int
    package private(set) var hits = 0

    /// - Parameter capacity: texts; rounded up to a power of two. At most 8 kilobytes each.
    package init(capacity: Int = 1024) {
        var size = 1
        while size < min(max(capacity, 1), 1 << 16) { size *= 2 }
        entries = Array(repeating: nil, count: size)
        mask = size - 1
    }

    package mutating func fingerprint(_ statement: String, dialect: StatementDialect) -> StatementFingerprint {
        guard statement.utf8.count <= Self.statementBytesMax else {
            return StatementFingerprint(statement, dialect: dialect)
        }
        var hasher = Hasher()
        hasher.combine(statement)
        let place = hasher.finalize() & mask
        if let entry = entries[place], entry.dialect == dialect, entry.statement == statement {
            hits += 1
            return entry.fingerprint
        }
        let fingerprint = StatementFingerprint(statement, dialect: dialect)
        entries[place] = Entry(statement: statement, dialect: dialect, fingerprint: fingerprint)
        return fingerprint
    }
}
