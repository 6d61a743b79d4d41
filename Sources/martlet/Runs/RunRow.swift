import Codecs
import MartletServer
import TelemetryModel
import Verification

/// A line of the list of runs.
struct RunRow: Equatable {
    enum Kind: String {
        case run, process
    }

    let name: String
    let kind: Kind
    /// Nanoseconds since the Unix epoch.
    let start: Int64
    let end: Int64
    let spans: Int
    /// Points of a run, series of a process.
    let metrics: Int
    let logs: Int
    /// The command, or the service.
    let what: String
    /// `ok`, `exit 1`, `signal 9`, `timeout`; of a process empty.
    let result: String

    init(_ process: ServerProcess) {
        name = process.name
        kind = .process
        start = process.first
        end = process.last
        spans = process.spans
        metrics = process.series
        logs = process.logs
        what = process.service
        result = ""
    }

    init(_ file: RunFile) {
        name = file.name
        kind = .run
        start = file.start.nanoseconds
        end = file.end.nanoseconds
        spans = file.spans
        metrics = file.points
        logs = file.logs
        what = file.command.joined(separator: " ")
        result = Self.result(file)
    }

    static func result(_ file: RunFile) -> String {
        let end =
            switch file.exit {
            case .exited(0): "ok"
            case .exited(let code): "exit \(code)"
            case .signalled(let signal): "signal \(signal)"
            case .timedOut: "timeout"
            }
        return file.isPassed == false ? end + ", not met" : end
    }

    /// By start; a damaged one is named on standard error and left out.
    static func kept(in directory: RunDirectory) throws -> [RunRow] {
        let directories = RunDirectories(data: RunDirectory.absolute(directory.data))
        let names = try reading { () throws(VerificationError) in try directories.names() }
        var rows: [RunRow] = []
        for name in names {
            do throws(VerificationError) {
                let file = try directories.run(name)
                rows.append(RunRow(file))
            } catch {
                StandardError.write("martlet: \(TerminalText.escaped(error.description))\n")
            }
        }
        return rows.sorted { ($0.start, $0.name) < ($1.start, $1.name) }
    }

    static func reading<Value>(_ work: () throws(VerificationError) -> Value) throws(CommandFailure) -> Value {
        do throws(VerificationError) {
            return try work()
        } catch {
            throw CommandFailure(.no, TerminalText.escaped(error.description))
        }
    }

    static func table(_ rows: [RunRow], width: Int?) -> String {
        TextTable(
            columns: [
                ("name", .left), ("kind", .left), ("began", .left), ("lasted", .right), ("spans", .right),
                ("metrics", .right), ("logs", .right), ("result", .left), ("what", .left),
            ],
            rows: rows.map { row in
                [
                    row.name, row.kind.rawValue, Timestamp(nanoseconds: row.start).rfc3339,
                    HumanText.duration(max(0, row.end &- row.start)), HumanText.count(row.spans),
                    HumanText.count(row.metrics), HumanText.count(row.logs), row.result, row.what,
                ]
            }
        ).text(width: width)
    }

    /// `name`, `kind` (`run`, `process`), `startTimeUnixNano`, `endTimeUnixNano` (strings), `spans`, `metrics`, `logs`,
    /// `result`, `what`.
    static func json(_ rows: [RunRow]) -> [UInt8] {
        var json = JSONWriter()
        json.open("[")
        for row in rows {
            json.separate()
            json.open("{")
            json.key("name")
            json.string(row.name)
            json.key("kind")
            json.string(row.kind.rawValue)
            json.key("startTimeUnixNano")
            json.quotedInteger(row.start)
            json.key("endTimeUnixNano")
            json.quotedInteger(row.end)
            json.key("spans")
            json.integer(row.spans)
            json.key("metrics")
            json.integer(row.metrics)
            json.key("logs")
            json.integer(row.logs)
            json.key("result")
            json.string(row.result)
            json.key("what")
            json.string(row.what)
            json.close("}")
        }
        json.close("]")
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

/// What `run.json` says, for people.
struct RunFacts {
    let file: RunFile
    let path: String

    var text: String {
        var lines = [
            ("name", file.name), ("command", file.command.joined(separator: " ")), ("began", file.start.rfc3339),
            ("lasted", HumanText.duration(max(0, file.end.nanoseconds &- file.start.nanoseconds))),
            ("result", RunRow.result(file)),
        ]
        if let isPassed = file.isPassed { lines.append(("expectations", isPassed ? "met" : "not met")) }
        lines += [("files", path), ("size", HumanText.bytes(RunFiles.bytes(path))), ("martlet", file.version)]
        var text = lines.map { line in
            TerminalText.padded(line.0, to: 14) + TerminalText.escaped(line.1) + "\n"
        }.joined()
        text += "\n"
        text += TextTable(
            columns: [("service", .left), ("spans", .right), ("points", .right), ("logs", .right)],
            rows: file.services.map { service in
                [service.name] + [service.spans, service.points, service.logs].map { HumanText.count($0) }
            }
        ).text(width: nil)
        return text
    }
}
