import OTLPMessages
import PrometheusModel
import TelemetryModel

/// A resource as PromQL sees it: the labels of its series `target_info`, and what is known of its SDK.
struct MetricTarget {
    /// Empty when the resource has nothing that `target_info` would tell.
    private(set) var labels = Labels()
    private(set) var saysCumulativeForDelta = false

    init() {}

    init(_ resource: OTLPResource) {
        saysCumulativeForDelta = resource.saysCumulativeForDelta
        labels =
            ResourceLabels(
                resource.attributes.map { attribute in
                    (key: attribute.key, value: AttributeText(attribute.value).text)
                }
            ).targetInfo
    }
}

extension OTLPResource {
    /// The Automagik SDKs say that their counters and histograms are cumulative, but each point is what one call
    /// added, with its start at its time.
    var saysCumulativeForDelta: Bool {
        attributes.contains {
            $0.key == "telemetry.sdk.name" && AttributeText($0.value).text == "automagik-telemetry"
        }
    }
}

/// Which targets have their `target_info` in the present block, by minutes.
struct TargetInfoTrack {
    /// Of the point that was appended last; the time of the sample.
    var pointTime = Timestamp(nanoseconds: 0)
    private var written: Set<UInt64> = []

    /// Once a minute for each target is enough to be found by a query, which looks back five.
    mutating func isDue(_ series: UInt64) -> Bool {
        guard pointTime.nanoseconds > 0 else { return false }
        var hash = StableHash()
        hash.combine(series)
        hash.combine(UInt64(bitPattern: pointTime.nanoseconds / 60_000_000_000))
        return written.insert(hash.finalize()).inserted
    }
}

extension ColumnAppender {
    /// Appends a sample of `target_info` at the time of the last point. Spec: OpenTelemetry, "Prometheus and
    /// OpenMetrics Compatibility", Resource Attributes.
    ///
    /// Whether it is due depends on the present block only, so that a block that is made again from the log is the same.
    mutating func appendTargetInfo(of target: MetricTarget) {
        guard !target.labels.isEmpty else { return }
        let series = seriesID(
            target.labels, metadata: MetricMetadata(type: .info, help: "Target metadata"))
        guard self.target.isDue(series) else { return }
        appendSample(series, time: self.target.pointTime, startTime: Timestamp(nanoseconds: 0), value: 1)
        self.target.pointTime = Timestamp(nanoseconds: 0)
    }
}
