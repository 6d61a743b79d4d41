import QueryEngines
import TelemetryModel

/// The parameters of a request; an empty value counts as absent, as in Tempo.
struct TempoForm: Sendable {
    private(set) var all: [(name: String, value: String)]

    init(_ all: [(name: String, value: String)] = []) {
        self.all = all
    }

    /// - Parameters:
    ///   - query: what follows the `?` of the URL.
    ///   - body: a form, as `application/x-www-form-urlencoded`.
    init(query: String?, body: [UInt8]? = nil) throws(TraceQueryError) {
        let form: FormParameters
        do {
            form = try FormParameters(body: body, query: query)
        } catch {
            throw TraceQueryError(.invalid, error.message)
        }
        all = form.parameters.map { ($0.name, $0.value) }
    }

    subscript(name: String) -> String? {
        all.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }
}
