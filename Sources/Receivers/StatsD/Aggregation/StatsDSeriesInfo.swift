package import Codecs
package import PrometheusModel

/// What a series of samples from StatsD becomes on the Prometheus side.
package enum StatsDKind: UInt8, Sendable, BitwiseCopyable {
    case counter, gauge, timer, histogram, set

    init(_ type: StatsDType) {
        switch type {
        case .counter: self = .counter
        case .gauge: self = .gauge
        case .timer: self = .timer
        // Whoever sends one as the other means one metric.
        case .histogram, .distribution: self = .histogram
        case .set: self = .set
        }
    }

    var hasQuantiles: Bool { self == .timer || self == .histogram }
}

/// What does not change in the life of a series.
package final class StatsDSeriesInfo: Sendable {
    package let kind: StatsDKind
    package let type: StatsDType
    /// As it was sent, `spacetimedb.database.inserts`.
    package let sentName: String
    /// The metric's name is `baseName`.
    package let labels: Labels

    init(_ type: StatsDType, sentName: String, labels: Labels) {
        kind = StatsDKind(type)
        self.type = type
        self.sentName = sentName
        self.labels = labels
    }

    /// Without the suffixes of a timer's parts.
    package var baseName: String { labels.metricName }

    /// The original name, so that a person finds the metric again whose dots became underscores.
    package var help: String { "StatsD \(type.name) \(sentName)" }

    /// Name and tags in the form in which the original server prints them, `name;key=value`.
    package var sentKey: String {
        labels.entries.filter { $0.name != Labels.nameLabel }
            .reduce(into: sentName) { $0 += ";\($1.name)=\($1.value)" }
    }
}

/// The rules by which names and tags of StatsD become those of Prometheus.
enum StatsDNaming {
    /// More tags than this are no series anybody could ask for.
    static let tagsMax = 64

    /// Of the metric, or of the family of a timer's metrics: see `StatsDReceiver`.
    static func baseName(_ sentName: String, _ kind: StatsDKind) -> String {
        let name = sanitized(sentName, allowsColon: true)
        switch kind {
        case .counter: return name.hasSuffix("_total") ? name : name + "_total"
        case .timer: return name.hasSuffix("_ms") || name.hasSuffix("_milliseconds") ? name : name + "_ms"
        case .gauge, .histogram, .set: return name
        }
    }

    /// All names of metrics that a series of this kind makes.
    static func metricNames(_ baseName: String, _ kind: StatsDKind) -> [String] {
        kind.hasQuantiles
            ? [baseName, baseName + "_count", baseName + "_sum", baseName + histogramSuffix] : [baseName]
    }

    static let histogramSuffix = "_histogram"

    /// Sorted, each key once: of two tags with one key the later counts.
    static func labels(_ baseName: String, _ tags: [(key: String, value: String)], _ kind: StatsDKind) -> Labels {
        var entries: [Label] = []
        for (key, value) in tags {
            var name = sanitized(key, allowsColon: false)
            // Names with two underscores are Prometheus' own, and a quantile is what we put there ourselves.
            if name.hasPrefix("__") || (name == "quantile" && kind.hasQuantiles) { name = "exported_" + name }
            entries.append(Label(name, value))
        }
        entries.append(Label(Labels.nameLabel, baseName))
        return Labels(entries)
    }

    /// Every character outside `[a-zA-Z0-9_:]` becomes an underscore, and a digit in front gets one before it.
    static func sanitized(_ text: String, allowsColon: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": result.unicodeScalars.append(scalar)
            case "0"..."9":
                if result.isEmpty { result = "_" }
                result.unicodeScalars.append(scalar)
            case ":": result += allowsColon ? ":" : "_"
            default: result += "_"
            }
        }
        return result
    }
}
