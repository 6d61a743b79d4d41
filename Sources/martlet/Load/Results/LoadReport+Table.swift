import TelemetryModel

extension LoadReport {
    /// A table for a person.
    func table(width: Int?) -> String {
        TextTable(columns: [("LOAD", .left), ("", .right)], rows: rows).text(width: width)
    }

    private var rows: [[String]] {
        let names = signals.map(\.rawValue).joined(separator: ", ")
        var rows = [
            ["run", run.hex], ["protocol", transport.rawValue + (compression == .gzip ? ", gzip" : "")],
            ["signal", names], ["seconds", Self.decimal(seconds)], ["requests", HumanText.count(tally.requests)],
        ]
        rows += countRows
        rows.append(["retries", HumanText.count(tally.retries)])
        for (kind, count) in tally.errors.sorted(by: { $0.key < $1.key }) {
            rows.append(["errors: \(kind)", HumanText.count(count)])
        }
        if tally.errors.isEmpty { rows.append(["errors", "0"]) }
        rows.append(["accepted per second", HumanText.count(Int(acceptedPerSecond))])
        for (name, latency) in latencies {
            rows.append(["latency \(name)", latency.map { HumanText.duration($0) } ?? "-"])
        }
        rows.append(["bytes sent, raw", HumanText.bytes(tally.rawBytes)])
        rows.append(["bytes sent, on the wire", tally.wireBytes.map { HumanText.bytes($0) } ?? "not known"])
        rows.append(["CPU of this client", "\(Self.decimal(clientCPUSeconds)) s"])
        let server = serverCPUSecondsPerMillion.map { "\(Self.decimal($0)) s" } ?? "not known"
        rows.append(["CPU of the server per million", server])
        if let flushMilliseconds { rows.append(["flush", "\(flushMilliseconds) ms"]) }
        return rows + verificationRows
    }

    private var countRows: [[String]] {
        let total = total
        var rows = [
            ["items sent", HumanText.count(total.sent)], ["accepted", HumanText.count(total.accepted)],
            ["rejected", HumanText.count(total.rejected)], ["unknown", HumanText.count(total.unknown)],
            ["failed", HumanText.count(total.failed)],
        ]
        if let late, late > 0 { rows.append(["due but not sent in time", HumanText.count(late)]) }
        return rows
    }

    private var verificationRows: [[String]] {
        switch verification {
        case .counted:
            [
                ["stored", HumanText.count(stored ?? 0)], ["lost", HumanText.count(lost ?? 0)],
                ["doubled", HumanText.count(doubled ?? 0)],
            ]
        case .skipped(let reason): [["stored", "not checked: \(reason)"]]
        case .failed(let reason): [["stored", "not known: \(reason)"]]
        }
    }

    /// Two decimals.
    private static func decimal(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
        let hundredths = Int((value * 100).rounded())
        let fraction = hundredths.magnitude % 100
        return "\(hundredths < 0 ? "-" : "")\(hundredths.magnitude / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
