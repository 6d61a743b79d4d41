/// How bad a log record says it is, in the words that Loki's `detected_level` has.
package enum LogLevel: UInt8, Sendable, CaseIterable {
    case unknown, trace, debug, info, warn, error, critical, fatal

    package var name: String { "\(self)" }

    /// Spec: OTLP logs data model, "SeverityNumber": four numbers a level, from 1.
    package init(severityNumber: Int32) {
        switch severityNumber {
        case 1...4: self = .trace
        case 5...8: self = .debug
        case 9...12: self = .info
        case 13...16: self = .warn
        case 17...20: self = .error
        case 21...24: self = .fatal
        default: self = .unknown
        }
    }

    /// The first number of the level in OTLP; 0 for unknown. OTLP has no `critical`: it is between error and fatal.
    package var severityNumber: Int32 {
        switch self {
        case .unknown: 0
        case .trace: 1
        case .debug: 5
        case .info: 9
        case .warn: 13
        case .error: 17
        case .critical: 18
        case .fatal: 21
        }
    }

    package init(name: String) {
        var name = name
        self = name.withUTF8 { LogLevel(name: $0) }
    }

    /// A level as loggers spell it, in any case; also the numbers that pino and bunyan write. Unknown for all else.
    package init(name: UnsafeBufferPointer<UInt8>) {
        var packed: UInt64 = 0
        guard (1...11).contains(name.count) else {
            self = .unknown
            return
        }
        // Words of up to eight letters are told apart by one number; the longer ones by their beginning.
        for byte in name.prefix(8) {
            packed = packed << 8 | UInt64(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
        }
        self = name.count <= 8 ? Self.short[packed] ?? .unknown : Self.long[packed] ?? .unknown
    }

    private static let short = table([
        ("trace", .trace), ("trc", .trace), ("verbose", .trace), ("finest", .trace), ("finer", .trace), ("10", .trace),
        ("debug", .debug), ("dbg", .debug), ("dbug", .debug), ("fine", .debug), ("20", .debug),
        ("info", .info), ("inf", .info), ("notice", .info), ("30", .info),
        ("warn", .warn), ("wrn", .warn), ("warning", .warn), ("40", .warn),
        ("error", .error), ("err", .error), ("eror", .error), ("severe", .error), ("fail", .error), ("50", .error),
        ("critical", .critical), ("crit", .critical), ("alert", .critical),
        ("fatal", .fatal), ("panic", .fatal), ("emerg", .fatal), ("60", .fatal),
    ])
    private static let long = table([("informat", .info), ("emergenc", .fatal)])

    private static func table(_ names: [(String, LogLevel)]) -> [UInt64: LogLevel] {
        var table: [UInt64: LogLevel] = [:]
        for (name, level) in names { table[name.utf8.reduce(0) { $0 << 8 | UInt64($1) }] = level }
        return table
    }
}
