import Codecs
import PromQLEvaluation
import PrometheusModel
import QueryEngines

/// Newest samples in the text format, for another server to scrape.
///
/// - Spec: Prometheus, "Federation".
extension PrometheusAPI {
    func federate(_ form: FormParameters, accept: String?) async throws -> PrometheusAnswer {
        let selectors: [[LabelMatcher]]
        do {
            selectors = try SelectorParameter.parseAny(form.all("match[]"))
        } catch {
            return .text(400, error.message + "\n")
        }
        var snapshot = SeriesSnapshot([])
        // Without a selector nothing is selected, not everything.
        if !selectors.isEmpty {
            do {
                snapshot = try await dependencies.catalog.newestSamples(
                    selectors, at: dependencies.now(), lookback: dependencies.queries.defaults.lookback)
            } catch {
                let failure = PrometheusFailure(error)
                return .text(failure.status, failure.message + "\n")
            }
        }
        let writer = ExpositionChoice.writer(
            accept: accept, takesOpenMetrics: false, nativeHistograms: .leftOut)
        let page = writer.write(
            snapshot.entries.map { entry in
                // The types are not told: a selector may have taken a part of a family only.
                ExpositionWriter.Entry(
                    labels: Self.withInstance(entry.labels), value: Self.value(of: entry), time: entry.time)
            })
        return PrometheusAnswer(contentType: writer.contentType, body: .bytes(page))
    }

    /// The newest values of everything, without times, as a target shows its own.
    func exposition(accept: String?) async throws -> PrometheusAnswer {
        let writer = ExpositionChoice.writer(accept: accept, takesOpenMetrics: true, nativeHistograms: .classic)
        return PrometheusAnswer(contentType: writer.contentType, body: .bytes(try await newest(by: writer)))
    }

    /// The same in the text format 0.0.4, for a file.
    func textExposition() async throws -> [UInt8] {
        try await newest(
            by: ExpositionChoice.writer(accept: nil, takesOpenMetrics: false, nativeHistograms: .classic))
    }

    private func newest(by writer: ExpositionWriter) async throws -> [UInt8] {
        let snapshot = try await dependencies.catalog.newestSamples(
            [], at: dependencies.now(), lookback: dependencies.queries.defaults.lookback)
        return writer.write(
            snapshot.entries.map { entry in
                ExpositionWriter.Entry(
                    labels: entry.labels, value: Self.value(of: entry), metadata: entry.metadata)
            })
    }

    private static func value(of entry: SeriesSnapshot.Entry) -> ExpositionWriter.Entry.Value {
        if let histogram = entry.histogram { return .histogram(histogram) }
        return .number(entry.value)
    }

    /// With an empty label `instance` where there is none: a scraper that honours labels would add its own otherwise,
    /// and series without an instance would get that of this server.
    private static func withInstance(_ labels: Labels) -> Labels {
        guard !labels.has("instance") else { return labels }
        var entries = labels.entries
        entries.insert(Label("instance", ""), at: entries.firstIndex { $0.name > "instance" } ?? entries.endIndex)
        // Only for the writer, which writes what it is given: elsewhere labels have no empty values.
        return Labels(sorted: entries)
    }
}
