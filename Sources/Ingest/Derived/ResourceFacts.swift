import TelemetryModel

/// What is needed of resources, remembered because a block brings only those that are new that day.
///
/// - Bound: `limit`. When it is reached, those not written since yesterday go; if all are of today, what is new is not
///   remembered, its spans have no labels of the resource, and it is counted.
struct ResourceFacts: Sendable {
    struct Facts: Sendable {
        var day: Int64 = 0
        /// `service.namespace`.
        var namespace = ""
        /// `service.instance.id`.
        var instance = ""
        /// By place of the key; nil when the resource does not have it.
        var values: [String?] = []
    }

    static let none = Facts()

    let limit: Int

    /// Attributes that are asked for beside those that every resource is asked for.
    let keys: [String]
    private var facts: [UInt64: Facts] = [:]
    private(set) var forgotten = 0

    init(keys: [String], limit: Int = 100_000) {
        self.keys = keys
        self.limit = limit
    }

    var count: Int { facts.count }

    func facts(of resource: UInt64) -> Facts { facts[resource] ?? Self.none }

    mutating func learn(_ block: ResourceBlock) {
        for row in 0..<block.rows {
            let id = block.id[row]
            let day = block.receivedTime[row].nanoseconds / 86_400_000_000_000
            if facts[id] != nil {
                facts[id]?.day = day
                continue
            }
            if facts.count >= limit { facts = facts.filter { $0.value.day >= day - 1 } }
            guard facts.count < limit else {
                forgotten += 1
                continue
            }
            facts[id] = read(row, block.attributes, day)
        }
    }

    private func read(_ row: Int, _ columns: AttributeColumns, _ day: Int64) -> Facts {
        var facts = Facts(day: day)
        var values = [String?](repeating: nil, count: keys.count)
        var hasValue = false
        let text = columns.text
        for entry in Int(text.offsets[row])..<Int(text.offsets[row + 1]) {
            let key = text.keys.string(at: entry)
            let place = keys.firstIndex(of: key)
            guard place != nil || key == "service.namespace" || key == "service.instance.id" else { continue }
            let value = SpanText.bounded(text.values.utf8(at: entry))
            guard !value.isEmpty else { continue }
            if key == "service.namespace" { facts.namespace = value }
            if key == "service.instance.id" { facts.instance = value }
            if let place, values[place] == nil {
                values[place] = value
                hasValue = true
            }
        }
        if hasValue { facts.values = values }
        return facts
    }
}
