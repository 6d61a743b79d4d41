import ArgumentParser
import Codecs
import MartletServer
import TelemetryModel
import Verification

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Why does nothing arrive, and what is wrong with what does; exit code 1 when something is wrong.",
        discussion: """
            Examines engine, data directory, logs, ports and the OTEL_… variables of this shell; of the running server what \
            came to the wrong port or path and what was refused; of the telemetry of the last hour (--since) what is wrong \
            with the instrumentation.

            With FILES, only these are examined: configurations of the OpenTelemetry Collector, Prometheus, Tempo, StatsD, \
            Filebeat, Docker Compose and Grafana's data sources, for lines that do not do what they look like.
            """)

    @Argument(help: "Configuration files of other tools to examine.")
    var files: [String] = []

    @OptionGroup var server: ServerOptions
    @OptionGroup var times: LogTimeOptions

    @Option(name: .long, help: "Only telemetry of this service; repeatable.")
    var service: [String] = []

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() async throws {
        let findings = files.isEmpty ? try await all() : try files.flatMap { try FileExamination.findings($0) }
        StandardOutput.write(json ? Self.json(findings) : Array(Self.text(findings).utf8))
        if findings.contains(where: { $0.state == .bad }) { throw CommandFailure(.no, "") }
    }

    private func all() async throws -> [DoctorFinding] {
        let directory = try server.runDirectory()
        let state = directory.state()
        var findings = await MachineExamination.findings(directory)
        findings += PortExamination.findings(state, environment: processEnvironment())
        guard let state else { return findings }
        let range = try times.range(now: Timestamp.now())
        var window = RecordingWindow(start: UInt64(clamping: range.start), end: UInt64(clamping: range.end))
        window.services = service
        do {
            findings += try await ArrivalExamination.findings(state)
            findings += try await InstrumentationExamination.findings(state, window)
        } catch {
            findings.append(
                DoctorFinding(subject: "telemetry", state: .bad, text: "not examined: \(CommandFailure(error).message)")
            )
        }
        return findings
    }

    /// A finding a paragraph: a table would cut off what to do.
    private static func text(_ findings: [DoctorFinding]) -> String {
        let width = StandardOutput.isTerminal ? max(60, StandardOutput.width) : Int.max
        let subjects = min(30, findings.map { TerminalText.width($0.subject) }.max() ?? 0)
        let indent = 6 + subjects + 2
        return findings.map { finding in
            let state = finding.state.rawValue.padded(to: 6)
            let text = TerminalText.escaped(finding.text).wrapped(at: width, indent: indent)
            let evidence = finding.evidence.map {
                "\n" + String(repeating: " ", count: indent)
                    + "- \(TerminalText.escaped($0))".wrapped(at: width, indent: indent + 2)
            }
            return state + TerminalText.escaped(finding.subject).padded(to: subjects + 2) + text + evidence.joined()
                + "\n"
        }.joined()
    }

    private static func json(_ findings: [DoctorFinding]) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("ok")
        writer.bool(!findings.contains { $0.state == .bad })
        writer.key("findings")
        writer.open("[")
        for finding in findings {
            writer.separate()
            writer.open("{")
            writer.key("check")
            writer.string(finding.subject)
            writer.key("state")
            writer.string(finding.state.rawValue)
            writer.key("text")
            writer.string(finding.text)
            writer.key("evidence")
            writer.open("[")
            for line in finding.evidence {
                writer.separate()
                writer.string(line)
            }
            writer.close("]")
            writer.close("}")
        }
        writer.close("]")
        writer.close("}")
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - TerminalText.width(self)))
    }

    /// Broken between words so that lines that begin with `indent` columns fit.
    fileprivate func wrapped(at width: Int, indent: Int) -> String {
        guard width < Int.max else { return self }
        var lines = [""]
        for word in split(separator: " ") {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if indent + TerminalText.width(line) + 1 + TerminalText.width(String(word)) <= width {
                lines[lines.count - 1] = "\(line) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
    }
}
