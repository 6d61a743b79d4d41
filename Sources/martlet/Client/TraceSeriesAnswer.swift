import Codecs

/// An answer of the Tempo API to a metrics query.
///
/// - Spec: Tempo, "TraceQL Metrics".
struct TraceSeriesAnswer {
    struct Sample: Equatable {
        /// Milliseconds since the Unix epoch.
        var time: Int64 = 0
        var value = Double.nan
    }

    struct Series: Equatable {
        var labels: [AttributeText] = []
        /// In time order; of a query at one time, one sample without a time.
        var samples: [Sample] = []

        /// `rate{resource.service.name="shop"}`
        var name: String {
            let metric = labels.first { $0.name == "__name__" }?.value ?? ""
            let others = labels.filter { $0.name != "__name__" }
            guard !others.isEmpty || metric.isEmpty else { return metric }
            return metric + "{\(others.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ", "))}"
        }
    }

    /// In the order of the server, which is by labels.
    private(set) var series: [Series] = []
    /// Each series as it stands in the answer.
    private var texts: [ArraySlice<UInt8>] = []

    /// - Throws: when this is no such answer.
    init(_ bytes: [UInt8]) throws {
        var hasSeries = false
        try AnswerReading.read(bytes) { (reader, _) throws(DecodeError) in
            try reader.readMembers { (name, reader) throws(DecodeError) in
                guard name == "series" else { return try reader.skipValue() }
                hasSeries = true
                try reader.readElements { (reader) throws(DecodeError) in
                    let start = reader.position
                    series.append(try Self.readSeries(&reader))
                    texts.append(bytes[start..<reader.position])
                }
            }
        }
        guard hasSeries else { throw CommandFailure(.no, "the server's answer has no series in it") }
    }

    /// The series as they stand in the answer, one a line.
    var json: [UInt8] {
        Array("{\"series\":[".utf8) + texts.joined(separator: Array(",\n ".utf8)) + Array("]}\n".utf8)
    }

    private static func readSeries(_ reader: inout JSONReader) throws(DecodeError) -> Series {
        var series = Series()
        try reader.readMembers { (name, reader) throws(DecodeError) in
            switch name {
            case "labels": series.labels = try AttributeText.readList(&reader)
            case "value": series.samples.append(Sample(value: try reader.readDouble() ?? .nan))
            case "samples":
                try reader.readElements { (reader) throws(DecodeError) in
                    var sample = Sample()
                    try reader.readMembers { (name, reader) throws(DecodeError) in
                        switch name {
                        case "timestampMs": sample.time = try reader.readInteger()
                        case "value": sample.value = try reader.readDouble() ?? .nan
                        default: try reader.skipValue()
                        }
                    }
                    series.samples.append(sample)
                }
            default: try reader.skipValue()
            }
        }
        series.samples.sort { $0.time < $1.time }
        return series
    }
}
