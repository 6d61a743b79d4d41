import PrometheusModel

/// A script of Prometheus' test language: data to load and queries with what they must give.
struct PromQLScript {
    enum Command {
        case clear
        case load(Load)
        case eval(Eval)
        /// Of a newer form of the language than this one.
        case unreadable(isLoad: Bool)
    }

    struct Load {
        /// Milliseconds between samples.
        var interval: Int64
        /// Classic histograms are loaded a second time as native ones of custom bounds.
        var withNHCB: Bool
        var series: [SeriesNotation] = []
    }

    /// When a query is evaluated; milliseconds.
    enum Times {
        case instant(Int64)
        case range(start: Int64, end: Int64, step: Int64)
    }

    /// What an error or annotation must say.
    enum Message {
        case any
        case exactly(String)
        case matching(Pattern)

        func accepts(_ text: String) -> Bool {
            switch self {
            case .any: true
            case .exactly(let expected): text == expected
            // Found anywhere, as the scripts mean it: the patterns here carry their own anchors.
            case .matching(let pattern): pattern.groups(in: text, anchored: false) != nil
            }
        }

        var text: String {
            switch self {
            case .any: "any"
            case .exactly(let text): text
            case .matching(let pattern): "/\(pattern.source)/"
            }
        }
    }

    struct Eval {
        /// Of the script as it is here, from 1.
        var line: Int
        /// Of the script that this one was cut from (`# @L…`), 0 when that is not told.
        var originalLine = 0
        var query: String
        var times: Times
        var isOrdered = false
        var mustFail = false
        var mustWarn = false
        var mustInform = false
        var mustNotWarn = false
        var mustNotInform = false
        var failures: [Message] = []
        var warnings: [Message] = []
        var infos: [Message] = []
        var scalar: Double?
        var string: String?
        var series: [SeriesNotation] = []
        /// Of `expect range vector`: where an instant query's range vector begins, ends, and how far its samples are apart.
        var rangeVector: (start: Int64, end: Int64, step: Int64)?
    }

    private(set) var commands: [Command] = []

    /// - Parameter skipsUnknown: commands that cannot be read are kept as such, not thrown.
    init(_ text: String, skipsUnknown: Bool = false) throws {
        let raw = text.split(separator: "\n", omittingEmptySubsequences: false).map(Self.trimmed)
        var place = 0
        var originalLine = 0
        while place < raw.count {
            let line = raw[place]
            place += 1
            if line.hasPrefix("# @L") { originalLine = Int(line.dropFirst(4)) ?? 0 }
            if line.isEmpty || line.hasPrefix("#") { continue }
            var body: [Substring] = []
            let first = place
            do {
                if line == "clear" {
                    commands.append(.clear)
                    continue
                }
                while place < raw.count, !raw[place].isEmpty, !raw[place].hasPrefix("#") {
                    body.append(raw[place])
                    place += 1
                }
                if line.hasPrefix("load") {
                    commands.append(.load(try Self.load(line, body)))
                } else if line.hasPrefix("eval") {
                    var eval = try Self.eval(line, body, at: first)
                    eval.originalLine = originalLine
                    originalLine = 0
                    commands.append(.eval(eval))
                } else {
                    throw ScriptError("unknown command \(line)")
                }
            } catch {
                guard skipsUnknown else { throw ScriptError("line \(first): \(error)") }
                commands.append(.unreadable(isLoad: line.hasPrefix("load")))
            }
        }
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line.drop { $0.isWhitespace }
        while line.last?.isWhitespace == true { line.removeLast() }
        return line
    }

    private static func load(_ line: Substring, _ body: [Substring]) throws -> Load {
        var cursor = ScriptCursor(line)
        let command = cursor.word()
        let interval = cursor.word()
        guard command == "load" || command == "load_with_nhcb", let interval = ScriptNumber.duration(interval) else {
            throw ScriptError("bad load command \(line)")
        }
        return Load(interval: interval, withNHCB: command != "load", series: try body.map { try SeriesNotation($0) })
    }

    private static func eval(_ line: Substring, _ body: [Substring], at number: Int) throws -> Eval {
        var cursor = ScriptCursor(line)
        let command = cursor.word()
        func duration() throws -> Int64 {
            let text = cursor.word()
            guard let value = ScriptNumber.duration(text) else { throw ScriptError("\(text) is no duration") }
            return value
        }
        func keyword(_ word: String) throws {
            cursor.skipSpaces()
            try cursor.expect(word)
        }
        cursor.skipSpaces()
        let times: Times
        if cursor.take("instant") {
            try keyword("at")
            times = .instant(try duration())
        } else {
            try cursor.expect("range")
            try keyword("from")
            let start = try duration()
            try keyword("to")
            let end = try duration()
            try keyword("step")
            times = .range(start: start, end: end, step: try duration())
        }
        cursor.skipSpaces()
        var eval = Eval(line: number, query: String(cursor.rest), times: times)
        switch command {
        case "eval": break
        case "eval_ordered": eval.isOrdered = true
        case "eval_fail": eval.mustFail = true
        case "eval_warn": eval.mustWarn = true
        case "eval_info": eval.mustInform = true
        default: throw ScriptError("unknown command \(command)")
        }
        for line in body {
            if try eval.readExpectation(line) { continue }
            if let value = ScriptNumber.parse(line) {
                eval.scalar = value
                break
            }
            eval.series.append(try SeriesNotation(line))
        }
        return eval
    }
}

extension PromQLScript.Eval {
    /// False when the line is none of the lines that say how to compare.
    mutating func readExpectation(_ line: Substring) throws -> Bool {
        var cursor = ScriptCursor(line)
        func remaining() -> String {
            cursor.skipSpaces()
            return String(cursor.rest)
        }
        switch cursor.word() {
        case "expected_fail_message":
            failures.append(.exactly(remaining()))
            return true
        case "expected_fail_regexp":
            failures.append(.matching(try Pattern(remaining())))
            return true
        case "expect": break
        default: return false
        }
        let kind = cursor.word()
        switch kind {
        case "string":
            cursor.skipSpaces()
            string = try cursor.quoted()
            return true
        case "range":
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 9, let start = ScriptNumber.duration(words[4]),
                let end = ScriptNumber.duration(words[6]), let step = ScriptNumber.duration(words[8])
            else { throw ScriptError("bad range vector \(line)") }
            rangeVector = (start, end, step)
            return true
        default: break
        }
        cursor.skipSpaces()
        var message = PromQLScript.Message.any
        if cursor.take("msg:") {
            message = .exactly(remaining())
        } else if cursor.take("regex:") {
            message = .matching(try Pattern(remaining()))
        }
        switch kind {
        case "ordered": isOrdered = true
        case "no_warn": mustNotWarn = true
        case "no_info": mustNotInform = true
        case "fail":
            mustFail = true
            failures.append(message)
        case "warn":
            mustWarn = true
            warnings.append(message)
        case "info":
            mustInform = true
            infos.append(message)
        default: throw ScriptError("unknown expectation \(kind)")
        }
        return true
    }
}
