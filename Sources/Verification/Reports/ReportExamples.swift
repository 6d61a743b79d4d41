import Recordings
import TelemetryModel

/// Chooses the samples of a report: the first of each kind, cut to what a person reads.
struct ReportExamples {
    /// Of one sample.
    static let bytesMax = 2048
    private static let seriesMax = 6
    private static let labelsMax = 8

    /// The first lines of the page of metrics, when there is one.
    var page = ""
    /// The first line of processed logs, when there is one.
    var processedLine = ""
    private(set) var samples: [SampleReport] = []

    mutating func addSpan(_ recording: Recording) {
        guard let span = recording.spans.first else { return }
        samples.append(
            SampleReport(
                title: "Trace Sample: span \(Recording.cut(span.name))", language: "json",
                text: OTLPSample.fitting(Self.bytesMax) { $0.request(span, recording) }))
    }

    /// Of the page, else of the first series.
    mutating func addMetric(_ recording: Recording?) {
        if !page.isEmpty {
            samples.append(
                SampleReport(title: "Metrics Sample: newest values", language: "prometheus", text: page))
        } else if let recording, let series = recording.series.first {
            samples.append(
                SampleReport(
                    title: "Metrics Sample: \(Recording.cut(series.name))", language: "text",
                    text: Self.text(series, recording)))
        }
    }

    mutating func addLog(_ recording: Recording) {
        guard let log = recording.logs.first else { return }
        samples.append(
            SampleReport(
                title: "Log Sample: record of \(recording.service(log.resource))", language: "json",
                text: OTLPSample.fitting(Self.bytesMax) { $0.request(log, recording) }))
    }

    mutating func addProcessedLine() {
        guard !processedLine.isEmpty else { return }
        let text = JSONLayout.lines(processedLine) ?? processedLine
        samples.append(
            SampleReport(
                title: "Processed Log Sample", language: "json", text: Self.cut(text, bytes: Self.bytesMax)))
    }

    // MARK: Metrics

    /// The series of a metric with the newest value of each.
    private static func text(_ first: RecordedSeries, _ recording: Recording) -> String {
        var facts = [first.kind.rawValue]
        if first.temporality != .unspecified { facts.append(first.temporality.rawValue) }
        if first.isMonotonic { facts.append("monotonic") }
        if !first.unit.isEmpty { facts.append("unit \(Recording.cut(first.unit))") }
        var lines = ["# \(Recording.cut(first.name)): \(facts.joined(separator: ", "))"]
        for series in recording.series where series.name == first.name && series.resource == first.resource {
            guard lines.count <= seriesMax else {
                lines.append("…")
                break
            }
            let labels = series.attributes.entries.prefix(labelsMax).map {
                "\($0.key)=\"\(Recording.cut($0.value.text))\""
            }
            lines.append("\(Recording.cut(series.name)){\(labels.joined(separator: ","))} \(value(series.points.last))")
        }
        return cut(lines.joined(separator: "\n"), bytes: bytesMax)
    }

    private static func value(_ point: RecordedPoint?) -> String {
        switch point?.value {
        case .int(let value): "\(value)"
        case .double(let value): RecordedValue.double(value).text
        case .histogram(let histogram):
            "count \(histogram.count)" + (histogram.sum.map { ", sum \(RecordedValue.double($0).text)" } ?? "")
        case .summary(let count, let sum, _): "count \(count), sum \(RecordedValue.double(sum).text)"
        case nil, .some(.none): "(no value)"
        }
    }

    /// At the end of a line where there is one.
    static func cut(_ text: String, bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        let head = String(decoding: text.utf8.prefix(bytes), as: UTF8.self)
        guard let end = head.lastIndex(of: "\n") else { return String(head.dropLast()) + "…" }
        return head[..<end] + "\n…"
    }
}
