package import PrometheusModel

/// Writes a page of metrics as text 0.0.4 or as OpenMetrics 1.0.
///
/// The order is fixed: families by name, in a family its metrics by their labels, in a metric buckets by their bounds
/// (or quantiles), then `_sum`, `_count` and `_created`, then by time. What is written reads back as the same labels,
/// values and times, but for what a format cannot say: help of nothing but white space, and in text a time before 1970.
package struct ExpositionWriter: Sendable {
    package enum Form: Sendable {
        case text, openMetrics

        package var format: ExpositionFormat { self == .text ? .text : .openMetrics }
    }

    /// What becomes of a name that is not `[a-zA-Z_][a-zA-Z0-9_]*`.
    package enum Names: Sendable {
        /// It stands in quotes, which readers since Prometheus 3 understand (`escaping=allow-utf-8`).
        case quoted
        /// Each character that is not allowed becomes `_` (`escaping=underscores`).
        case underscores
    }

    /// What becomes of native histograms, which neither format has.
    package enum NativeHistograms: Sendable {
        /// They become classic ones, with the bounds of those buckets that they have.
        case classic
        /// They are left out; text says so in a comment, OpenMetrics allows none.
        case leftOut
    }

    package struct Entry: Sendable {
        package enum Value: Hashable, Sendable {
            case number(Double)
            case histogram(NativeHistogram)
        }

        package var labels: Labels
        package var value: Value
        /// Milliseconds since the Unix epoch; nil to write none.
        package var time: Int64?
        /// Of the family: the type is that of `foo`, also for `foo_bucket`.
        package var metadata: MetricMetadata

        package init(
            labels: Labels, value: Value, time: Int64? = nil, metadata: MetricMetadata = MetricMetadata()
        ) {
            self.labels = labels
            self.value = value
            self.time = time
            self.metadata = metadata
        }

        package init(
            labels: Labels, value: Double, time: Int64? = nil, metadata: MetricMetadata = MetricMetadata()
        ) {
            self.init(labels: labels, value: .number(value), time: time, metadata: metadata)
        }
    }

    package var form: Form
    package var names: Names
    package var nativeHistograms: NativeHistograms

    package init(_ form: Form, names: Names = .quoted, nativeHistograms: NativeHistograms = .classic) {
        self.form = form
        self.names = names
        self.nativeHistograms = nativeHistograms
    }

    /// The header of the page.
    package var contentType: String {
        form.format.contentType + (names == .quoted ? "; escaping=allow-utf-8" : "; escaping=underscores")
    }

    package func write(_ entries: [Entry]) -> [UInt8] {
        var lines: [ExpositionLine] = []
        lines.reserveCapacity(entries.count)
        var leftOut: Set<String> = []
        // A name can be of one family only: histograms beside numbers of the same name are left out.
        var namesOfNumbers: Set<String> = []
        for entry in entries {
            if case .number = entry.value { namesOfNumbers.insert(entry.labels.metricName) }
        }
        for entry in entries {
            let labels = names == .underscores ? Self.underscored(entry.labels) : Self.writable(entry.labels)
            switch entry.value {
            case .number(let value):
                lines.append(ExpositionLine(labels, value, entry.time, entry.metadata, form))
            case .histogram(let histogram):
                switch nativeHistograms {
                case .classic where !namesOfNumbers.contains(entry.labels.metricName):
                    expand(histogram, labels, entry, into: &lines)
                case .classic, .leftOut: leftOut.insert(labels.metricName)
                }
            }
        }
        lines.sort()

        var page = ExpositionPage(form)
        var start = 0
        while start < lines.count {
            var end = start + 1
            while end < lines.count, lines[end].isOfFamily(of: lines[start]) { end += 1 }
            page.writeFamily(lines[start..<end])
            start = end
        }
        if form == .text {
            for name in leftOut.sorted() { page.writeComment("native histogram left out:", name) }
        } else {
            page.writeEnd()
        }
        return page.bytes
    }

    /// - Note: a bucket of negative numbers ends before its bound, a classic one with it: an observation on the bound
    ///   itself is counted one bucket lower.
    private func expand(
        _ histogram: NativeHistogram, _ labels: Labels, _ entry: Entry, into lines: inout [ExpositionLine]
    ) {
        let isGauge = entry.metadata.type == .gaugehistogram || histogram.counterReset == .gauge
        var metadata = entry.metadata
        metadata.type = isGauge ? .gaugehistogram : .histogram
        let name = labels.metricName
        func add(_ suffix: String, _ value: Double, le bound: String? = nil) {
            var labels = labels.setting(Labels.nameLabel, name + suffix)
            if let bound { labels = labels.setting("le", bound) }
            lines.append(ExpositionLine(labels, value, entry.time, metadata, form))
        }
        var cumulative: Double = 0
        let buckets = histogram.allBuckets
        for (index, bucket) in buckets.enumerated() {
            cumulative += bucket.count
            // Of buckets with one bound the last counts all.
            let isLast = index + 1 == buckets.count || buckets[index + 1].upper > bucket.upper
            if isLast, bucket.upper.isFinite {
                add("_bucket", cumulative, le: ExpositionNumber.openMetrics(bucket.upper))
            }
        }
        add("_bucket", histogram.count, le: "+Inf")
        add(isGauge ? "_gsum" : "_sum", histogram.sum)
        add(isGauge ? "_gcount" : "_count", histogram.count)
    }

    // MARK: Names

    /// Of labels that get the same name the first stays.
    private static func underscored(_ labels: Labels) -> Labels {
        let isClassic = labels.entries.allSatisfy { entry in
            entry.name == Labels.nameLabel
                ? LabelName.isClassicMetricName(entry.value) : LabelName.isClassic(entry.name)
        }
        if isClassic { return labels }
        var entries: [Label] = []
        for entry in labels.entries {
            let isName = entry.name == Labels.nameLabel
            let name = isName ? entry.name : underscored(entry.name, colon: false)
            guard !entries.contains(where: { $0.name == name }) else { continue }
            entries.append(Label(name, isName ? underscored(entry.value, colon: true) : entry.value))
        }
        // Sorted here, since an empty value, which a federation shows, has to stay.
        return Labels(sorted: entries.sorted { $0.name < $1.name })
    }

    /// Each character, not each byte, becomes one underscore.
    private static func underscored(_ name: String, colon: Bool) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            let isAllowed: Bool
            switch scalar {
            case "a"..."z", "A"..."Z", "_": isAllowed = true
            case "0"..."9": isAllowed = !result.isEmpty
            case ":": isAllowed = colon
            default: isAllowed = false
            }
            result.unicodeScalars.append(isAllowed ? scalar : "_")
        }
        return result
    }

    /// NUL cannot stand in names, not even in quotes.
    private static func writable(_ labels: Labels) -> Labels {
        let hasNUL = labels.entries.contains {
            $0.name.utf8.contains(0) || ($0.name == Labels.nameLabel && $0.value.utf8.contains(0))
        }
        return hasNUL ? underscored(labels) : labels
    }
}
