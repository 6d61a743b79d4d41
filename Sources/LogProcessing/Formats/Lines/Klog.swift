import TelemetryModel

/// Kubernetes' klog, Google's glog: `I0524 23:22:00.123456    1234 file.go:12] message`.
enum Klog: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        let letter = rest.take { $0 &- 0x41 < 26 }
        guard letter == "I" || letter == "W" || letter == "E" || letter == "F" || letter == "D" else { return nil }
        var civil = CivilTime()
        guard let month = rest.takeNumber(2, 2), let day = rest.takeNumber(2, 2), rest.take(UInt8(ascii: " ")),
            rest[2] == UInt8(ascii: ":"), TimeScanner.clock(&rest, into: &civil), rest.skipSpaces() > 0,
            let thread = rest.takeNumber(1, 10), rest.take(UInt8(ascii: " ")),
            let place = rest.take(until: UInt8(ascii: "]"), limit: 512)
        else { return nil }
        civil.month = month
        civil.day = day
        civil.year = TimeScanner.inferredYear(civil, readTime: context.readTime, zone: context.zone)
        guard let time = civil.timestamp(in: context.zone) else { return nil }
        draft.time = time
        draft.setLevel(letter)
        draft["thread.id"] = .int(Int64(thread))
        if let place = CodePlace.read(place) {
            draft["code.file.path"] = .string(place.file.string)
            draft["code.line.number"] = .int(Int64(place.line))
        }
        rest.skipSpaces()
        KeyValueTail.read(rest, into: &draft)
        return rest
    }
}
