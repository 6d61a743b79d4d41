/// Bounds of what one question may ask for, and of what it is answered with.
enum TraceUILimits {
    /// Spans of a page of a skeleton: at 29 bytes each about 3 MB, and 7 MB.
    static let pageSpansDefault = 100_000
    static let pageSpansMax = 250_000
    /// Spans that are answered with everything that is stored of them; a screen shows fewer.
    static let fullSpansMax = 500
    /// Rows that a search in a trace answers.
    static let rowsDefault = 10_000
    static let rowsMax = 100_000
    /// Bytes of a text to search for. Queries have the parser's own limit.
    static let textBytesMax = 1024
    /// Services of a summary, and spans named by a warning.
    static let servicesMax = 1000
    static let warningSpansMax = 10
    /// Sections of a critical path; the shortest are left out.
    static let sectionsDefault = 10_000
    static let sectionsMax = 100_000
    /// Entries of a list by operation, by statement, or of repeated statements: the parameter `top`.
    static let operationsDefault = 1000
    static let statementsDefault = 200
    static let topMax = 5000
    /// Statements that are told apart. Each takes up to 20 kB: two texts and the distribution of its durations.
    static let statementsKept = 2000
    /// Nodes of a flame graph that are answered, and their levels: readers of JSON that recurse go no deeper.
    static let nodesDefault = 5000
    static let nodesMax = 20_000
    static let flameDepthMax = 256
    /// Traces that are read for an answer about many.
    static let tracesDefault = 200
    static let tracesMax = 10_000
    /// Services and calls of a graph; the page folds what is beyond 200 services.
    static let graphNodesMax = 2000
    static let graphEdgesMax = 5000
    /// Nanoseconds: without `start` an answer is about the last hour.
    static let rangeDefault: Int64 = 3_600_000_000_000
}
