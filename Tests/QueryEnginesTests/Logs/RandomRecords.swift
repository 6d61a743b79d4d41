import TelemetryModel

/// Records of some services, the same for the same seed.
struct RandomRecords {
    static let begin: Int64 = 1_760_000_000_000_000_000
    static let second: Int64 = 1_000_000_000

    static let sources = [
        GivenSource(attributes: [("service.name", "api"), ("host.name", "a1"), ("deployment.environment", "test")]),
        GivenSource(attributes: [("service.name", "worker"), ("host.name", "w1")]),
        GivenSource(attributes: [("app", "pushed"), ("service.name", "pushed"), ("level", "warn")], isPushed: true),
        GivenSource(attributes: [("host.name", "nameless")]),
    ]

    private static let words = [
        "connection", "refused", "timeout", "Timeout", "cache", "miss", "user-17", "retry", "zebrafish", "x", "err",
    ]

    /// One record a second, on the second.
    static func make(_ count: Int, seed: Int) -> [GivenRecord] {
        var random = SeededRandom(seed)
        return (0..<count).map { index in
            var record = GivenRecord(
                time: begin + Int64(index) * second, source: random.below(sources.count),
                body: (0...random.below(5)).map { _ in random.pick(words) }.joined(separator: " "))
            switch random.below(4) {
            case 0: record.body = "{\"msg\":\"\(record.body)\",\"status\":\(200 + random.below(3))}"
            case 1: record.body = "msg=\"\(record.body)\" status=\(200 + random.below(3)) took=\(random.below(50))ms"
            default: break
            }
            if random.chance(0.5) { record.severity = random.pick([5, 9, 13, 17]) }
            if random.chance(0.5) { record.attributes.append(("user.id", "u\(random.below(4))")) }
            if random.chance(0.2) { record.attributes.append(("host.name", "record")) }
            if random.chance(0.3) {
                record.trace = TraceID(high: 7, low: UInt64(1 + random.below(3)))
            } else if random.chance(0.2) {
                record.attributes.append(("trace_id", TraceID(high: 7, low: 1).hex))
            } else if random.chance(0.2) {
                record.body += " trace_id=" + TraceID(high: 7, low: 2).hex
            }
            return record
        }
    }
}
