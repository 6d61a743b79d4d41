import LogQL

/// Which labels of a record a query sees that does not ask for all of them by name.
///
/// Some would make of each record a series of its own, or are Martlet's and no sender's: those are there for a query that
/// speaks of them, and not for others.
struct ShownLabels: Sendable {
    private let query: String
    private let isMetric: Bool

    init(_ query: LogSelection) {
        self.query = "\(query)"
        isMetric = false
    }

    init(_ query: MetricExpression) {
        self.query = "\(query)"
        isMetric = true
    }

    /// Where and when a record was read tells each from every other.
    private static let quiet: Set<String> = ["observed_timestamp", "flags", "log_offset", "log_file_inode"]

    func shows(_ name: String) -> Bool {
        if Self.quiet.contains(name) { return speaks(of: name) }
        // A level that was found in the line divides no series of a query that does not speak of it.
        return name != RecordReading.Field.detectedLevel.rawValue || !isMetric || speaks(of: name)
    }

    /// Whether `service_name` is shown where it was made of other labels.
    var showsMadeService: Bool { !isMetric || speaks(of: LogStream.serviceLabel) }

    /// Whether the ids that were found in the line of a pushed record are shown: the line has them already.
    func showsFoundID(_ name: String) -> Bool { speaks(of: name) }

    private func speaks(of name: String) -> Bool { query.contains(name) }
}
