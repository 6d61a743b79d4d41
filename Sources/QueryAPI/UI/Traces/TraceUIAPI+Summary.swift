import Codecs
import TelemetryModel
import TraceAnalysis

extension TraceUIAPI {
    /// `GET /api/ui/trace/{id}`: what stands above the waterfall, and where its rows are. It is always read anew.
    func summary(_ id: TraceID) async throws -> TraceUIAnswer {
        let tree = try await tree(id, .asked)
        return try await work.run(tree.count) { TraceSummary(id: id, tree: tree).answer }
    }

    /// `GET /api/ui/trace/{id}/skeleton?from=0&count=100000&spans=`: rows in the form of `TraceSkeletonEncoder`.
    func skeleton(_ id: TraceID, _ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let from = try parameters.number("from") ?? 0
        let count = try parameters.count(
            "count", default: TraceUILimits.pageSpansDefault, max: TraceUILimits.pageSpansMax)
        let tree = try await tree(id, try parameters.number("spans").map { .known(spans: $0) } ?? .shared)
        let first = min(from, tree.count)
        let rows = first..<min(first + count, tree.count)
        let bytes = try await work.run(rows.count) { TraceSkeletonEncoder().encode(tree, rows) }
        return TraceUIAnswer(contentType: .binary, body: bytes, page: (tree.count, first))
    }
}

/// What is said of a trace before any of its rows.
struct TraceSummary {
    private struct Service {
        var name: String
        var spans = 0
        var errors = 0
        /// Nanoseconds.
        var own: Int64 = 0
    }

    let id: TraceID
    let tree: TraceTree

    /// `{"traceId","root","start","duration","spans","errors","depth","roots","services","complete","other","warnings",
    /// "skeleton"}`
    var answer: TraceUIAnswer {
        .json { writer in
            writer.member("traceId", id.hex)
            writer.root(root, of: tree)
            writer.time("start", tree.start)
            writer.member("duration", tree.duration)
            writer.member("spans", tree.count)
            writer.member("errors", tree.count(of: .error))
            writer.member("depth", tree.maxDepth + 1)
            writer.member("roots", tree.roots.count)
            write(services, into: &writer)
            writer.list("warnings", TraceWarning.all(tree)) { $1.write(into: &$0) }
            writer.object("skeleton") { writer in
                writer.member("url", "/api/ui/trace/\(id.hex)/skeleton?spans=\(tree.count)")
                writer.member("pageSpans", TraceUILimits.pageSpansDefault)
            }
        }
    }

    /// The longest of the spans that name no parent: what is a root for want of its parent does not tell what the trace
    /// is about.
    private var root: Int? {
        var longest: Int?
        for root in tree.roots.lazy.map(Int.init)
        where tree.flags[root].isDisjoint(with: [.orphan, .cycleMember]) {
            if let known = longest, tree.skeleton.durations[known] >= tree.skeleton.durations[root] { continue }
            longest = root
        }
        return longest
    }

    /// The most own time first, then by name.
    private var services: [Service] {
        let times = tree.selfTimes()
        let skeleton = tree.skeleton
        // A name may stand in the table more than once.
        var places: [String: Int] = [:]
        var placeOfIndex: [UInt32: Int] = [:]
        var services: [Service] = []
        for row in 0..<tree.count {
            let index = skeleton.services[row]
            let place: Int
            if let known = placeOfIndex[index] {
                place = known
            } else {
                let name = skeleton.serviceName(of: row)
                place = places[name] ?? services.count
                if place == services.count { services.append(Service(name: name)) }
                places[name] = place
                placeOfIndex[index] = place
            }
            services[place].spans += 1
            services[place].own = services[place].own.addingSaturated(times[row])
            if tree.flags[row].contains(.error) { services[place].errors += 1 }
        }
        return services.sorted { $0.own != $1.own ? $0.own > $1.own : $0.name < $1.name }
    }

    private func write(_ services: [Service], into writer: inout JSONWriter) {
        writer.list("services", services.prefix(TraceUILimits.servicesMax)) { writer, service in
            writer.member("name", service.name)
            writer.member("spans", service.spans)
            writer.member("errors", service.errors)
            writer.member("self", service.own)
        }
        let others = services.dropFirst(TraceUILimits.servicesMax)
        writer.member("complete", others.isEmpty)
        writer.object("other", unless: others.isEmpty) { writer in
            writer.member("services", others.count)
            writer.member("spans", others.reduce(0) { $0 + $1.spans })
            writer.member("errors", others.reduce(0) { $0 + $1.errors })
            writer.member("self", others.reduce(Int64(0)) { $0.addingSaturated($1.own) })
        }
    }
}

extension Int64 {
    /// The sum, or the number nearest to it that fits.
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}

extension JSONWriter {
    /// `"root"`: `{"row","spanId","service","name"}`, or null.
    mutating func root(_ row: Int?, of tree: TraceTree) {
        object("root", unless: row == nil) { writer in
            guard let row else { return }
            writer.member("row", row)
            writer.span(row, of: tree)
        }
    }

    /// `"spanId","service","name"` of a row.
    mutating func span(_ row: Int, of tree: TraceTree) {
        member("spanId", tree.skeleton.spanIDs[row].hex)
        member("service", tree.skeleton.serviceName(of: row))
        member("name", tree.skeleton.operationName(of: row))
    }
}
