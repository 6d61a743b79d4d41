/// Keeps an evaluation within its memory and time.
struct SampleBudget {
    /// Values held at once at most; a histogram counts as one.
    let samplesMax: Int
    private let control: QueryControl
    private(set) var held = 0
    /// Samples looked at since the last check.
    private var work = 0
    private static let workBetweenChecks = 1 << 20

    init(samplesMax: Int, control: QueryControl) {
        self.samplesMax = samplesMax
        self.control = control
    }

    static func tooManySamples() -> QueryError {
        QueryError(.execution, "query processing would load too many samples into memory in query execution")
    }

    mutating func hold(_ count: Int) throws(QueryError) {
        held &+= count
        guard held <= samplesMax else { throw Self.tooManySamples() }
    }

    /// Holds one row for each series.
    mutating func hold(series: Int, steps: Int) throws(QueryError) {
        let (count, overflows) = series.multipliedReportingOverflow(by: steps)
        guard !overflows, count <= samplesMax else { throw Self.tooManySamples() }
        try hold(count)
    }

    /// Sets back what is held, when intermediate results are gone.
    mutating func reset(to count: Int) { held = count }

    /// Checks now and then, when that many samples have been looked at.
    @inline(__always)
    mutating func spend(_ samples: Int) throws(QueryError) {
        work &+= samples
        guard work > Self.workBetweenChecks else { return }
        work = 0
        try check()
    }

    /// Called regularly by whatever may take long.
    func check() throws(QueryError) { try control.check(.evaluation) }
}
