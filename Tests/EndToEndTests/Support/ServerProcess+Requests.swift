import Foundation

extension ServerProcess {
    func get(_ endpoint: String, _ path: String, accept: String? = nil) async throws -> HTTPAnswer {
        let headers = accept.map { ["Accept": $0] } ?? [:]
        return try await HTTPExchange(method: "GET", url: url(endpoint) + path, headers: headers).answer()
    }

    /// Sends a body to a path of the OTLP/HTTP endpoint.
    func post(
        _ signal: String, _ body: [UInt8], type: String? = "application/json", encoding: String? = nil,
        framing: BodyFraming = .length
    ) async throws -> HTTPAnswer {
        try await postExchange(signal, body, type: type, encoding: encoding, framing: framing).answer()
    }

    func postExchange(
        _ signal: String, _ body: [UInt8], type: String? = "application/json", encoding: String? = nil,
        framing: BodyFraming = .length
    ) -> HTTPExchange {
        var headers: [String: String] = [:]
        headers["Content-Type"] = type
        headers["Content-Encoding"] = encoding
        return HTTPExchange(
            method: "POST", url: url("otlp_http") + "/v1/" + signal, headers: headers, body: body, framing: framing)
    }

    /// The rows of a SELECT, asked over the ClickHouse endpoint.
    func rows(_ query: String) async throws -> [JSONValue] {
        let answer = try await HTTPExchange(
            method: "POST", url: url("clickhouse") + "/?default_format=JSONEachRow", body: Array(query.utf8)
        ).answer()
        guard answer.status == 200 else {
            throw TestFailure("status \(answer.status) for `\(query)`: \(answer.text)")
        }
        return try answer.body.split(separator: UInt8(ascii: "\n")).map { try JSONValue.decode(Array($0)) }
    }

    /// The answer to a SELECT as lines with tabs between the columns.
    func tabSeparated(_ query: String) async throws -> String {
        let answer = try await HTTPExchange(
            method: "POST", url: url("clickhouse") + "/?default_format=TabSeparated", body: Array(query.utf8)
        ).answer()
        guard answer.status == 200 else {
            throw TestFailure("status \(answer.status) for `\(query)`: \(answer.text)")
        }
        return answer.text
    }

    /// The one row of a SELECT.
    func row(_ query: String) async throws -> JSONValue {
        let rows = try await rows(query)
        guard rows.count == 1 else { throw TestFailure("\(rows.count) rows, not 1, for `\(query)`: \(rows)") }
        return rows[0]
    }

    /// Waits until everything that was acknowledged is found by queries.
    ///
    /// - Parameter endpoint: `api` and `otlp_http` have the barrier.
    @discardableResult
    func flush(_ endpoint: String = "api", _ query: String = "") async throws -> JSONValue {
        let answer = try await flushAnswer(endpoint, query)
        guard answer.status == 200 else { throw TestFailure("status \(answer.status) of a flush: \(answer.text)") }
        return try answer.json()
    }

    func flushAnswer(_ endpoint: String = "api", _ query: String = "") async throws -> HTTPAnswer {
        try await HTTPExchange(method: "POST", url: url(endpoint) + "/api/v1/flush" + query).answer()
    }

    /// One entry of the arrival ledger.
    struct LedgerEntry: Sendable {
        let signal: String
        let sender: String
        let json: JSONValue

        func count(_ name: String) -> Int { json[name].integer.map { Int($0) } ?? -1 }
        func counts(_ name: String) -> [String: Int] {
            json[name].object.compactMapValues { $0.integer.map { Int($0) } }
        }

        /// received = stored + rejected + dropped + waiting.
        var isBalanced: Bool {
            let away = counts("rejected").values.reduce(0, +) + counts("dropped").values.reduce(0, +)
            return count("received") == count("stored") + count("waiting") + away
        }
    }

    func ledger(_ endpoint: String = "api") async throws -> [LedgerEntry] {
        let answer = try await get(endpoint, "/api/v1/ledger")
        guard answer.status == 200 else { throw TestFailure("status \(answer.status) of the ledger: \(answer.text)") }
        return try answer.json()["entries"].array.map {
            LedgerEntry(signal: $0["signal"].string ?? "", sender: $0["sender"].string ?? "", json: $0)
        }
    }

    /// Acknowledged items that no query finds yet.
    func waiting() async throws -> Int { try await ledger().reduce(0) { $0 + $1.count("waiting") } }

    /// The sum of the server's own counters of this name with all of these labels; 0 when there is none.
    func counter(_ name: String, _ labels: [String: String] = [:]) async throws -> Double {
        let answer = try await get("self_metrics", "/metrics")
        guard answer.status == 200 else { throw TestFailure("status \(answer.status) of /metrics: \(answer.text)") }
        return try PrometheusText.sum(of: name, labels: labels, in: answer.text)
    }
}

/// As much of the Prometheus text format as the server's own counters need.
enum PrometheusText {
    static func sum(of name: String, labels: [String: String], in text: String) throws -> Double {
        var sum = 0.0
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            let series = line[..<space]
            let nameEnd = series.firstIndex(of: "{") ?? series.endIndex
            guard series[..<nameEnd] == name else { continue }
            let wanted = labels.map { "\($0.key)=\"\($0.value)\"" }
            let present = series[nameEnd...].trimmingCharacters(in: CharacterSet(charactersIn: "{}"))
                .components(separatedBy: ",")
            guard wanted.allSatisfy(present.contains) else { continue }
            guard let value = Double(line[line.index(after: space)...]) else {
                throw TestFailure("not a sample: \(line)")
            }
            sum += value
        }
        return sum
    }
}
