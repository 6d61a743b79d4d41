import TelemetryModel

/// Points of metrics as lines with `resourceMetrics`: what OTLP's senders have sent, and series of Prometheus' kind in
/// OTLP's terms. `target_info` and metadata without points, which Martlet keeps for itself, are left out, and so are the
/// running totals of delta histograms.
final class MetricLines: BlockLines {
    /// The tables of points, in the order in which they become lines.
    enum Table: Int, CaseIterable {
        case samples, histograms, exponentialHistograms, summaries, nativeHistograms
    }

    let references = ReferenceTexts()
    let series = SeriesTexts()
    var batch = TelemetryBatch()
    var exemplars = ExemplarIndex()
    var exemplarAttributes: AttributeLines
    /// By table, the number of the series of each row; -1 for a row that is left out.
    var seriesOfRows: [[Int32]] = Table.allCases.map { _ in [] }
    private let exemplarKeys = KeyTexts()
    private var tree = ItemTree(itemsMax: itemsPerLine)
    /// By number of the metric; -1 for one that the block does not have.
    private var nodeOfMetric: [Int32] = []
    private var nodeOfOwner: [UInt64: [UInt64: Int32]] = [:]
    private var nodeOfResource: [UInt64: Int32] = [:]

    init() { exemplarAttributes = AttributeLines(batch.exemplars.attributes, exemplarKeys) }

    // MARK: What rows refer to

    func learn(_ batch: TelemetryBatch) {
        // Series of Prometheus' kind have resources of their own making, so that neither goes alone.
        if series.isFull || references.forgetIfFull() {
            references.removeAll()
            series.removeAll()
        }
        references.learn(batch.resources)
        references.learn(batch.scopes)
        series.learn(batch.series, references)
    }

    func missing(_ batch: TelemetryBatch) -> MissingReferences {
        var missing = MissingReferences()
        var isChecked = [Bool](repeating: false, count: series.metrics.count)
        for table in Table.allCases {
            let ids = Self.seriesIDs(table, batch)
            for row in 0..<ids.count {
                let id = ids.values[row]
                guard let number = series.number(id) else {
                    if !series.isLeftOut(id) { missing.series.insert(id) }
                    continue
                }
                let place = Int(series.series[Int(number)].metric)
                if isChecked[place] { continue }
                isChecked[place] = true
                let metric = series.metrics[place]
                if references.resource(metric.resourceID) == nil { missing.resources.insert(metric.resourceID) }
                if references.scope(metric.scopeID) == nil { missing.scopes.insert(metric.scopeID) }
            }
        }
        return missing
    }

    func learn(_ found: FoundReferences) {
        for (id, resource) in found.resources { references.learn(id, resource) }
        for (id, scope) in found.scopes { references.learn(id, scope) }
        for (id, stored) in found.series { series.learn(id, stored, references) }
    }

    static func seriesIDs(_ table: Table, _ batch: TelemetryBatch) -> FixedColumn<UInt64> {
        switch table {
        case .samples: batch.samples.seriesID
        case .histograms: batch.histograms.seriesID
        case .exponentialHistograms: batch.exponentialHistograms.seriesID
        case .summaries: batch.summaries.seriesID
        case .nativeHistograms: batch.nativeHistograms.seriesID
        }
    }

    // MARK: Lines

    func begin(_ batch: TelemetryBatch) -> Int {
        self.batch = batch
        tree.reset()
        nodeOfMetric = [Int32](repeating: -1, count: series.metrics.count)
        nodeOfOwner.removeAll(keepingCapacity: true)
        nodeOfResource.removeAll(keepingCapacity: true)
        for table in Table.allCases { readSeries(of: table) }
        exemplars.begin(batch.exemplars, hasNative: batch.nativeHistograms.rows > 0) { id in
            guard let number = self.series.number(id) else { return true }
            return self.series.series[Int(number)].isPrometheus
        }
        exemplarKeys.begin(batch.exemplars.attributes.text.keys.interner.values)
        exemplarAttributes = AttributeLines(batch.exemplars.attributes, exemplarKeys)
        return Table.allCases.reduce(0) { $0 + windows($1).count }
    }

    private func readSeries(of table: Table) {
        let ids = Self.seriesIDs(table, batch)
        var numbers: [Int32] = []
        numbers.reserveCapacity(ids.count)
        for row in 0..<ids.count {
            var number = series.number(ids.values[row]) ?? -1
            if number >= 0 {
                if table == .nativeHistograms { number = nativeSeries(row, number) }
            }
            numbers.append(number)
        }
        seriesOfRows[table.rawValue] = numbers
    }

    private func windows(_ table: Table) -> Windows { Windows(rows: seriesOfRows[table.rawValue].count) }

    private func place(_ window: Int) -> (table: Table, window: Int)? {
        var rest = window
        for table in Table.allCases {
            let count = windows(table).count
            if rest < count { return (table, rest) }
            rest -= count
        }
        return nil
    }

    func items(from window: Int) -> Int {
        var items = 0
        var first = window
        for table in Table.allCases {
            let windows = windows(table)
            if first < windows.count {
                items += windows.rows - max(0, first) * itemsPerLine
            }
            first -= windows.count
        }
        return items
    }

    func write(_ window: Int, to buffer: LineBuffer) -> Int {
        guard let (table, window) = place(window) else { return 0 }
        let range = windows(table).range(window)
        let numbers = seriesOfRows[table.rawValue]
        tree.beginWindow()
        var items = 0
        for row in range where numbers[row] >= 0 {
            let metric = series.series[Int(numbers[row])].metric
            var node = nodeOfMetric[Int(metric)]
            if node < 0 { node = addNode(metric) }
            tree.add(Int32(truncatingIfNeeded: row - range.lowerBound), to: node)
            items += 1
        }
        guard items > 0 else { return 0 }
        buffer.append("{\"resourceMetrics\":[")
        var resourceNode = tree.firstRoot
        while resourceNode >= 0 {
            let node = tree.nodes[Int(resourceNode)]
            let resource = references.resources[Int(node.reference)]
            buffer.append("{")
            buffer.append(resource.text)
            buffer.append("\"scopeMetrics\":[")
            var scopeNode = node.first
            while scopeNode >= 0 {
                let node = tree.nodes[Int(scopeNode)]
                let scope = references.scopes[Int(node.reference)]
                buffer.append("{")
                buffer.append(scope.text)
                buffer.append("\"metrics\":[")
                var metricNode = node.first
                while metricNode >= 0 {
                    let node = tree.nodes[Int(metricNode)]
                    let metric = series.metrics[Int(node.reference)]
                    buffer.append(metric.opening)
                    var item = node.first
                    while item >= 0 {
                        let row = range.lowerBound + Int(item)
                        write(table, row, numbers[row], to: buffer)
                        item = tree.nextItem[Int(item)]
                    }
                    if buffer.base[buffer.count - 1] == UInt8(ascii: ",") { buffer.truncate(to: buffer.count - 1) }
                    buffer.append(metric.closing)
                    metricNode = node.next
                }
                buffer.closeMembers("]")
                buffer.append(scope.schema)
                buffer.append("},")
                scopeNode = node.next
            }
            buffer.closeMembers("]")
            buffer.append(resource.schema)
            buffer.append("},")
            resourceNode = node.next
        }
        buffer.closeMembers("]}\n")
        return items
    }

    private func addNode(_ number: Int32) -> Int32 {
        let metric = series.metrics[Int(number)]
        let parent: Int32
        if let known = nodeOfResource[metric.resourceID] {
            parent = known
        } else {
            let resource =
                references.resource(metric.resourceID)
                ?? references.learnUnknown(resource: metric.resourceID, metric.service)
            parent = tree.addNode(resource, parent: nil)
            nodeOfResource[metric.resourceID] = parent
        }
        let scopeNode: Int32
        if let known = nodeOfOwner[metric.resourceID]?[metric.scopeID] {
            scopeNode = known
        } else {
            let scope = references.scope(metric.scopeID) ?? references.learnUnknown(scope: metric.scopeID)
            scopeNode = tree.addNode(scope, parent: parent)
            nodeOfOwner[metric.resourceID, default: [:]][metric.scopeID] = scopeNode
        }
        let node = tree.addNode(number, parent: scopeNode)
        nodeOfMetric[Int(number)] = node
        return node
    }
}
