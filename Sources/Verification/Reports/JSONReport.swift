import Codecs
import TelemetryModel

/// A report for programs: one JSON object on one line, its members always there and always in this order.
///
/// ```
/// {"schemaVersion":1,"name":…,"subject":…,"passed":true,"start":"2026-01-02T03:04:05.678Z","durationNanoseconds":1,
///  "counts":{"checks":1,"passed":1,"failed":0,"vacuous":0,"broken":0,"skipped":0,"examined":12},
///  "command":{"words":[…],"passed":false,"end":"exited","code":3,"reason":"",
///   "durationNanoseconds":1,"cpuNanoseconds":1},
///  "suites":[{"name":…,"title":…,"passed":true,"checks":[
///    {"name":…,"outcome":"passed","message":…,"expected":…,"actual":…,"evidence":[…],"nearestMisses":[…],
///     "examined":12,"durationNanoseconds":1,"location":{"file":…,"line":3,"column":5}}]}],
///  "files":[{"path":…,"bytes":1,"items":1,"form":…,"description":…}],
///  "samples":[{"title":…,"language":…,"text":…}],
///  "figures":[{"name":…,"value":…,"acceptable":…,"isAcceptable":true}]}
/// ```
///
/// `command`, `location` and `isAcceptable` can be null. `end` is `exited` and `signalled`, where `code` is the exit
/// code and the signal, or `timedOut` and `notStarted`, where it is null; `reason` says why a command was not started.
/// The counts are those of `suites`; whether the command succeeded is in `passed`, too.
package struct JSONReport: ReportRenderer {
    /// Raised when a member is renamed, removed or changes its meaning; new members are no new version.
    package static let schemaVersion = 1

    package init() {}

    package var showsMaterial: Bool { true }

    package func render(_ report: VerificationReport) -> String {
        var json = JSONWriter()
        json.open("{")
        json.key("schemaVersion")
        json.integer(Self.schemaVersion)
        json.key("name")
        json.string(report.name)
        json.key("subject")
        json.string(report.subject)
        json.key("passed")
        json.bool(report.isPassed)
        json.key("start")
        json.string(report.start.rfc3339)
        json.key("durationNanoseconds")
        json.integer(ReportText.nanoseconds(report.duration))
        json.key("counts")
        counts(report, &json)
        json.key("command")
        command(report.command, &json)
        json.key("suites")
        list(report.suites, &json, suite)
        json.key("files")
        list(report.files, &json, file)
        json.key("samples")
        list(report.samples, &json, sample)
        json.key("figures")
        list(report.figures, &json, figure)
        json.close("}")
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }

    private func counts(_ report: VerificationReport, _ json: inout JSONWriter) {
        json.open("{")
        json.key("checks")
        json.integer(report.checks.count)
        for outcome in CheckReport.Outcome.allCases {
            json.separate()
            json.string(outcome.rawValue)
            json.bytes.append(UInt8(ascii: ":"))
            json.integer(report.checks.count { $0.outcome == outcome })
        }
        json.key("examined")
        json.integer(ReportSummary(report).examined)
        json.close("}")
    }

    private func command(_ command: CommandReport?, _ json: inout JSONWriter) {
        guard let command else { return null(&json) }
        json.open("{")
        json.key("words")
        list(command.words, &json) { word, json in json.string(word) }
        json.key("passed")
        json.bool(command.isPassed)
        json.key("end")
        var code: Int32?
        switch command.end {
        case .exited(let value):
            json.string("exited")
            code = value
        case .signalled(let signal):
            json.string("signalled")
            code = signal
        case .timedOut: json.string("timedOut")
        case .notStarted: json.string("notStarted")
        }
        json.key("code")
        if let code { json.integer(code) } else { null(&json) }
        json.key("reason")
        if case .notStarted(let reason) = command.end { json.string(reason) } else { json.string("") }
        json.key("durationNanoseconds")
        json.integer(ReportText.nanoseconds(command.duration))
        json.key("cpuNanoseconds")
        json.integer(ReportText.nanoseconds(command.cpu))
        json.close("}")
    }

    private func suite(_ suite: SuiteReport, _ json: inout JSONWriter) {
        json.open("{")
        json.key("name")
        json.string(suite.name)
        json.key("title")
        json.string(suite.title)
        json.key("passed")
        json.bool(!suite.checks.contains { $0.outcome.counts })
        json.key("checks")
        list(suite.checks, &json, check)
        json.close("}")
    }

    private func check(_ check: CheckReport, _ json: inout JSONWriter) {
        json.open("{")
        json.key("name")
        json.string(check.name)
        json.key("outcome")
        json.string(check.outcome.rawValue)
        json.key("message")
        json.string(check.message)
        json.key("expected")
        json.string(check.expected)
        json.key("actual")
        json.string(check.actual)
        json.key("evidence")
        list(check.evidence, &json) { line, json in json.string(line) }
        json.key("nearestMisses")
        list(check.nearestMisses, &json) { line, json in json.string(line) }
        json.key("examined")
        json.integer(check.examined)
        json.key("durationNanoseconds")
        json.integer(ReportText.nanoseconds(check.duration))
        json.key("location")
        if let location = check.location {
            json.open("{")
            json.key("file")
            json.string(location.file)
            json.key("line")
            json.integer(location.line)
            json.key("column")
            json.integer(location.column)
            json.close("}")
        } else {
            null(&json)
        }
        json.close("}")
    }

    private func file(_ file: FileReport, _ json: inout JSONWriter) {
        json.open("{")
        json.key("path")
        json.string(file.path)
        json.key("bytes")
        json.integer(file.bytes)
        json.key("items")
        json.integer(file.items)
        json.key("form")
        json.string(file.form)
        json.key("description")
        json.string(file.description)
        json.close("}")
    }

    private func sample(_ sample: SampleReport, _ json: inout JSONWriter) {
        json.open("{")
        json.key("title")
        json.string(sample.title)
        json.key("language")
        json.string(sample.language)
        json.key("text")
        json.string(sample.text)
        json.close("}")
    }

    private func figure(_ figure: FigureReport, _ json: inout JSONWriter) {
        json.open("{")
        json.key("name")
        json.string(figure.name)
        json.key("value")
        json.string(figure.value)
        json.key("acceptable")
        json.string(figure.acceptable)
        json.key("isAcceptable")
        if let isAcceptable = figure.isAcceptable { json.bool(isAcceptable) } else { null(&json) }
        json.close("}")
    }

    private func null(_ json: inout JSONWriter) { json.bytes.append(contentsOf: "null".utf8) }

    private func list<Element>(
        _ elements: [Element], _ json: inout JSONWriter, _ write: (Element, inout JSONWriter) -> Void
    ) {
        json.open("[")
        for element in elements {
            json.separate()
            write(element, &json)
        }
        json.close("]")
    }
}
