import Foundation

extension ServerProcess {
    /// Sends spans by OTLP/HTTP.
    func send(_ service: String, _ spans: [TestSpan]) async throws { try await send([(service, spans)]) }

    func send(_ services: [(service: String, spans: [TestSpan])]) async throws {
        let answer = try await post("traces", TestSpan.request(services))
        guard answer.status == 200 else { throw TestFailure("status \(answer.status) for spans: \(answer.text)") }
    }

    /// A path with parameters, each escaped.
    static func path(_ path: String, _ parameters: [(String, String)]) -> String {
        let items = parameters.map { name, value in "\(escaped(name))=\(escaped(value))" }
        return items.isEmpty ? path : path + "?" + items.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7F}"))
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }

    /// The JSON of an answer with status 200.
    func json(_ endpoint: String, _ path: String, _ parameters: [(String, String)] = []) async throws -> JSONValue {
        let answer = try await get(endpoint, Self.path(path, parameters), accept: "application/json")
        guard answer.status == 200 else {
            throw TestFailure("status \(answer.status) for \(endpoint) \(path) \(parameters): \(answer.text)")
        }
        return try answer.json()
    }

    /// The traces that a TraceQL search finds, by id with all 32 digits.
    func traces(_ query: String, _ parameters: [(String, String)] = []) async throws -> [String: JSONValue] {
        let answer = try await json("tempo", "/api/search", [("q", query)] + parameters)
        return Dictionary(
            answer["traces"].array.map { trace in
                let id = trace["traceID"].string ?? ""
                // Tempo cuts leading zeros.
                return (String(repeating: "0", count: max(0, 32 - id.count)) + id, trace)
            }
        ) { $1 }
    }

    /// The spans of a trace, by the Tempo API in JSON.
    func spans(ofTrace id: String) async throws -> [JSONValue] {
        TraceDocument.allSpans(in: try await json("tempo", "/api/v2/traces/\(id)")["trace"]["resourceSpans"])
    }

    /// How many statements the engine works on whose text has a word.
    func statements(with word: String) async throws -> Int {
        let row = try await row(
            """
            SELECT count() AS n FROM system.processes
            WHERE position(query, '\(word)') > 0 AND position(query, 'system.processes') = 0
            """)
        return Int(row["n"].integer ?? 0)
    }
}
