import QueryEngines
import SwiftProtobuf
import TelemetryModel
import TraceMessages
import TraceQL

/// Time series as messages of tempo.proto.
enum TempoMetricsMessages {
    /// - Parameter seriesMax: series in the answer at most, 0 for all; an answer that is cut says that it is partial.
    static func range(_ result: TraceMetricsResult, seriesMax: Int = 0) -> TempoQueryRangeResponse {
        let isCut = seriesMax > 0 && result.series.count > seriesMax
        return .with {
            $0.series = (isCut ? result.series.prefix(seriesMax) : result.series[...]).map(series)
            $0.metrics = .whole(result)
            if isCut {
                $0.status = .partial
                $0.message = "the answer has \(result.series.count) series, limit is \(seriesMax)"
            }
        }
    }

    /// The value of a series without one is left out with the series.
    static func instant(_ result: TraceMetricsResult) -> TempoQueryInstantResponse {
        .with {
            $0.series = result.series.compactMap { series in
                guard let sample = series.samples.first else { return nil }
                return .with {
                    $0.labels = series.labels.map { TempoKeyValue($0.key, $0.value) }
                    $0.value = sample.value
                }
            }
            $0.metrics = .whole(result)
        }
    }

    private static func series(_ series: TraceMetricsResult.Series) -> TempoTimeSeries {
        .with {
            $0.labels = series.labels.map { TempoKeyValue($0.key, $0.value) }
            $0.samples = series.samples.map { sample in
                .with {
                    $0.timestampMs = sample.time / 1_000_000
                    $0.value = sample.value
                }
            }
            $0.exemplars = series.exemplars.map(exemplar)
        }
    }

    /// Grafana makes a point with the label `trace:id` a link to the trace.
    private static func exemplar(_ exemplar: TraceMetricsResult.Exemplar) -> TempoExemplar {
        .with {
            $0.labels = [
                TempoKeyValue("trace:id", .string(exemplar.traceID.hex)),
                TempoKeyValue("span:id", .string(exemplar.spanID.hex)),
            ]
            $0.value = exemplar.value
            $0.timestampMs = exemplar.time / 1_000_000
        }
    }
}

extension TempoSearchMetrics {
    /// Of an answer that is whole: one job of one.
    fileprivate static func whole(_ result: TraceMetricsResult) -> TempoSearchMetrics {
        .with {
            $0.inspectedSpans = UInt64(clamping: result.inspectedSpans)
            $0.completedJobs = 1
            $0.totalJobs = 1
        }
    }
}
