/// Names and numbers of levels as OTLP's severity numbers.
///
/// - Spec: OTLP logs.proto, `SeverityNumber`; the tables in "Logs Data Model", appendix B.
enum Severity {
    static let trace: Int32 = 1
    static let debug: Int32 = 5
    static let info: Int32 = 9
    static let notice: Int32 = 10
    static let warn: Int32 = 13
    static let error: Int32 = 17
    static let critical: Int32 = 18
    static let alert: Int32 = 19
    static let fatal: Int32 = 21

    /// The number of a level's name in any case; 0 for what is none. slog's `ERROR+2` adds to the level.
    static func number(_ name: Text) -> Int32 {
        var name = name
        let word = name.take { Bytes.isLetter($0) }
        guard let base = base(word) else { return 0 }
        guard !name.isEmpty else { return base }
        let isNegative = name.first == UInt8(ascii: "-")
        guard isNegative || name.first == UInt8(ascii: "+") else {
            // PostgreSQL's `DEBUG1` to `DEBUG5`.
            return name.takeNumber(1, 1) != nil && name.isEmpty ? base : 0
        }
        name.skip(1)
        guard let amount = name.takeNumber(1, 2), name.isEmpty else { return 0 }
        return max(1, min(24, base + Int32(isNegative ? -amount : amount)))
    }

    static func number(_ name: String) -> Int32 {
        var name = name
        return name.withUTF8 { number(Text($0).trimmed()) }
    }

    private static func base(_ word: Text) -> Int32? {
        // By length and first letter, as this is asked for words of every line.
        switch (word.count, word.first | 0x20) {
        case (1, UInt8(ascii: "t")): trace
        case (1, UInt8(ascii: "d")): debug
        case (1, UInt8(ascii: "i")): info
        case (1, UInt8(ascii: "w")): warn
        case (1, UInt8(ascii: "e")): error
        case (1, UInt8(ascii: "f")): fatal
        case (3, UInt8(ascii: "t")): word.equalsIgnoringCase("trc") ? trace : nil
        case (3, UInt8(ascii: "v")): word.equalsIgnoringCase("vrb") ? trace : nil
        case (3, UInt8(ascii: "d")): word.equalsIgnoringCase("dbg") ? debug : nil
        case (3, UInt8(ascii: "i")): word.equalsIgnoringCase("inf") ? info : nil
        case (3, UInt8(ascii: "w")): word.equalsIgnoringCase("wrn") ? warn : nil
        case (3, UInt8(ascii: "e")): word.equalsIgnoringCase("err") ? error : nil
        case (3, UInt8(ascii: "f")): word.equalsIgnoringCase("ftl") ? fatal : nil
        case (3, UInt8(ascii: "l")): word.equalsIgnoringCase("log") ? info : nil
        case (4, UInt8(ascii: "i")): word.equalsIgnoringCase("info") ? info : nil
        case (4, UInt8(ascii: "w")): word.equalsIgnoringCase("warn") ? warn : nil
        case (4, UInt8(ascii: "f")): word.equalsIgnoringCase("fine") ? debug : nil
        case (4, UInt8(ascii: "n")): word.equalsIgnoringCase("note") ? notice : nil
        case (4, UInt8(ascii: "c")): word.equalsIgnoringCase("crit") ? critical : nil
        case (4, UInt8(ascii: "t")): word.equalsIgnoringCase("test") ? trace : nil
        case (5, UInt8(ascii: "t")): word.equalsIgnoringCase("trace") ? trace : nil
        case (5, UInt8(ascii: "d")): word.equalsIgnoringCase("debug") ? debug : nil
        case (5, UInt8(ascii: "e")):
            word.equalsIgnoringCase("error") ? error : word.equalsIgnoringCase("emerg") ? fatal : nil
        case (5, UInt8(ascii: "f")):
            word.equalsIgnoringCase("fatal") ? fatal : word.equalsIgnoringCase("finer") ? trace : nil
        case (5, UInt8(ascii: "p")): word.equalsIgnoringCase("panic") ? fatal : nil
        case (5, UInt8(ascii: "a")): word.equalsIgnoringCase("alert") ? alert : nil
        case (6, UInt8(ascii: "n")): word.equalsIgnoringCase("notice") ? notice : nil
        case (6, UInt8(ascii: "f")): word.equalsIgnoringCase("finest") ? trace : nil
        case (6, UInt8(ascii: "s")): word.equalsIgnoringCase("severe") ? error : nil
        case (6, UInt8(ascii: "c")): word.equalsIgnoringCase("config") ? debug : nil
        case (6, UInt8(ascii: "d")): word.equalsIgnoringCase("dpanic") ? fatal : nil
        case (7, UInt8(ascii: "w")): word.equalsIgnoringCase("warning") ? warn : nil
        case (7, UInt8(ascii: "v")): word.equalsIgnoringCase("verbose") ? trace : nil
        case (8, UInt8(ascii: "c")): word.equalsIgnoringCase("critical") ? critical : nil
        case (9, UInt8(ascii: "e")): word.equalsIgnoringCase("emergency") ? fatal : nil
        case (11, UInt8(ascii: "i")): word.equalsIgnoringCase("information") ? info : nil
        default: nil
        }
    }

    /// Numbers in a field that is called a level: below 10 those of syslog (as GELF has them), from there on by tens
    /// as bunyan, pino and Python count.
    static func level(_ number: Int64) -> (text: String, number: Int32)? {
        switch number {
        case 0...7: syslog(Int(number))
        case 10..<20: ("trace", trace)
        case 20..<30: ("debug", debug)
        case 30..<40: ("info", info)
        case 40..<50: ("warn", warn)
        case 50..<60: ("error", error)
        case 60...: ("fatal", fatal)
        default: nil
        }
    }

    /// Python's `levelno`.
    static func pythonLevel(_ number: Int64) -> (text: String, number: Int32)? {
        switch number {
        case 1..<10: ("TRACE", trace)
        case 10..<20: ("DEBUG", debug)
        case 20..<30: ("INFO", info)
        case 30..<40: ("WARNING", warn)
        case 40..<50: ("ERROR", error)
        case 50...: ("CRITICAL", critical)
        default: nil
        }
    }

    /// RFC 5424, section 6.2.1.
    static func syslog(_ severity: Int) -> (text: String, number: Int32)? {
        switch severity {
        case 0: ("emerg", fatal)
        case 1: ("alert", alert)
        case 2: ("crit", critical)
        case 3: ("error", error)
        case 4: ("warning", warn)
        case 5: ("notice", notice)
        case 6: ("info", info)
        case 7: ("debug", debug)
        default: nil
        }
    }
}
