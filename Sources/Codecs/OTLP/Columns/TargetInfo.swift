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
        let known = ResourceLabels(
            resource.attributes.map { attribute in
                (key: attribute.key, value: AttributeText(attribute.value).text)
            })
        labels = known.targetInfo
        saysCumulativeForDelta = known.saysCumulativeForDelta
    }
}

/// Which targets have their `target_info` in the present block, by minutes.
struct TargetInfoTrack {
    /// Minutes of the points of the present resource, with the newest time in each.
    private var minutes: [(minute: Int64, time: Timestamp)] = []
    private var written: Set<UInt64> = []

    /// Minutes of one resource in one request that are looked at.
    private static let minutesMax = 1440

    /// Notes a point of the present resource.
    @inline(__always)
    mutating func note(_ time: Timestamp) {
        let minute = time.nanoseconds / 60_000_000_000
        if let last = minutes.indices.last, minutes[last].minute == minute {
            if minutes[last].time < time { minutes[last].time = time }
        } else {
            noteMinute(minute, time)
        }
    }

    @inline(never)
    private mutating func noteMinute(_ minute: Int64, _ time: Timestamp) {
        guard time.nanoseconds > 0 else { return }
        if let known = minutes.firstIndex(where: { $0.minute == minute }) {
            minutes[known].time = max(minutes[known].time, time)
            // Mostly the next point has the same.
            minutes.swapAt(known, minutes.count - 1)
        } else if minutes.count < Self.minutesMax {
            minutes.append((minute, time))
        }
    }

    /// Begins another resource.
    mutating func forgetPoints() { minutes.removeAll(keepingCapacity: true) }

    /// Times at which the target's series needs a sample. Once a minute is enough to be found by a query, which looks
    /// back five.
    mutating func due(_ series: UInt64) -> [Timestamp] {
        minutes.filter { minute, _ in
            var hash = StableHash()
            hash.combine(series)
            hash.combine(UInt64(bitPattern: minute))
            return written.insert(hash.finalize()).inserted
        }.map(\.time)
    }
}

extension ColumnAppender {
    /// Appends samples of `target_info` for the points of the present resource. Spec: OpenTelemetry, "Prometheus and
    /// OpenMetrics Compatibility", Resource Attributes.
    ///
    /// Which are due depends on the present block only, so that a block that is made again from the log is the same.
    mutating func appendTargetInfo(of target: MetricTarget) {
        guard !target.labels.isEmpty else { return }
        let series = targetID(target.labels)
        let rows = batch.targets
        for time in self.target.due(series) {
            rows.seriesID.append(series)
            rows.receivedTime.append(receivedTime)
            rows.hour.append(time.hours)
            rows.time.append(time)
        }
    }
}
