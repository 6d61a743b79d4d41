import Codecs
import TelemetryModel
import TraceAnalysis

extension TraceUIAPI {
    /// `GET /api/ui/trace/{id}/critical-path?limit=&spans=`: what the trace waits for, section by section, and by
    /// operation.
    func criticalPath(_ id: TraceID, _ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let limit = try parameters.count(
            "limit", default: TraceUILimits.sectionsDefault, max: TraceUILimits.sectionsMax)
        let tree = try await tree(id, parameters)
        return try await work.run(tree.count) {
            let path = CriticalPath(tree)
            var operations = AggregatedCriticalPath()
            operations.add(tree, path: path)
            let sections = Self.longest(limit, of: path.sections)
            return .json { writer in
                writer.member("traceId", id.hex)
                writer.member("spans", tree.count)
                writer.root(path.root, of: tree)
                writer.member("duration", path.duration)
                writer.list("sections", sections) { writer, section in
                    writer.member("row", section.row)
                    writer.span(section.row, of: tree)
                    writer.time("from", section.from)
                    writer.time("to", section.to)
                }
                let omitted = path.sections.count - sections.count
                writer.member("complete", omitted == 0)
                writer.object("other", unless: omitted == 0) { writer in
                    writer.member("sections", omitted)
                    writer.member("time", path.duration - sections.reduce(0) { $0 + $1.duration })
                }
                CriticalPathAnswer(path: operations, top: TraceUILimits.operationsDefault)
                    .write("operations", into: &writer)
            }
        }
    }

    /// The longest sections in the order of time.
    private static func longest(_ limit: Int, of sections: [CriticalPath.Section]) -> [CriticalPath.Section] {
        guard sections.count > limit else { return sections }
        let order = sections.indices.sorted { one, two in
            (sections[two].duration, one) < (sections[one].duration, two)
        }
        return order.prefix(limit).sorted().map { sections[$0] }
    }
}
