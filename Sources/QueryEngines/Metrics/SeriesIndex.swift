import PrometheusModel
import TelemetryModel

/// The metric series of the store as PromQL names them, in memory: what a selector is answered from.
///
/// Names, values and the pairs of each series are numbers into shared tables, so that a series with ten labels takes
/// some 150 bytes. Values of a label are looked up in postings, which are made for a metric when a matcher first asks.
///
/// A value type; `MetricStore` owns one behind a lock.
struct SeriesIndex {
    /// What of a stored series an entry shows.
    enum Part: UInt8 {
        /// Samples of `metric_samples`.
        case number
        /// `metric_native_histograms`, and `metric_exponential_histograms` of OTLP.
        case native, exponential
        /// Of `metric_histograms`. The bounds are in the samples: such an entry becomes a series for each bound.
        case bucket, histogramSum, histogramCount
        /// Of `metric_summaries`; an entry becomes a series for each quantile.
        case quantile, summarySum, summaryCount
        /// `metric_targets`.
        case target

        /// The label that the samples bring.
        var addedLabel: String? {
            switch self {
            case .bucket: "le"
            case .quantile: "quantile"
            default: nil
            }
        }

        var hasExemplars: Bool {
            switch self {
            case .number, .native, .exponential, .bucket: true
            default: false
            }
        }
    }

    /// A stored series that an entry gets samples from.
    struct Source {
        var id: UInt64
        var part: Part
        /// Its points are summed up (`RunningTotals`).
        var isSummedUp: Bool
    }

    struct Entry {
        /// Where its pairs stand in `pairs`.
        fileprivate var pairs: Range<Int>
        var source: Source
        /// More of them, when streams differ only in what no label tells, such as the scope; seldom there.
        fileprivate var others: [Source] = []
        /// Days of arrival from 1970.
        var firstDay: Int32
        var lastDay: Int32

        var sources: [Source] { [source] + others }
    }

    /// Entries by a number; mostly one, which costs no list.
    private struct Places {
        private var first: [UInt64: Int32] = [:]
        private var more: [UInt64: [Int32]] = [:]

        mutating func append(_ place: Int32, to key: UInt64) {
            if first[key] == nil {
                first[key] = place
            } else {
                more[key, default: []].append(place)
            }
        }

        subscript(key: UInt64) -> [Int32] {
            guard let one = first[key] else { return [] }
            return [one] + (more[key] ?? [])
        }
    }

    /// The entries of a metric name.
    private struct Metric {
        var entries: [Int32] = []
        /// Entries whose samples bring this label, ascending; a metric may have such entries and plain ones.
        var adding: [String: [Int32]] = [:]
        /// By the number of a label's name: entries by the number of its value; 0 stands for entries without it.
        var postings: [UInt32: [UInt32: [Int32]]] = [:]
    }

    /// Tells one index from the one that takes its place; numbers of entries are good for one only.
    let generation: UInt64
    private(set) var entries: [Entry] = []
    /// Days by the id of a stored series, so that a row of one that is known costs no text.
    private var entriesByID = Places()
    private var pairs: [(name: UInt32, value: UInt32)] = []
    private var texts: [String] = [""]
    private var textNumbers: [String: UInt32] = ["": 0]
    private var metrics: [UInt32: Metric] = [:]
    private var entriesByHash = Places()
    /// Names in PromQL by the names that senders used.
    private var aliases: [String: Set<String>] = [:]
    private(set) var metadata: [String: [MetricMetadata]] = [:]

    init(generation: UInt64 = 0) { self.generation = generation }

    var count: Int { entries.count }

    // MARK: Adding

    /// Notes that rows of a stored series arrived on a day; false when it is not known yet.
    mutating func touch(_ id: UInt64, day: Int32) -> Bool {
        let places = entriesByID[id]
        for place in places {
            entries[Int(place)].firstDay = min(entries[Int(place)].firstDay, day)
            entries[Int(place)].lastDay = max(entries[Int(place)].lastDay, day)
        }
        return !places.isEmpty
    }

    /// Adds a stored series under its labels, the name among them.
    mutating func add(_ labels: Labels, _ source: Source, firstDay: Int32, lastDay: Int32) {
        var numbers: [(name: UInt32, value: UInt32)] = []
        var hash = StableHash()
        for label in labels.entries {
            let pair = (number(of: label.name), number(of: label.value))
            numbers.append(pair)
            hash.combine(UInt64(pair.0) << 32 | UInt64(pair.1))
        }
        hash.combine(source.part.addedLabel == nil ? 0 : 1)
        let key = hash.finalize()
        let known = entriesByHash[key].first { candidate in
            let entry = entries[Int(candidate)]
            return entry.source.part.addedLabel == source.part.addedLabel
                && pairs[entry.pairs].elementsEqual(numbers) { $0 == $1 }
        }
        if let known {
            let entry = entries[Int(known)]
            if !entry.sources.contains(where: { $0.id == source.id && $0.part == source.part }) {
                entries[Int(known)].others.append(source)
                entriesByID.append(known, to: source.id)
            }
            entries[Int(known)].firstDay = min(entry.firstDay, firstDay)
            entries[Int(known)].lastDay = max(entry.lastDay, lastDay)
            return
        }
        let place = Int32(entries.count)
        entries.append(
            Entry(
                pairs: pairs.count..<pairs.count + numbers.count, source: source, firstDay: firstDay,
                lastDay: lastDay))
        pairs += numbers
        entriesByID.append(place, to: source.id)
        entriesByHash.append(place, to: key)
        let name = number(of: labels.metricName)
        var metric = metrics.removeValue(forKey: name) ?? Metric()
        metric.entries.append(place)
        if let label = source.part.addedLabel { metric.adding[label, default: []].append(place) }
        // A copy of the keys: while `keys` itself is held, the first change would copy all postings.
        for label in Array(metric.postings.keys) {
            let value = numbers.first { $0.name == label }?.value ?? 0
            metric.postings[label]?[value, default: []].append(place)
        }
        metrics[name] = metric
    }

    mutating func addAlias(_ alias: String, of name: String) {
        guard alias != name else { return }
        aliases[alias, default: []].insert(name)
    }

    mutating func addMetadata(_ data: MetricMetadata, of family: String) {
        guard data != MetricMetadata() else { return }
        var known = metadata[family] ?? []
        guard known.first != data else { return }
        // The newest is first; what nobody sends any more goes.
        known.removeAll { $0 == data || $0.type == data.type && $0.help.isEmpty && $0.unit.isEmpty }
        known.insert(data, at: 0)
        metadata[family] = Array(known.prefix(Self.metadataMax))
    }

    /// Different descriptions kept of one metric.
    private static let metadataMax = 10

    private mutating func number(of text: String) -> UInt32 {
        if let known = textNumbers[text] { return known }
        let number = UInt32(texts.count)
        texts.append(text)
        textNumbers[text] = number
        return number
    }

    // MARK: Reading

    func labels(of entry: Int32) -> Labels {
        let range = entries[Int(entry)].pairs
        return Labels(sorted: pairs[range].map { Label(texts[Int($0.name)], texts[Int($0.value)]) })
    }

    /// Entries that match. A condition on a label that the samples bring (`le`, `quantile`) is left to whoever reads
    /// the samples.
    mutating func select(_ matchers: [LabelMatcher]) -> [Int32] {
        let onName = matchers.filter { $0.name == Labels.nameLabel }
        let others = matchers.filter { $0.name != Labels.nameLabel }
        var found: [Int32] = []
        for name in names(onName) { found += select(name, others) }
        return found
    }

    private mutating func select(_ name: UInt32, _ matchers: [LabelMatcher]) -> [Int32] {
        guard let metric = metrics[name] else { return [] }
        guard !matchers.isEmpty else { return metric.entries }
        let adding = metric.adding
        var result: [Int32]?
        for matcher in matchers {
            var matching = postings(of: name, label: textNumbers[matcher.name], matcher)
            if let open = adding[matcher.name] { matching = Array(Set(matching).union(open)).sorted() }
            if let before = result {
                result = Self.intersection(before, matching)
            } else {
                result = matching
            }
            if result?.isEmpty == true { return [] }
        }
        return result ?? metric.entries
    }

    /// Entries of a metric whose label matches, ascending.
    private mutating func postings(of name: UInt32, label: UInt32?, _ matcher: LabelMatcher) -> [Int32] {
        guard let label else { return matcher.matches("") ? metrics[name]?.entries ?? [] : [] }
        if metrics[name]?.postings[label] == nil { makePostings(of: name, label: label) }
        guard let values = metrics[name]?.postings[label] else { return [] }
        if matcher.kind == .equal {
            guard let value = textNumbers[matcher.value] else { return [] }
            return values[value] ?? []
        }
        var matching: [[Int32]] = []
        for (value, entries) in values where matcher.matches(texts[Int(value)]) { matching.append(entries) }
        if matching.count == 1 { return matching[0] }
        return matching.flatMap { $0 }.sorted()
    }

    private mutating func makePostings(of name: UInt32, label: UInt32) {
        var values: [UInt32: [Int32]] = [:]
        for place in metrics[name]?.entries ?? [] {
            let value = pairs[entries[Int(place)].pairs].first { $0.name == label }?.value ?? 0
            values[value, default: []].append(place)
        }
        metrics[name]?.postings[label] = values
    }

    private static func intersection(_ left: [Int32], _ right: [Int32]) -> [Int32] {
        var result: [Int32] = []
        var (a, b) = (0, 0)
        while a < left.count, b < right.count {
            if left[a] == right[b] {
                result.append(left[a])
                a += 1
                b += 1
            } else if left[a] < right[b] {
                a += 1
            } else {
                b += 1
            }
        }
        return result
    }

    /// Metric names that match. A name that no metric has in PromQL, but a sender used, stands for what it became: with
    /// dots, or without the suffixes of unit and type.
    private func names(_ matchers: [LabelMatcher]) -> [UInt32] {
        if let equal = matchers.first(where: { $0.kind == .equal }) {
            let rest = matchers.filter { $0 != equal }
            return resolve(equal.value).filter { name in rest.allSatisfy { $0.matches(texts[Int(name)]) } }
        }
        return metrics.keys.filter { name in matchers.allSatisfy { $0.matches(texts[Int(name)]) } }.sorted()
    }

    private func resolve(_ name: String) -> [UInt32] {
        func numbers(_ names: some Sequence<String>) -> [UInt32] {
            names.compactMap { textNumbers[$0] }.filter { metrics[$0] != nil }.sorted()
        }
        let exact = numbers([name])
        if !exact.isEmpty { return exact }
        if let known = aliases[name] { return numbers(known) }
        let underscored = OTLPMetricName.underscored(name)
        let plain = numbers([underscored])
        return plain.isEmpty ? numbers([underscored + "_total"]) : plain
    }

    /// Names of all metrics in PromQL with the number of their series.
    var metricNames: [(name: String, count: Int)] {
        metrics.map { (texts[Int($0.key)], $0.value.entries.count) }
    }

    /// Distinct names of labels among entries.
    func labelNames(of selected: [Int32]) -> Set<String> {
        var numbers: Set<UInt32> = []
        var added: Set<String> = []
        for place in selected {
            let entry = entries[Int(place)]
            for pair in pairs[entry.pairs] { numbers.insert(pair.name) }
            if let label = entry.source.part.addedLabel { added.insert(label) }
        }
        return added.union(numbers.map { texts[Int($0)] })
    }

    /// Distinct values of a label among entries, those that the samples bring left out.
    func labelValues(_ name: String, of selected: [Int32]) -> Set<String> {
        guard let label = textNumbers[name] else { return [] }
        var numbers: Set<UInt32> = []
        for place in selected {
            for pair in pairs[entries[Int(place)].pairs] where pair.name == label { numbers.insert(pair.value) }
        }
        return Set(numbers.map { texts[Int($0)] })
    }

    var all: [Int32] { Array(0..<Int32(entries.count)) }

    /// Counts for the status page: values and bytes of each label, and the pairs that most series have.
    func labelStatistics(pairsMax: Int) -> (
        values: [(String, Int)], bytes: [(String, Int)], pairCount: Int, pairs: [(String, Int)]
    ) {
        var valuesOf: [UInt32: Set<UInt32>] = [:]
        var countOf: [UInt64: Int] = [:]
        for pair in pairs {
            valuesOf[pair.name, default: []].insert(pair.value)
            countOf[UInt64(pair.name) << 32 | UInt64(pair.value), default: 0] += 1
        }
        let values = valuesOf.map { (texts[Int($0.key)], $0.value.count) }
        let bytes = valuesOf.map { name, numbers in
            (texts[Int(name)], numbers.reduce(0) { $0 + texts[Int($1)].utf8.count })
        }
        // Texts of the winners only: there may be millions.
        let top = countOf.sorted { $0.value > $1.value }.prefix(pairsMax)
        return (
            values, bytes, countOf.count,
            top.map { ("\(texts[Int($0.key >> 32)])=\(texts[Int($0.key & 0xFFFF_FFFF)])", $0.value) }
        )
    }
}
