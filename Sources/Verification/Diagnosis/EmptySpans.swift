import Recordings

/// Services of which every span has no duration: the SDK was asked for events, or start and end are taken at once.
enum EmptySpans {
    /// Fewer spans of a service say nothing.
    private static let spansMin = 10

    static func findings(_ subject: DiagnosisSubject) -> [InstrumentationFinding] {
        var counts: [String: (all: Int, empty: Int)] = [:]
        for span in subject.recording.spans {
            let service = subject.service(span.resource)
            counts[service, default: (0, 0)].all += 1
            if span.duration == 0 { counts[service, default: (0, 0)].empty += 1 }
        }
        let flat = counts.filter { $0.value.all >= spansMin && $0.value.all == $0.value.empty }.sorted {
            $0.key < $1.key
        }
        guard !flat.isEmpty else { return [] }
        return [
            InstrumentationFinding(
                rule: "no-durations", weight: .note,
                text: "no span of \(flat.count) services has a duration: latencies of them say nothing",
                evidence: flat.prefix(evidenceMax).map { "\($0.key): \($0.value.all) spans" },
                count: flat.reduce(0) { $0 + $1.value.all })
        ]
    }
}
