import TelemetryModel

/// The JVM's loggers: Spring Boot, logback's and log4j's usual patterns.
///
///     2024-05-24 23:22:00.123  INFO 1234 --- [main] c.e.X : message
///     2024-05-24 23:22:00,123 [main] INFO  c.e.X - message
///     2024-05-24 23:22:00,123 INFO [main] c.e.X - message
///     23:22:00.123 [main] INFO c.e.X -- message
enum JavaLogging: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        if let civil = TimeScanner.iso(&rest) {
            guard let time = civil.timestamp(in: context.zone) else { return nil }
            return afterTime(rest, time: time, into: &draft)
        }
        // logback's basic configuration has a time of day only, which says nothing of the date.
        var clock = CivilTime()
        guard rest[2] == UInt8(ascii: ":"), rest[5] == UInt8(ascii: ":"), TimeScanner.clock(&rest, into: &clock) else {
            return nil
        }
        return afterTime(rest, time: nil, into: &draft)
    }

    static func afterTime(_ text: Text, time: Timestamp?, into draft: inout LogDraft) -> Text? {
        var rest = text
        guard rest.skipSpaces() > 0 else { return nil }
        var thread: Text?
        var level: Text?
        var process: Int?
        // Level and thread in either order.
        for _ in 0..<2 {
            if thread == nil, rest.first == UInt8(ascii: "["), let length = BalancedText.length(rest), length <= 256 {
                let inside = Text(rest.bytes, (rest.start + 1)..<(rest.start + length - 1)).trimmed()
                if level == nil, Severity.number(inside) != 0, inside.count >= 3 {
                    level = inside
                } else {
                    thread = inside
                }
                rest.skip(length)
            } else if level == nil {
                var word = rest
                let name = word.take(while: Bytes.isLetter)
                guard name.count >= 3, Severity.number(name) != 0, word.isEmpty || word.first == UInt8(ascii: " ")
                else { break }
                level = name
                rest = word
            } else {
                break
            }
            rest.skipSpaces()
        }
        guard let level else { return nil }
        // Spring Boot: `1234 --- [app] [main] logger : message`.
        var spring = rest
        if let number = spring.takeNumber(1, 10), spring.take(" --- ") {
            process = number
            spring.skipSpaces()
            while spring.first == UInt8(ascii: "["), let length = BalancedText.length(spring), length <= 256 {
                // Spring Boot 3 has the application's name before the thread.
                thread = Text(spring.bytes, (spring.start + 1)..<(spring.start + length - 1)).trimmed()
                spring.skip(length)
                spring.skipSpaces()
            }
            rest = spring
        }
        let separated = logger(rest, isSpring: process != nil)
        guard thread != nil || process != nil || separated != nil else { return nil }
        if let time { draft.time = time }
        draft.setLevel(level)
        if let thread { draft["thread.name"] = .string(thread.string) }
        if let process { draft["process.pid"] = .int(Int64(process)) }
        guard let (name, message) = separated else { return rest }
        if let place = CodePlace.read(name) {
            // log4j's `%c:%L`.
            draft["log.logger"] = .string(place.file.string)
            draft["code.line.number"] = .int(Int64(place.line))
        } else {
            draft["log.logger"] = .string(name.string)
        }
        return message
    }

    /// `c.e.X : message`, `c.e.X - message`, `c.e.X -- message`, `c.e.X:12 - message`, `c.e.X: message`.
    private static func logger(_ text: Text, isSpring: Bool) -> (Text, Text)? {
        var rest = text
        var name = rest.take {
            Bytes.isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "/")
                || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]")
                || $0 == UInt8(ascii: "-")
        }
        guard !name.isEmpty, rest.skipSpaces() > 0 || rest.isEmpty else { return nil }
        if name.last == UInt8(ascii: ":"), name.distance(to: UInt8(ascii: ".")) != nil {
            name.end -= 1
            return (name, rest)
        }
        if rest.take("-- ") || rest.take("- ") || rest.take(": ") { return (name, rest) }
        return rest == ":" || rest == "-" ? (name, rest.dropping(1)) : nil
    }
}
