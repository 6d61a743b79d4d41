import PrometheusModel

/// Joins the lines of a file to events.
///
/// A value state machine without a clock: the owner adds each line as it is read and calls `flush` when no line came
/// for `MultilineOptions.timeout`, or when the file is given up.
///
/// - Offsets: the events cover the lines without gap and overlap: an event's `end` is the `start` of the next.
/// - Bounds: what is pending never exceeds `bytesMax` and `linesMax`.
package struct MultilineAssembler: Sendable {
    private let options: MultilineOptions
    private let lineBreak: [UInt8]
    private var pending: AssembledEvent?
    /// Empty lines after the pending ones that belong to the event only if it goes on behind them.
    private var heldLines = 0
    private var heldEnd = 0
    private var stackTrace = StackTraceReader()
    /// Whether the last line matched, in the modes that ask.
    private var lastMatched = false

    package init(_ options: MultilineOptions) {
        self.options = options
        lineBreak = options.encoding.lineBreak
    }

    /// Where the pending event begins; nil when there is none.
    package var pendingStart: Int? { pending?.start }

    /// Takes the next line.
    ///
    /// - Parameters:
    ///   - line: Without its line break; a carriage return at its end may stay.
    ///   - start: Offset of its first byte.
    ///   - end: Offset after its line break.
    /// - Returns: the events that are complete now, in order; at the most two, but for lines that are too long.
    package mutating func add(line: [UInt8], start: Int, end: Int) -> [AssembledEvent] {
        if line.count > options.bytesMax {
            var cut = Array(line.prefix(boundary(in: line)))
            cut.reserveCapacity(cut.count)
            return add(cut, start: start, end: end, isCut: true)
        }
        return add(line, start: start, end: end, isCut: false)
    }

    /// Gives up waiting: the pending event as it is.
    package mutating func flush() -> AssembledEvent? {
        lastMatched = false
        stackTrace = StackTraceReader()
        return takePending()
    }

    private mutating func add(_ line: [UInt8], start: Int, end: Int, isCut: Bool) -> [AssembledEvent] {
        let event = AssembledEvent(bytes: line, start: start, end: end, isTruncated: isCut)
        switch options.mode {
        case .none:
            return [event]
        case .stackTraces:
            return addToStackTrace(event)
        case .pattern(let pattern, let negate, let match, let flush):
            let matches = matches(pattern, line) != negate
            var complete: [AssembledEvent] = []
            let continues = match == .after ? matches : lastMatched
            lastMatched = matches
            append(event, continues: continues, to: &complete)
            // Filebeat: the line that matches `flush_pattern` is the event's last.
            if let flush, self.matches(flush, line) {
                lastMatched = false
                takePending().map { complete.append($0) }
            } else if match == .before, !matches {
                // Nothing can follow it, so that there is nothing to wait for.
                takePending().map { complete.append($0) }
            }
            return complete
        case .count(let count):
            var complete: [AssembledEvent] = []
            append(event, continues: pending != nil, to: &complete)
            if let lines = pending?.lines, lines >= count { takePending().map { complete.append($0) } }
            return complete
        case .whilePattern(let pattern, let negate):
            var complete: [AssembledEvent] = []
            let matches = matches(pattern, line) != negate
            append(event, continues: matches && lastMatched, to: &complete)
            lastMatched = matches
            if !matches { takePending().map { complete.append($0) } }
            return complete
        }
    }

    private mutating func addToStackTrace(_ event: AssembledEvent) -> [AssembledEvent] {
        var complete: [AssembledEvent] = []
        let verdict: StackTraceReader.Verdict
        if options.encoding == .utf8 {
            verdict = event.bytes.withUnsafeBufferPointer { stackTrace.read($0) }
        } else {
            let text = Array(text(of: event.bytes).utf8)
            verdict = text.withUnsafeBufferPointer { stackTrace.read($0) }
        }
        switch verdict {
        case .begins: append(event, continues: false, to: &complete)
        case .continues: append(event, continues: true, to: &complete)
        case .blank:
            guard pending != nil else { return [event] }
            heldLines += 1
            heldEnd = event.end
            // Blank lines alone are no reason to hold an event for ever.
            if heldLines >= options.linesMax { takePending().map { complete.append($0) } }
        case .completes:
            append(event, continues: true, to: &complete)
            takePending().map { complete.append($0) }
        case .stands:
            takePending().map { complete.append($0) }
            complete.append(event)
        }
        return complete
    }

    /// Adds a line to the pending event, or completes that and makes the line the pending event.
    private mutating func append(_ event: AssembledEvent, continues: Bool, to complete: inout [AssembledEvent]) {
        guard continues, pending != nil else {
            takePending().map { complete.append($0) }
            pending = event
            return
        }
        let held = min(heldLines, options.linesMax)
        let room = options.bytesMax - (pending?.bytes.count ?? 0) - event.bytes.count - (held + 1) * lineBreak.count
        guard room >= 0, (pending?.lines ?? 0) + held < options.linesMax else {
            pending?.isTruncated = true
            takePending().map { complete.append($0) }
            pending = event
            return
        }
        for _ in 0...held { pending?.bytes.append(contentsOf: lineBreak) }
        pending?.bytes.append(contentsOf: event.bytes)
        pending?.lines += held + 1
        pending?.end = event.end
        if event.isTruncated { pending?.isTruncated = true }
        heldLines = 0
    }

    private mutating func takePending() -> AssembledEvent? {
        guard var event = pending else { return nil }
        // The blank lines behind it are not its text, but they are read.
        if heldLines > 0 { event.end = heldEnd }
        heldLines = 0
        pending = nil
        return event
    }

    private func matches(_ pattern: Pattern, _ line: [UInt8]) -> Bool {
        var line = line[...]
        if options.encoding == .utf8, line.last == UInt8(ascii: "\r") { line.removeLast() }
        let text = options.encoding == .utf8 ? String(decoding: line, as: UTF8.self) : text(of: Array(line))
        return pattern.finds(in: text)
    }

    private func text(of line: [UInt8]) -> String {
        var repairs = 0
        let text = line.withUnsafeBufferPointer { TextDecoder.decode($0, options.encoding, repairs: &repairs) }
        return text.last == "\r" ? String(text.dropLast()) : text
    }

    /// Where a line that is too long is cut: not inside a character.
    private func boundary(in line: [UInt8]) -> Int {
        var place = max(0, options.bytesMax)
        switch options.encoding {
        case .latin1: break
        case .utf16LittleEndian, .utf16BigEndian: place -= place % 2
        case .utf8:
            var back = 0
            while back < 3, place > 0, line[place] & 0xC0 == 0x80 {
                place -= 1
                back += 1
            }
        }
        return place
    }
}
