import Codecs
import PrometheusModel

/// An answer of the Prometheus API to a query.
struct PromQLAnswer {
    enum Value: Equatable {
        case number(Double)
        case histogram(Histogram)
    }

    struct Histogram: Equatable {
        struct Bucket: Equatable {
            var lower: Double
            var upper: Double
            var count: Double
        }

        var count = 0.0
        var sum = 0.0
        var buckets: [Bucket] = []
    }

    struct Point: Equatable {
        /// Seconds since the Unix epoch.
        var time: Double
        var value: Value
    }

    struct Series {
        var labels = Labels()
        /// In time order.
        var points: [Point] = []
        /// As it stands in the answer.
        var json: [UInt8] = []
    }

    /// `vector`, `matrix`, `scalar` or `string`.
    private(set) var resultType = ""
    private(set) var series: [Series] = []
    /// Of a scalar or string.
    private(set) var text = ""
    private(set) var warnings: [String] = []
    private(set) var infos: [String] = []
    private(set) var error = ""
    private(set) var errorType = ""
    /// The result as it stands in the answer.
    private var resultJSON: [UInt8] = []

    /// - Throws: when this is no such answer.
    init(_ bytes: [UInt8]) throws {
        do {
            try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
                var reader = JSONReader(buffer)
                try Self.members(&reader) { (name, reader) throws(DecodeError) in
                    switch name {
                    case "data": try readData(&reader, buffer)
                    case "warnings": warnings = try Self.texts(&reader)
                    case "infos": infos = try Self.texts(&reader)
                    case "error": error = try reader.readString()
                    case "errorType": errorType = try reader.readString()
                    default: try reader.skipValue()
                    }
                }
            }
        } catch {
            throw CommandFailure(.no, "the server's answer cannot be read: \(error)")
        }
    }

    /// The order that the query asks for, or else by labels, so that the same answer looks the same each time.
    mutating func sort(for query: String) {
        let word = query.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter || $0 == "_" }
        let ordering = ["sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "topk", "bottomk"]
        guard !ordering.contains(String(word)) else { return }
        series.sort { $0.labels < $1.labels }
    }

    /// The member `data` of the answer, a series a line.
    var dataJSON: [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("resultType")
        writer.string(resultType)
        writer.bytes += Array(",\"result\":".utf8)
        if resultType == "vector" || resultType == "matrix" {
            writer.bytes += Array("[".utf8) + series.map(\.json).joined(separator: Array(",\n ".utf8)) + Array("]".utf8)
        } else {
            writer.bytes += resultJSON
        }
        return writer.bytes + Array("}\n".utf8)
    }

    // MARK: Reading

    private mutating func readData(
        _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(DecodeError) {
        try Self.members(&reader) { (name, reader) throws(DecodeError) in
            switch name {
            case "resultType": resultType = try reader.readString()
            case "result":
                // The type stands first, as the API writes it.
                let start = reader.position
                switch resultType {
                case "vector", "matrix":
                    var list = try reader.beginList()
                    while try reader.nextElement(&list) {
                        let start = reader.position
                        var one = try Self.readSeries(&reader)
                        one.json = Array(bytes[start..<reader.position])
                        series.append(one)
                    }
                default:
                    var list = try reader.beginList()
                    while try reader.nextElement(&list) {
                        if try reader.nextKind() == .string {
                            text = try reader.readString()
                        } else {
                            try reader.skipValue()
                        }
                    }
                }
                resultJSON = Array(bytes[start..<reader.position])
            default: try reader.skipValue()
            }
        }
    }

    private static func readSeries(_ reader: inout JSONReader) throws(DecodeError) -> Series {
        var series = Series()
        try members(&reader) { (name, reader) throws(DecodeError) in
            switch name {
            case "metric":
                var labels: [Label] = []
                try members(&reader) { (name, reader) throws(DecodeError) in
                    labels.append(Label(name, try reader.readString()))
                }
                series.labels = Labels(labels)
            case "value", "histogram": series.points.append(try readPoint(&reader))
            case "values", "histograms":
                var list = try reader.beginList()
                while try reader.nextElement(&list) { series.points.append(try readPoint(&reader)) }
            default: try reader.skipValue()
            }
        }
        series.points.sort { $0.time < $1.time }
        return series
    }

    private static func readPoint(_ reader: inout JSONReader) throws(DecodeError) -> Point {
        var point = Point(time: 0, value: .number(.nan))
        var list = try reader.beginList()
        while try reader.nextElement(&list) {
            switch try reader.nextKind() {
            case .number: point.time = try reader.readNumber().double ?? .nan
            case .string: point.value = .number(number(try reader.readString()))
            case .object: point.value = .histogram(try readHistogram(&reader))
            default: try reader.skipValue()
            }
        }
        return point
    }

    private static func readHistogram(_ reader: inout JSONReader) throws(DecodeError) -> Histogram {
        var histogram = Histogram()
        try members(&reader) { (name, reader) throws(DecodeError) in
            switch name {
            case "count": histogram.count = number(try reader.readString())
            case "sum": histogram.sum = number(try reader.readString())
            case "buckets":
                var list = try reader.beginList()
                while try reader.nextElement(&list) {
                    var numbers: [Double] = []
                    var bucket = try reader.beginList()
                    while try reader.nextElement(&bucket) {
                        // The first is the rule of the bounds, a number; the others are strings.
                        if try reader.nextKind() == .string {
                            numbers.append(number(try reader.readString()))
                        } else {
                            try reader.skipValue()
                        }
                    }
                    guard numbers.count == 3 else { continue }
                    histogram.buckets.append(
                        .init(lower: numbers[0], upper: numbers[1], count: numbers[2]))
                }
            default: try reader.skipValue()
            }
        }
        return histogram
    }

    private static func number(_ text: String) -> Double { Double(text) ?? .nan }

    private static func texts(_ reader: inout JSONReader) throws(DecodeError) -> [String] {
        var texts: [String] = []
        var list = try reader.beginList()
        while try reader.nextElement(&list) { texts.append(try reader.readString()) }
        return texts
    }

    private static func members(
        _ reader: inout JSONReader, _ body: (String, inout JSONReader) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        var object = try reader.beginObject()
        while let key = try reader.nextKey(&object) {
            let name = try reader.withBytes(of: key) { (bytes) throws(DecodeError) in
                String(decoding: bytes, as: UTF8.self)
            }
            try body(name, &reader)
        }
    }
}
