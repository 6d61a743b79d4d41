import Codecs
import PrometheusModel

/// Takes the samples of one page: maps their series, holds them to the limits and writes them down.
///
/// - Spec: Prometheus 3.5, `scrape`: what happens to duplicates, to samples out of order and over a limit.
struct ScrapeRound: ExpositionSink {
    /// Samples further in the future than this are dropped.
    private static let futureMillisecondsMax: Int64 = 600_000
    /// Characters of names and values of an exemplar's labels, as OpenMetrics bounds them.
    private static let exemplarCharactersMax = 128

    let rules: SampleRules
    /// Of samples without a time of their own, milliseconds since the Unix epoch.
    let time: Int64
    var cache = SeriesCache()
    var families = MetricFamilies()
    var batches = SampleBatches()

    /// Samples on the page.
    private(set) var scraped = 0
    /// Samples that relabelling left.
    private(set) var added = 0
    /// Series that were not there before.
    private(set) var seriesAdded = 0
    /// Samples written, without staleness markers.
    private(set) var written = 0
    private(set) var duplicates = 0
    private(set) var outOfOrder = 0
    private(set) var outOfBounds = 0

    init(rules: SampleRules, time: Int64) {
        self.rules = rules
        self.time = time
    }

    /// The failure that shows only when the whole page has been counted.
    var sampleLimitFailure: ExpositionError? {
        guard rules.limits.samples > 0, written > rules.limits.samples else { return nil }
        return ExpositionError("sample limit of \(rules.limits.samples) exceeded")
    }

    mutating func type(_ type: MetricType, of family: ExpositionText) throws(ExpositionError) {
        families.change(family) { $0.type = type }
    }

    mutating func help(_ text: ExpositionText, of family: ExpositionText) throws(ExpositionError) {
        let text = text.string
        families.change(family) { if $0.help != text { $0.help = text } }
    }

    mutating func unit(_ text: ExpositionText, of family: ExpositionText) throws(ExpositionError) {
        let text = text.string
        families.change(family) { if $0.unit != text { $0.unit = text } }
    }

    mutating func sample(
        _ series: ExpositionSeries, value: Double, time ownTime: Int64?, startTime: Int64, exemplar: ExpositionExemplar?
    ) throws(ExpositionError) {
        guard let (number, time) = try place(series, ownTime), isBelowLimit else { return }
        let exemplars = exemplar.map { fresh([$0], of: number, time) } ?? []
        batches.add(
            cache.series[number].labels, families[cache.series[number].family], startTime: startTime, time: time,
            value: value, exemplars: exemplars)
    }

    mutating func histogram(
        _ series: ExpositionSeries, value: NativeHistogram, time ownTime: Int64?, startTime: Int64,
        exemplars: [ExpositionExemplar]
    ) throws(ExpositionError) {
        guard let (number, time) = try place(series, ownTime), isBelowLimit else { return }
        batches.add(
            cache.series[number].labels, families[cache.series[number].family], startTime: startTime, time: time,
            histogram: value, exemplars: fresh(exemplars, of: number, time))
    }

    /// Over the limit samples are counted but not written any more.
    private var isBelowLimit: Bool { rules.limits.samples == 0 || written <= rules.limits.samples }

    /// - Returns: the series and the time of a sample; nil when it is not stored.
    @inline(__always)
    private mutating func place(
        _ shown: ExpositionSeries, _ ownTime: Int64?
    ) throws(ExpositionError) -> (number: Int, time: Int64)? {
        scraped += 1
        let found = cache.find(shown.raw)
        let number: Int
        if let found {
            number = found
        } else {
            let labels = try shown.labels()
            let stored = rules.labels.stored(labels)
            if let stored { try rules.check(stored) }
            number = cache.insert(shown.raw, stored, family: families.number(ofSeriesNamed: labels.metricName))
        }
        guard number >= 0 else { return nil }
        added += 1
        let explicit = rules.honorsTimestamps ? ownTime : nil
        let time = explicit ?? time
        let isSeen = cache.series[number].round == cache.round
        if explicit == nil {
            guard !isSeen else {
                duplicates += 1
                return nil
            }
        } else {
            guard time <= self.time.addingReportingOverflow(Self.futureMillisecondsMax).partialValue else {
                outOfBounds += 1
                return nil
            }
            let last = cache.series[number].time
            guard time > last else {
                // A page that repeats what it measured long ago is no fault of anybody.
                if time < last { outOfOrder += 1 } else if isSeen { duplicates += 1 }
                keepAlive(number, isExplicit: true, isSeen: isSeen)
                return nil
            }
        }
        keepAlive(number, isExplicit: explicit != nil, isSeen: isSeen)
        cache.update(number) { $0.time = time }
        if found == nil { seriesAdded += 1 }
        written += 1
        return (number, time)
    }

    @inline(__always)
    private mutating func keepAlive(_ number: Int, isExplicit: Bool, isSeen: Bool) {
        let round = cache.round
        let isTracked = !isExplicit || rules.tracksTimestampsStaleness
        cache.update(number) { series in
            if !isSeen { series.timeBefore = series.time }
            series.round = round
            if isTracked { series.trackedRound = round }
        }
    }

    /// Those that the page did not show at the scrape before.
    private mutating func fresh(_ shown: [ExpositionExemplar], of number: Int, _ time: Int64) -> [Exemplar] {
        guard !shown.isEmpty else { return [] }
        let before = cache.series[number].exemplars
        cache.update(number) { $0.exemplars = shown }
        return shown.filter { exemplar in
            guard !before.contains(exemplar) else { return false }
            let characters = exemplar.labels.entries.reduce(0) {
                $0 + $1.name.unicodeScalars.count + $1.value.unicodeScalars.count
            }
            return characters <= Self.exemplarCharactersMax
        }.map { Exemplar(labels: $0.labels, value: $0.value, time: $0.time ?? time) }
    }
}

/// What a job says about samples, for one target.
struct SampleRules: Hashable, Sendable {
    let labels: SampleLabels
    let limits: ScrapeLimits
    let honorsTimestamps: Bool
    let tracksTimestampsStaleness: Bool
    let validation: NameValidation

    init(_ job: ScrapeJob, targetLabels: Labels) {
        labels = SampleLabels(targetLabels: targetLabels, honorsLabels: job.honorsLabels, rules: job.sampleRules)
        limits = job.limits
        honorsTimestamps = job.honorsTimestamps
        tracksTimestampsStaleness = job.tracksTimestampsStaleness
        validation = job.nameValidation
    }

    /// Holds a new series to the rules and limits of labels.
    func check(_ labels: Labels) throws(ExpositionError) {
        guard labels.has(Labels.nameLabel) else {
            throw ExpositionError("a series has no metric name after relabelling")
        }
        if validation == .legacy {
            for label in labels.entries {
                let isName = label.name == Labels.nameLabel
                guard isName ? LabelName.isClassicMetricName(label.value) : LabelName.isClassic(label.name) else {
                    throw ExpositionError("a name is not of the legacy form")
                }
            }
        }
        if limits.labels > 0, labels.count > limits.labels {
            throw ExpositionError(
                "label_limit exceeded: a series has \(labels.count) labels, limit is \(limits.labels)")
        }
        guard limits.labelNameBytes > 0 || limits.labelValueBytes > 0 else { return }
        for label in labels.entries {
            let name = label.name.utf8.count, value = label.value.utf8.count
            if limits.labelNameBytes > 0, name > limits.labelNameBytes {
                throw ExpositionError(
                    "label_name_length_limit exceeded: a name has \(name) bytes, limit is \(limits.labelNameBytes)")
            }
            if limits.labelValueBytes > 0, value > limits.labelValueBytes {
                throw ExpositionError(
                    "label_value_length_limit exceeded: a value has \(value) bytes, limit is \(limits.labelValueBytes)")
            }
        }
    }
}
