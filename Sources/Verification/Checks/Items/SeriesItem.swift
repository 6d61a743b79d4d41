import Recordings

/// A series of a recording.
struct SeriesItem: RecordedItem {
    static let noun = "series"
    static let nouns = "series"
    private static let attributesMax = 6

    var index: Int

    static func all(in recording: IndexedRecording) -> [SeriesItem] {
        recording.recording.series.indices.map { SeriesItem(index: $0) }
    }

    func series(in recording: IndexedRecording) -> RecordedSeries { recording.recording.series[index] }

    func service(in recording: IndexedRecording) -> String? {
        recording.service(recording.recording.series[index].resource)
    }

    /// `requests{method="GET"} sum cumulative monotonic, 3 points, last 42 of shop`
    func text(in recording: IndexedRecording) -> String {
        let series = series(in: recording)
        let service = recording.service(series.resource)
        var attributes = series.attributes.entries.prefix(Self.attributesMax)
            .map { "\($0.key)=\(ValueText.print($0.value))" }
        if series.attributes.entries.count > Self.attributesMax { attributes.append("…") }
        var text = "series " + (series.name.isEmpty ? "without name" : series.name)
        if !attributes.isEmpty { text += "{\(attributes.joined(separator: ","))}" }
        text += " \(series.kind.rawValue)"
        if [.sum, .histogram, .exponentialHistogram].contains(series.kind) { text += " \(series.temporality)" }
        if series.isMonotonic { text += " monotonic" }
        text += ", \(series.points.count == 1 ? "1 point" : "\(series.points.count) points")"
        if let last = series.points.last { text += ", last \(Self.text(last.value))" }
        return text + (service.isEmpty ? " without service" : " of \(service)")
    }

    static func text(_ value: RecordedPoint.Value) -> String {
        switch value {
        case .int(let value): "\(value)"
        case .double(let value): FigureText.print(value)
        case .histogram(let histogram):
            "count \(histogram.count)" + (histogram.sum.map { " sum \(FigureText.print($0))" } ?? "")
        case .summary(let count, let sum, _): "count \(count) sum \(FigureText.print(sum))"
        case .none: "no value"
        }
    }
}
