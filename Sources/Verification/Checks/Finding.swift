/// What an expectation found.
struct Finding: Sendable {
    /// Lines of evidence that are shown.
    static let evidenceMax = 5

    var outcome: CheckReport.Outcome
    var message: String
    var expected = ""
    var actual = ""
    var evidence: [String] = []
    var nearestMisses: [String] = []
    var examined = 0

    init(_ outcome: CheckReport.Outcome, _ message: String) {
        self.outcome = outcome
        self.message = message
    }

    static func evidence<Item: ReportedItem>(_ items: some Collection<Item>, _ recording: IndexedRecording) -> [String]
    {
        var lines = items.prefix(evidenceMax).map { $0.text(in: recording) }
        if items.count > evidenceMax { lines.append("… and \(items.count - evidenceMax) more") }
        return lines
    }
}

/// What a figure over items says.
enum FigureResult: Sendable {
    case fulfilled(actual: String)
    case missed(actual: String, evidence: [String])
    /// There is nothing to make the figure of; says what is lacking.
    case nothing(String)
}

/// A figure over all items that were found: a percentile, an increase.
struct Figure<Item: Sendable>: Sendable {
    /// `p95 of the duration less than 200 ms`
    var expected: String
    /// Never called without items.
    var judge: @Sendable ([Item], IndexedRecording) -> FigureResult
}
