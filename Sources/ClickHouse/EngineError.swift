package import TelemetryModel

/// A failure of the engine or of reaching it.
package struct EngineError: Error, Sendable, CustomStringConvertible {
    /// Which failure; more may come, so switch over `kind` instead.
    package struct Code: Sendable, Hashable {
        fileprivate enum Value: Hashable {
            case engineMissing, wrongVersion, directoryLocked, diskFull, cannotOpen, query, overloaded, cancelled,
                closed
        }
        fileprivate let value: Value
        package static let engineMissing = Code(value: .engineMissing)
        package static let wrongVersion = Code(value: .wrongVersion)
        package static let directoryLocked = Code(value: .directoryLocked)
        package static let diskFull = Code(value: .diskFull)
        package static let cannotOpen = Code(value: .cannotOpen)
        /// The engine refused or failed the statement; `number` says how.
        package static let query = Code(value: .query)
        package static let overloaded = Code(value: .overloaded)
        package static let cancelled = Code(value: .cancelled)
        package static let closed = Code(value: .closed)
    }

    package let code: Code
    package let message: String
    /// ClickHouse's own error number (ErrorCodes.cpp), where the engine gave one.
    package let number: Int?

    package init(_ code: Code, _ message: String, number: Int? = nil) {
        self.code = code
        self.message = message
        self.number = number
    }

    package var description: String { message }

    package var kind: ErrorKind {
        switch code.value {
        case .engineMissing, .wrongVersion, .directoryLocked, .cannotOpen, .closed: .unavailable
        case .diskFull: .unavailable
        case .overloaded: .overloaded
        case .cancelled: .cancelled
        case .query: ClickHouseErrorNumber.kind(of: number)
        }
    }

    /// An error from the text that the engine gave, such as `Code: 62. DB::Exception: Syntax error: …. (SYNTAX_ERROR)`.
    package init(engineText text: String) {
        let number = ClickHouseErrorNumber.parse(text)
        let isDiskFull = number == ClickHouseErrorNumber.notEnoughSpace || text.contains("No space left on device")
        self.init(isDiskFull ? .diskFull : .query, text, number: number)
    }
}

/// The engine's error numbers that Martlet tells apart (ClickHouse, src/Common/ErrorCodes.cpp).
package enum ClickHouseErrorNumber {
    package static let notImplemented = 48
    package static let notEnoughSpace = 243

    /// The number in a text that begins with `Code: N.`.
    static func parse(_ text: String) -> Int? {
        guard let start = text.range(of: "Code: ") else { return nil }
        let digits = text[start.upperBound...].prefix { $0.isASCII && $0.isNumber }
        return Int(digits)
    }

    static func kind(of number: Int?) -> ErrorKind {
        switch number {
        case 159, 160: .timeout  // TIMEOUT_EXCEEDED, TOO_SLOW
        case 394: .cancelled  // QUERY_WAS_CANCELLED
        case 241, 158, 396, 307: .overLimit  // memory, rows, result rows or bytes, bytes
        case 202, 252: .overloaded  // TOO_MANY_SIMULTANEOUS_QUERIES, TOO_MANY_PARTS
        case 60, 81, 46, 47, 50, 73, 115: .notFound  // table, database, function, identifier, type, format, setting
        case 164, 291, 497, 392: .denied  // READONLY, DATABASE_ACCESS_DENIED, ACCESS_DENIED, QUERY_IS_PROHIBITED
        case 48, 344: .unsupported  // NOT_IMPLEMENTED, SUPPORT_IS_DISABLED
        case 243: .unavailable  // NOT_ENOUGH_SPACE
        case 49, nil: .internal  // LOGICAL_ERROR
        case .some: .invalid
        }
    }
}

extension StringProtocol {
    /// The first place where `needle` stands; the standard library has this only for collections of equal elements
    /// from Foundation, which is 40 MB that this module does not need.
    func range(of needle: String) -> Range<Index>? {
        let wanted = Array(needle.utf8)
        var start = utf8.startIndex
        while start != utf8.endIndex {
            if utf8[start...].starts(with: wanted) {
                return start..<utf8.index(start, offsetBy: wanted.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }
}
