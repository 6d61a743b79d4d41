import TelemetryModel

/// What the families need beside the rows of a block.
struct DerivedContext: Sendable {
    var resources: ResourceFacts
    var scan: AttributeScan
    /// Milliseconds since the Unix epoch.
    var lastTick: Int64 = 0
    /// Nanoseconds since the Unix epoch: ends of spans that count.
    private var earliest = Int64.min
    private var latest = Int64.max
    private(set) var outOfRange = 0
    private var lastResource: UInt64 = 0
    private var lastFacts = ResourceFacts.none

    init(resources: ResourceFacts, scan: AttributeScan) {
        self.resources = resources
        self.scan = scan
    }

    mutating func begin(_ block: SpanBlock, now: Timestamp, slack: Duration?) {
        if let slack {
            let nanoseconds = slack.clampedNanoseconds
            earliest = now.nanoseconds.subtractingClamped(nanoseconds)
            latest = now.nanoseconds.addingClamped(nanoseconds)
            let starts = block.startTime.values.elements
            let durations = block.duration.values.elements
            for row in 0..<block.rows where !isInRange(starts[row].nanoseconds &+ durations[row]) { outOfRange += 1 }
        }
        if !scan.keys.isEmpty { scan.begin(block.attributes) }
        lastResource = 0
        lastFacts = ResourceFacts.none
    }

    @inline(__always)
    func isInRange(_ end: Int64) -> Bool { end >= earliest && end <= latest }

    /// Neighbouring rows mostly have the same resource.
    mutating func facts(of resource: UInt64) -> ResourceFacts.Facts {
        if resource != lastResource {
            lastResource = resource
            lastFacts = resources.facts(of: resource)
        }
        return lastFacts
    }

    /// The value of an attribute of the resource or else of the scanned row; empty when neither has it.
    func value(of attribute: String, _ facts: ResourceFacts.Facts, _ columns: AttributeColumns) -> String {
        if !facts.values.isEmpty, let place = resources.keys.firstIndex(of: attribute),
            let value = facts.values[place]
        {
            return value
        }
        guard let place = scan.place(of: attribute), scan.found[place] >= 0 else { return "" }
        return SpanText.bounded(columns.text.values.utf8(at: Int(scan.found[place])))
    }
}

extension Int64 {
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}

extension Duration {
    var clampedNanoseconds: Int64 {
        let (product, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return components.seconds < 0 ? .min : .max }
        return product.addingClamped(components.attoseconds / 1_000_000_000)
    }

    var clampedMilliseconds: Int64 { clampedNanoseconds / 1_000_000 }
}
