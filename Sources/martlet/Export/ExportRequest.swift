import Codecs

/// What is asked of the server for one file.
struct ExportRequest: Equatable {
    let kind: ExportKind
    /// A form for the body.
    let parameters: [(String, String)]
    let form: ExportFileForm

    static func == (left: ExportRequest, right: ExportRequest) -> Bool {
        left.kind == right.kind && left.form == right.form
            && left.parameters.elementsEqual(right.parameters) { $0 == $1 }
    }

    var path: String { "/api/ui/export/\(kind.rawValue)" }
    var body: [UInt8] { Array(FormText.encoded([("form", form.rawValue)] + parameters).utf8) }

    /// Where the file stands in a directory of an export, as the mirror has it.
    func file(_ packing: ExportPacking?) -> String {
        "\(kind.rawValue)/\(kind.rawValue)\(form.ending)\(packing?.compression.ending ?? "")"
    }

    /// What the items are called.
    func items(_ count: Int) -> String {
        let name =
            switch kind {
            case .traces: "span"
            case .metrics: "metric point"
            case .logs: "log record"
            case .all, .sql: "row"
            }
        return count == 1 ? name : name + "s"
    }
}

/// What a person chooses.
struct ExportChoice {
    var traces: [String] = []
    var services: [String] = []
    var traceQL: String?
    var logQL: String?
    var promQL: String?
    var sql: String?
    /// Nil for all that is stored.
    var times: TraceTimes?

    /// The requests for what is to be written, one a file.
    ///
    /// - Throws: wrong usage.
    func requests(_ kind: ExportKind?, _ form: ExportFileForm?) throws(CommandFailure) -> [ExportRequest] {
        if let sql {
            guard kind == nil || kind == .sql else {
                throw CommandFailure(.usage, "--sql is a choice of its own; leave out \(kind?.rawValue ?? "")")
            }
            guard traces.isEmpty, services.isEmpty, times == nil, traceQL == nil, logQL == nil, promQL == nil else {
                throw CommandFailure(
                    .usage, "a statement says itself what it chooses; give --sql, --form, --output only")
            }
            let form = form ?? .csv
            guard form == .csv || form == .parquet else {
                throw CommandFailure(.usage, "the result of a statement is written as csv or parquet")
            }
            return [ExportRequest(kind: .sql, parameters: [("sql", sql)], form: form)]
        }
        guard let kind, kind != .sql else {
            throw CommandFailure(.usage, "say what to export: traces, metrics, logs, all, or --sql with a statement")
        }
        let form = form ?? .otlpLines
        guard form != .jaegerJSON || kind == .traces else {
            throw CommandFailure(.usage, "only traces are exported as jaeger-json")
        }
        for (query, option, its) in [
            (traceQL, "--traceql", ExportKind.traces), (logQL, "--logql", .logs), (promQL, "--promql", .metrics),
        ] where query != nil && kind != .all && kind != its {
            throw CommandFailure(.usage, "\(option) chooses \(its.rawValue), not \(kind.rawValue)")
        }
        guard traces.isEmpty || kind != .metrics else {
            throw CommandFailure(.usage, "--trace chooses traces and logs; points of metrics are of none")
        }
        // Points of metrics are of no trace.
        let kinds: [ExportKind] =
            kind != .all ? [kind] : traces.isEmpty ? [.traces, .metrics, .logs] : [.traces, .logs]
        return kinds.map { kind in
            var parameters: [(String, String)] = []
            if let times { parameters += [("start", String(times.start)), ("end", String(times.end))] }
            parameters += services.map { ("service", $0) }
            parameters += traces.map { ("trace", $0) }
            let query =
                switch kind {
                case .traces: traceQL
                case .metrics: promQL
                case .logs: logQL
                case .all, .sql: String?.none
                }
            if let query { parameters.append(("query", query)) }
            return ExportRequest(kind: kind, parameters: parameters, form: form)
        }
    }
}
