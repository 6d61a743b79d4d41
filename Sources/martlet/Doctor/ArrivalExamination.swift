import Codecs
import MartletServer
import TelemetryModel
import Verification

/// Why does nothing arrive, and what of what arrives is refused?
enum ArrivalExamination {
    /// - Throws: `CommandFailure` when the server does not answer.
    static func findings(_ state: ServerState) async throws -> [DoctorFinding] {
        guard let api = state.url("api") else {
            return [
                DoctorFinding(
                    subject: "arrivals", state: .note, text: "not examined: the port api is switched off (ports.api)")
            ]
        }
        let misdirected = try await self.misdirected(api)
        let ledger = try await HTTPCalls.send("GET", api + "/api/v1/ledger", timeout: .seconds(10))
        guard ledger.status == 200 else { throw CommandFailure(.no, APIProblem.text(ledger, url: api)) }
        let senders = try SenderLedger.read(ledger.body)
        var findings = misdirected
        let received = senders.reduce(0) { $0 + $1.received }
        if received == 0 {
            let places = ["otlp_grpc", "otlp_http", "statsd", "prometheus"].compactMap { name in
                state.endpoints.first { $0.name == name }.map { "\(name) \($0.address)" }
            }
            findings.append(
                DoctorFinding(
                    subject: "arrivals", state: misdirected.isEmpty ? .note : .bad,
                    text: "nothing was received since the start. Send to \(places.joined(separator: ", ")), or try "
                        + "`martlet send`"))
        } else {
            findings.append(
                DoctorFinding(
                    subject: "arrivals", state: .ok,
                    text:
                        "\(HumanText.count(UInt64(clamping: received))) items of \(Set(senders.map(\.sender)).count) senders since "
                        + "the start"))
        }
        for entry in senders {
            let place = "\(entry.signal) of \(entry.sender)"
            for (kind, counts, advice) in [
                ("refused", entry.refused, "requests were refused"),
                ("rejected", entry.rejected, "items were rejected"),
                ("dropped", entry.dropped, "items were dropped"),
            ] {
                for (reason, count) in counts.sorted(by: { $0.key < $1.key }) where count > 0 {
                    findings.append(
                        DoctorFinding(
                            subject: kind, state: .bad,
                            text: "\(place): \(count) \(advice): \(reason)\(RefusalAdvice.text(reason))"))
                }
            }
        }
        return findings
    }

    private static func misdirected(_ api: String) async throws -> [DoctorFinding] {
        let answer = try await HTTPCalls.send("GET", api + "/api/v1/misdirected", timeout: .seconds(10))
        guard answer.status == 200 else { throw CommandFailure(.no, APIProblem.text(answer, url: api)) }
        var findings: [DoctorFinding] = []
        try AnswerReading.read(answer.body) { (reader, _) throws(DecodeError) in
            try reader.readMembers { (name, reader) throws(DecodeError) in
                guard name == "entries" else { return try reader.skipValue() }
                try reader.readElements { (reader) throws(DecodeError) in
                    var texts: [String: String] = [:]
                    var count: Int64 = 0
                    try reader.readMembers { (name, reader) throws(DecodeError) in
                        if name == "count" {
                            count = try reader.readInteger()
                        } else {
                            texts[name] = try reader.readString()
                        }
                    }
                    findings.append(finding(texts, count))
                }
            }
        }
        return findings
    }

    private static func finding(_ texts: [String: String], _ count: Int64) -> DoctorFinding {
        let port = texts["port"] ?? ""
        let what =
            switch texts["kind"] ?? "" {
            case "grpc_to_http": "gRPC came to the port \(port)"
            case "http_to_grpc": "HTTP/1.1 came to the port \(port)"
            case "tls_to_plain": "TLS came to the port \(port)"
            case "unknown_path": "telemetry was sent to \(texts["detail"] ?? "") on the port \(port)"
            case let other: "\(other) at the port \(port)"
            }
        return DoctorFinding(
            subject: "misdirected", state: .bad,
            text: TerminalText.escaped(
                "\(what), \(count) times, last from \(texts["lastPeer"] ?? "") at \(texts["lastTime"] ?? ""): "
                    + (texts["advice"] ?? "")))
    }
}
