import TelemetryModel

/// What the renderers share: words, numbers and the choice of what is said.
enum ReportText {
    static func duration(_ duration: Duration) -> String { HumanText.duration(nanoseconds(duration)) }

    static func bytes(_ bytes: Int) -> String { HumanText.bytes(UInt64(max(0, bytes))) }

    /// `1 check`, `12 checks`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(HumanText.count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// The nearest that fits 64 bits.
    static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return Int64(clamping: Int128(seconds) * 1_000_000_000 + Int128(attoseconds) / 1_000_000_000)
    }

    /// Seconds with a point and three decimals, never negative: `1.042`.
    static func seconds(_ duration: Duration) -> String {
        let milliseconds = (max(0, nanoseconds(duration)) &+ 500_000).magnitude / 1_000_000
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }

    /// `2026-01-02 03:04:05 UTC`.
    static func time(_ time: Timestamp) -> String {
        let text = time.rfc3339
        return text.prefix(10) + " " + text.dropFirst(11).prefix { $0 != "." } + " UTC"
    }

    /// On one line, nothing in it that a terminal or a page would obey.
    static func line(_ text: String) -> String { TerminalText.escaped(text) }

    /// The lines of a text, each as `line` makes it; tabs, which indent samples, are spaces.
    static func lines(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }.map { line in
            TerminalText.escaped(line.contains("\t") ? line.map { $0 == "\t" ? "    " : "\($0)" }.joined() : "\(line)")
        }
    }
}

extension CheckReport.Outcome {
    /// With what people see it first.
    var sign: String {
        switch self {
        case .passed: "✓"
        case .failed: "✗"
        case .vacuous: "∅"
        case .broken: "!"
        case .skipped: "–"
        }
    }

    /// Whether it makes a verification fail.
    var counts: Bool { self != .passed && self != .skipped }
}

extension CommandReport {
    /// How it ended: `exited with 3`.
    var endText: String {
        switch end {
        case .exited(let code): "exited with \(code)"
        case .signalled(let signal): "was ended by signal \(signal)"
        case .timedOut: "did not end in time"
        case .notStarted(let reason): "could not be started: \(reason)"
        }
    }

    /// How it ended, after what time, and what it cost.
    var resultText: String {
        if case .notStarted = end { return endText }
        return "\(endText) after \(ReportText.duration(duration)), \(ReportText.duration(cpu)) of CPU time"
    }

    /// As it would be typed.
    var line: String {
        words.map { word in
            let isPlain = word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
                    true
                default: "%+,-./:=@_".utf8.contains(byte)
                }
            }
            guard word.isEmpty || !isPlain else { return word }
            return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }.joined(separator: " ")
    }
}
