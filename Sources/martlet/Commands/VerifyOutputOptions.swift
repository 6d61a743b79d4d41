import ArgumentParser
import ClickHouse
import MartletServer
import Verification

/// Where the results of `verify` go.
struct VerifyOutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @Flag(name: .long, help: "Print TAP, the Test Anything Protocol.")
    var tap = false

    @Flag(name: .long, help: "Print annotations for GitHub Actions besides the text.")
    var github = false

    @Option(name: .long, help: "Write the results as JUnit XML.")
    var junit: String?

    @Option(
        name: .long, parsing: .singleValue,
        help: "Write a report; the suffix says the form: .md, .html, .json, .xml or .tap; repeatable.")
    var report: [String] = []

    func validate() throws {
        if [json, tap, github].count(where: { $0 }) > 1 {
            throw ValidationError("--json, --tap and --github are forms of the same output; give one")
        }
    }

    /// - Throws: wrong usage: a suffix that says no form of report.
    func outputs() throws(CommandFailure) -> VerifyOutputs {
        var files: [(path: String, renderer: any ReportRenderer)] = []
        do throws(VerificationError) {
            for path in report { files.append((path, try ReportFile.renderer(path: path))) }
        } catch {
            throw CommandFailure(.usage, error.message)
        }
        if let junit { files.append((junit, JUnitReport())) }
        let isColoured = StandardOutput.isTerminal && (processEnvironment()["NO_COLOR"] ?? "").isEmpty
        let terminal = TerminalReport(
            isColoured: isColoured, width: StandardOutput.isTerminal ? StandardOutput.width : nil)
        let printed: [any ReportRenderer] =
            json ? [JSONReport()] : tap ? [TAPReport()] : github ? [terminal, GitHubReport()] : [terminal]
        return VerifyOutputs(files: files, printed: printed)
    }
}

struct VerifyOutputs {
    let files: [(path: String, renderer: any ReportRenderer)]
    let printed: [any ReportRenderer]

    /// Whether files, samples and figures are shown, which costs time.
    var showsMaterial: Bool { files.contains { $0.renderer.showsMaterial } || printed.contains { $0.showsMaterial } }

    func write(_ report: VerificationReport) throws(CommandFailure) {
        for (path, renderer) in files {
            do {
                try Files.write(path, renderer.render(report).utf8)
            } catch {
                throw CommandFailure(.no, error.message)
            }
        }
        for renderer in printed { StandardOutput.write(renderer.render(report)) }
    }
}
