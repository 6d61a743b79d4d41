import Codecs
import QueryEngines
import TelemetryModel

extension JaegerAPI {
    func services() async throws -> JaegerAnswer {
        let names = JaegerService.shown(try await dependencies.queries.services(.all))
        return JaegerEnvelope.success(total: names.count) { $0.list(names) }
    }

    /// `/api/services/{service}/operations`: names only.
    func operationNames(_ service: String) async throws -> JaegerAnswer {
        let names = Set(try await operations(of: service).map(\.name)).sorted()
        return JaegerEnvelope.success(total: names.count) { $0.list(names) }
    }

    /// `/api/operations`.
    func operations(_ form: FormParameters) async throws -> JaegerAnswer {
        guard let service = form.text("service") else { throw JaegerFailure.missing("service") }
        let operations = try await operations(of: service, kind: form.text("spanKind"))
        return JaegerEnvelope.success(total: operations.count) { $0.operations(operations) }
    }

    func v3Services() async throws -> JaegerAnswer {
        let names = JaegerService.shown(try await dependencies.queries.services(.all))
        var writer = JSONWriter()
        writer.raw("{\"services\":")
        writer.list(names)
        writer.raw("}")
        return .json(writer.bytes)
    }

    func v3Operations(_ form: FormParameters) async throws -> JaegerAnswer {
        guard let service = form.text("service") else { throw JaegerFailure.missing("service") }
        let kind = form.text(["spanKind", "span_kind"])?.value
        let operations = try await operations(of: service, kind: kind)
        var writer = JSONWriter()
        writer.raw("{\"operations\":")
        writer.operations(operations)
        writer.raw("}")
        return .json(writer.bytes)
    }

    /// - Parameter kind: only of this kind, by its name; nil for all.
    private func operations(of service: String, kind: String? = nil) async throws -> [TraceOperation] {
        let all = try await dependencies.queries.operations(service: JaegerService.stored(service), .all)
        guard let kind else { return all }
        guard kind.lowercased() != "unspecified" else { return all.filter { JaegerSpanKind(rawValue: $0.kind) == nil } }
        guard let wanted = JaegerSpanKind(name: kind) else { throw JaegerFailure.unknownKind("spanKind", kind) }
        return all.filter { $0.kind == wanted.rawValue }
    }
}

extension JaegerFailure {
    static func unknownKind(_ parameter: String, _ kind: String) -> JaegerFailure {
        let names = JaegerSpanKind.allCases.map(\.name).joined(separator: ", ")
        return .parameter(parameter, "unsupported span kind: '\(kind)', kinds are unspecified, \(names)")
    }
}

extension JSONWriter {
    fileprivate mutating func operations(_ operations: [TraceOperation]) {
        open("[")
        for operation in operations {
            separate()
            open("{")
            key("name")
            string(operation.name)
            key("spanKind")
            string(JaegerSpanKind.name(of: operation.kind))
            close("}")
        }
        close("]")
    }
}
