import Codecs
import QueryEngines

extension ZipkinAPI {
    /// `GET /api/v2/dependencies`: which service calls which, how often, and how often in vain.
    ///
    /// Spec: zipkin2-api.yaml, `DependencyLink`; an `errorCount` of zero is left out, as in Zipkin's writer.
    func dependencyLinks(_ parameters: ZipkinParameters) async throws -> ZipkinAnswer {
        let links = try await queries.dependencies(try parameters.range(now: nil))
        var writer = JSONWriter()
        writer.open("[")
        for link in links {
            writer.separate()
            writer.open("{")
            writer.key("parent")
            writer.string(link.parent)
            writer.key("child")
            writer.string(link.child)
            writer.key("callCount")
            writer.integer(link.calls)
            if link.errors > 0 {
                writer.key("errorCount")
                writer.integer(link.errors)
            }
            writer.close("}")
        }
        writer.close("]")
        return .json(writer.bytes)
    }
}
