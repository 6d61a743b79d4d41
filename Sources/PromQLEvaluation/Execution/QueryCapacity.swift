#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What all queries of a server share: how many are in work, and how many heavy ones compute, at a time.
package final class QueryCapacity: Sendable {
    /// Queries in work, from the first read to the answer; a query in work holds its samples.
    package let queries: QueryGate
    /// Evaluations that take long. Others do not wait for these: they have threads of their own beside them.
    package let evaluations: QueryGate

    /// - Parameters:
    ///   - queriesMax: as `query.max-concurrency` of Prometheus.
    ///   - waitersMax: queries beyond these are refused.
    ///   - evaluationsMax: nil for one on each processor, but two at least, so that one query is not everything.
    package init(queriesMax: Int = 20, waitersMax: Int = 1024, evaluationsMax: Int? = nil) {
        queries = QueryGate(width: queriesMax, waitersMax: waitersMax)
        // Whoever gets here is in work already.
        evaluations = QueryGate(width: evaluationsMax ?? max(2, Self.processors), waitersMax: .max)
    }

    private static var processors: Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
