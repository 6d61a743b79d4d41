/// Words whose case does not matter, found without making a string of them.
struct StatementKeywords: Sendable {
    enum Kind: UInt8 {
        case none
        /// Stands apart from a bracket: `IN (…)`.
        case keyword
        /// A keyword only before a bracket: `COUNT(…)`. Without one it is somebody's column.
        case function
    }

    /// Words are at most 16 bytes: two numbers that compare at once.
    private struct Slot {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var kind = Kind.none
    }

    private static let size = 1024

    private var slots = Array(repeating: Slot(), count: Self.size)

    static let sql = StatementKeywords(
        keywords: """
            ADD ALL ALTER ANALYZE AND ANTI ANY AS ASC ASOF BEGIN BETWEEN BY CASCADE CASE COLUMN COMMIT CONFLICT \
            CONSTRAINT CREATE CROSS DEALLOCATE DEFAULT DELETE DESC DESCRIBE DISTINCT DO DROP DUPLICATE ELSE END ESCAPE \
            EXCEPT EXECUTE EXISTS EXPLAIN FALSE FETCH FILTER FINAL FIRST FOR FOREIGN FROM FULL GLOBAL GROUP HAVING IF \
            IGNORE ILIKE IN INDEX INNER INSERT INTERSECT INTERVAL INTO IS ISNULL JOIN LATERAL LEFT LIKE LIMIT LOCK \
            LOCKED MERGE MINUS NATURAL NEXT NOT NOTHING NOTNULL NOWAIT NULL NULLS OF OFFSET ON ONLY OR ORDER OUTER \
            OVER PARTITION PREPARE PREWHERE PRIMARY PROCEDURE RANGE RECURSIVE REFERENCES REGEXP RELEASE RENAME REPLACE \
            RETURNING RIGHT RLIKE ROLLBACK ROWS SAMPLE SAVEPOINT SELECT SEMI SET SETTINGS SHARE SHOW SIMILAR SKIP SOME \
            START TABLE THEN TO TOP TRANSACTION TRUE TRUNCATE UNBOUNDED UNION UNIQUE UPDATE USE USING VALUES VIEW \
            WHEN WHERE WINDOW WITH XOR
            """,
        functions: """
            ABS AVG CAST CEIL COALESCE CONCAT CONVERT COUNT CURRENT_DATE DATE DATE_ADD DATE_SUB DATE_TRUNC DENSE_RANK \
            EXTRACT FLOOR GREATEST IFNULL JSON_AGG LAG LAST_VALUE LEAD LEAST LENGTH LOWER MAX MIN NOW NULLIF \
            PERCENTILE_CONT POSITION RANK ROUND ROW_NUMBER STRING_AGG ARRAY_AGG SUBSTR SUBSTRING SUM TO_CHAR TO_DATE \
            TRIM UPPER FIRST_VALUE
            """)

    /// Of ReifyDB.
    static let rql = StatementKeywords(
        keywords: """
            AGGREGATE ALTER AND APPEND APPLY AS ASC ASSERT BETWEEN BREAK BY CALL CAST CONTINUE CREATE DELETE DESC \
            DESCRIBE DISPATCH DISTINCT DROP ELSE EXISTS EXTEND FALSE FILTER FOR FROM GATE IF IN INNER INSERT IS JOIN \
            LEFT LET LOOP MAP MATCH NAMESPACE NATURAL NONE NOT ON OR PATCH RETURN RETURNING SET SORT TABLE TAKE TRUE \
            UPDATE USING VIEW WHILE WINDOW WITH XOR
            """,
        functions: "")

    private init(keywords: String, functions: String) {
        for word in keywords.split(separator: " ") { insert(word, .keyword) }
        for word in functions.split(separator: " ") { insert(word, .function) }
    }

    func kind(of word: some Collection<UInt8>) -> Kind {
        guard let (low, high) = Self.packed(word) else { return .none }
        var index = Self.place(low, high)
        while slots[index].kind != .none {
            if slots[index].low == low, slots[index].high == high { return slots[index].kind }
            index = (index + 1) % Self.size
        }
        return .none
    }

    private mutating func insert(_ word: Substring, _ kind: Kind) {
        guard let (low, high) = Self.packed(word.utf8) else { return }
        var index = Self.place(low, high)
        while slots[index].kind != .none { index = (index + 1) % Self.size }
        slots[index] = Slot(low: low, high: high, kind: kind)
    }

    /// The letters in upper case; nil when the word is too long or holds anything but letters and underlines.
    static func packed(_ word: some Collection<UInt8>) -> (UInt64, UInt64)? {
        guard word.count <= 16 else { return nil }
        var low: UInt64 = 0
        var high: UInt64 = 0
        for byte in word {
            let upper: UInt8
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): upper = byte - 0x20
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): upper = byte
            default: return nil
            }
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(upper)
        }
        return (low, high)
    }

    private static func place(_ low: UInt64, _ high: UInt64) -> Int {
        Int(truncatingIfNeeded: ((low ^ (high &* 31)) &* 0x9E37_79B9_7F4A_7C15) >> 54)
    }
}
