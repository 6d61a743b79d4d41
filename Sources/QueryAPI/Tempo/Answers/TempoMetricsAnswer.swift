import Codecs
import QueryEngines
import TelemetryModel
import TraceQL

/// Time series as JSON.
///
/// - Spec: Tempo, "TraceQL Metrics"; tempo.proto, `QueryRangeResponse` and `QueryInstantResponse`. The member
///   `promLabels` of older versions is left out: Grafana refuses the instant answer that has it.
enum TempoMetricsAnswer {
    static func range(_ result: TraceMetricsResult) -> [UInt8] {
        answer(result) { series, writer in
            writer.key("samples")
            writer.open("[")
            for sample in series.samples {
                writer.separate()
                writer.open("{")
                writer.key("timestampMs")
                writer.quotedInteger(sample.time / 1_000_000)
                writer.key("value")
                writer.double(sample.value)
                writer.close("}")
            }
            writer.close("]")
            if !series.exemplars.isEmpty { write(series.exemplars, to: &writer) }
        }
    }

    /// The value of a series without one is left out with the series.
    static func instant(_ result: TraceMetricsResult) -> [UInt8] {
        var result = result
        result.series.removeAll(where: \.samples.isEmpty)
        return answer(result) { series, writer in
            writer.key("value")
            writer.double(series.samples.first?.value ?? 0)
        }
    }

    private static func answer(
        _ result: TraceMetricsResult, _ write: (TraceMetricsResult.Series, inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("series")
        writer.open("[")
        for series in result.series {
            writer.separate()
            writer.open("{")
            writer.key("labels")
            writer.open("[")
            for label in series.labels {
                writer.separate()
                writer.attribute(label.key, label.value)
            }
            writer.close("]")
            write(series, &writer)
            writer.close("}")
        }
        writer.close("]")
        writer.searchMetrics(inspectedSpans: result.inspectedSpans)
        writer.close("}")
        return writer.bytes
    }

    /// Grafana makes a point with the label `trace:id` a link to the trace.
    private static func write(_ exemplars: [TraceMetricsResult.Exemplar], to writer: inout JSONWriter) {
        writer.key("exemplars")
        writer.open("[")
        for exemplar in exemplars {
            writer.separate()
            writer.open("{")
            writer.key("labels")
            writer.open("[")
            writer.attribute("trace:id", .string(exemplar.traceID.hex))
            writer.separate()
            writer.attribute("span:id", .string(exemplar.spanID.hex))
            writer.close("]")
            writer.key("value")
            writer.double(exemplar.value)
            writer.key("timestampMs")
            writer.quotedInteger(exemplar.time / 1_000_000)
            writer.close("}")
        }
        writer.close("]")
    }
}
