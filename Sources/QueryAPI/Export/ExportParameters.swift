import TelemetryModel

/// The parameters of an export, of the URL or of a form in the body.
struct ExportParameters: Sendable {
    var subject: ExportSubject
    var form: ExportForm
    var start: Int64?
    var end: Int64?
    var services: [String]
    /// Nil for all. Points of metrics are of no trace: they are exported all the same.
    var traces: [TraceID]?
    /// Of the subject's language; nil for all.
    var query: String?
    /// Of the subject `sql`.
    var statement: String

    private static let names: Set<String> = ["form", "start", "end", "service", "trace", "query", "sql"]

    /// - Throws: for a parameter that is not known, too: an export of more than was meant is a wrong answer.
    init(_ subject: ExportSubject, body: [UInt8]?, query: String?) throws(TraceUIFailure) {
        self.subject = subject
        var pairs: [(String, String)] = []
        for text in [body, query.map { Array($0.utf8) }].compactMap(\.self) {
            for pair in text.split(separator: UInt8(ascii: "&")) {
                guard pairs.count < ExportLimits.parametersMax else {
                    throw TraceUIFailure(
                        .tooLarge, "there are more than \(ExportLimits.parametersMax) parameters")
                }
                do throws(PrometheusFailure) {
                    let parameters = try FormParameters(body: Array(pair), query: nil).parameters
                    pairs += parameters.map { ($0.name, $0.value) }
                } catch {
                    throw TraceUIFailure(.invalid, error.message)
                }
            }
        }
        func all(_ name: String) -> [String] { pairs.filter { $0.0 == name }.map(\.1) }
        func one(_ name: String) -> String? { pairs.first { $0.0 == name && !$0.1.isEmpty }?.1 }
        if let unknown = pairs.first(where: { !Self.names.contains($0.0) }) {
            throw .parameter(unknown.0, "is not known here; there are \(Self.names.sorted().joined(separator: ", "))")
        }

        let formName = one("form") ?? (subject == .sql ? ExportForm.csv : .otlpJSONLines).rawValue
        guard let form = ExportForm(rawValue: formName) else {
            throw .parameter("form", "is \(formName); there are \(ExportForm.names)")
        }
        self.form = form
        switch (subject, form) {
        case (.sql, .otlpJSONLines), (.sql, .otlpProtobuf), (.sql, .jaegerJSON):
            throw TraceUIFailure(.invalid, "the result of a statement is exported as csv or parquet")
        case (.metrics, .jaegerJSON), (.logs, .jaegerJSON):
            throw TraceUIFailure(.invalid, "only traces are exported as jaeger-json")
        default: break
        }
        start = try Self.time("start", one("start"))
        end = try Self.time("end", one("end"))
        if let start, let end, start >= end {
            throw TraceUIFailure(.invalid, "parameter start has to be before end")
        }
        services = all("service")
        let ids = all("trace")
        if ids.isEmpty {
            traces = nil
        } else {
            var known: Set<TraceID> = []
            var list: [TraceID] = []
            for text in ids {
                guard let id = TraceID(hex: text) ?? TraceID(anyForm: text), !id.isZero else {
                    throw .parameter("trace", "has to be 1 to 32 hexadecimal digits, not all zero")
                }
                if known.insert(id).inserted { list.append(id) }
            }
            guard list.count <= ExportLimits.tracesMax else {
                throw TraceUIFailure(.tooLarge, "more than \(ExportLimits.tracesMax) traces are named")
            }
            traces = list
        }
        self.query = one("query")
        statement = one("sql") ?? ""
        guard (subject == .sql) == !statement.isEmpty else {
            throw subject == .sql
                ? TraceUIFailure(.invalid, "parameter sql is needed, a statement to run")
                : TraceUIFailure(.invalid, "parameter sql is for /api/ui/export/sql")
        }
        if subject == .sql, start != nil || end != nil || !services.isEmpty || traces != nil || self.query != nil {
            throw TraceUIFailure(.invalid, "a statement says itself what it chooses; give sql and form only")
        }
    }

    private static func time(_ name: String, _ text: String?) throws(TraceUIFailure) -> Int64? {
        guard let text else { return nil }
        guard let value = Int64(text), value >= 0 else {
            throw .parameter(name, "has to be nanoseconds since 1970")
        }
        return value
    }
}
