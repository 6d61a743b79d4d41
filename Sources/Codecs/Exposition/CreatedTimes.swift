import PrometheusModel

/// Start times of one family's series, from OpenMetrics' lines `…_created`, which stand behind the samples that they are
/// about and therefore are looked for before.
///
/// Spec: OpenMetrics 1.0, "Counter", "Histogram", "Summary": `_created` is a Unix time in seconds.
struct CreatedTimes {
    private var times: [[UInt8]: Int64] = [:]
    private var type = MetricType.unknown
    private var family: UnsafeBufferPointer<UInt8> = UnsafeBufferPointer(start: nil, count: 0)

    private static let suffix = Array("_created".utf8)

    var isEmpty: Bool { times.isEmpty }

    /// Looks through the lines up to the next line of metadata. A line that is wrong is left to whoever reads it after.
    mutating func read(
        _ bytes: UnsafeBufferPointer<UInt8>, family: UnsafeBufferPointer<UInt8>, _ type: MetricType
    ) {
        if !times.isEmpty { times.removeAll() }
        self.type = type
        self.family = family
        guard let base = bytes.baseAddress else { return }
        var start = 0
        while start < bytes.count, base[start] != UInt8(ascii: "#") {
            let rest = UnsafeBufferPointer(rebasing: bytes[start...])
            if isCreatedLine(rest) { readLine(rest) }
            start = Self.endOfLine(bytes, from: start) + 1
        }
    }

    /// Whether a line or series begins with the family's name and `_created`.
    @inline(__always)
    func isCreatedLine(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        let isQuoted = line.count > 1 && line[0] == UInt8(ascii: "{") && line[1] == UInt8(ascii: "\"")
        let start = isQuoted ? 2 : 0
        let length = family.count + Self.suffix.count
        guard line.count >= start + length, line[start + family.count] == UInt8(ascii: "_") else { return false }
        for index in 0..<family.count where line[start + index] != family[index] { return false }
        for (index, byte) in Self.suffix.enumerated() where line[start + family.count + index] != byte { return false }
        guard line.count > start + length else { return !isQuoted }
        let after = line[start + length]
        return isQuoted ? after == UInt8(ascii: "\"") : after == UInt8(ascii: "{") || after == 0x20
    }

    /// Zero when there is none.
    func startTime(of series: UnsafeBufferPointer<UInt8>) -> Int64 {
        var key = CreatedKey(series, type)
        guard (try? LabelScanner.scanSeries(series, .openMetrics, &key)) != nil else { return 0 }
        return times[key.bytes] ?? 0
    }

    private mutating func readLine(_ line: UnsafeBufferPointer<UInt8>) {
        guard let base = line.baseAddress else { return }
        var key = CreatedKey(line, type)
        var scanner = LabelScanner(base, count: line.count, at: 0, .openMetrics)
        scanner.position = scanner.endOfName()
        if scanner.position < line.count, line[scanner.position] == UInt8(ascii: "{") {
            var hasName = scanner.position > 0
            scanner.position += 1
            guard (try? scanner.scan(&hasName, &key)) != nil else { return }
        }
        let start = scanner.position + 1
        guard start < line.count else { return }
        var end = start
        while end < line.count, line[end] != 0x20, line[end] != 0x0A { end += 1 }
        guard let seconds = ExpositionNumber.parse(UnsafeBufferPointer(rebasing: line[start..<end])),
            seconds.isFinite
        else { return }
        times[key.bytes] = ExpositionNumber.milliseconds(seconds)
    }

    @inline(__always)
    private static func endOfLine(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return start }
        var index = start
        while index + 8 <= bytes.count {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            if SpecialBytes.hasLineBreak(word) { break }
            index += 8
        }
        while index < bytes.count, base[index] != 0x0A { index += 1 }
        return index
    }
}

/// The labels that a series shares with its line `…_created`: all but those of a bucket or quantile.
private struct CreatedKey: LabelVisitor {
    private let source: UnsafeBufferPointer<UInt8>
    private let skipped: StaticString
    private(set) var bytes: [UInt8] = []

    init(_ source: UnsafeBufferPointer<UInt8>, _ type: MetricType) {
        self.source = source
        skipped = type == .histogram ? "le" : type == .summary ? "quantile" : ""
    }

    mutating func metricName(_ range: Range<Int>) {}

    mutating func label(_ name: Range<Int>, _ value: Range<Int>) {
        let name = source[name]
        let isSkipped =
            name.count == skipped.utf8CodeUnitCount
            && name.elementsEqual(UnsafeBufferPointer(start: skipped.utf8Start, count: skipped.utf8CodeUnitCount))
        if isSkipped, !name.isEmpty { return }
        bytes.append(contentsOf: name)
        bytes.append(0xFF)
        bytes.append(contentsOf: source[value])
        bytes.append(0xFF)
    }
}
