import ClickHouse
import MartletServer
import Verification

/// Where the results of a run go: files, and standard error.
struct RunOutputs {
    private let files: [(path: String, renderer: any ReportRenderer)]
    private let isJSON: Bool
    private let isQuiet: Bool

    /// - Throws: wrong usage: a suffix that says no form of report.
    init(reports: [String], junit: String?, isJSON: Bool, isQuiet: Bool) throws(CommandFailure) {
        var files: [(path: String, renderer: any ReportRenderer)] = []
        do throws(VerificationError) {
            for path in reports { files.append((path, try ReportFile.renderer(path: path))) }
        } catch {
            throw CommandFailure(.usage, error.message)
        }
        if let junit { files.append((junit, JUnitReport())) }
        self.files = files
        self.isJSON = isJSON
        self.isQuiet = isQuiet
    }

    /// Whether files, samples and figures are shown, which costs time.
    var showsMaterial: Bool { isJSON || files.contains { $0.renderer.showsMaterial } }

    func write(_ report: VerificationReport, summary: RunSummary) throws(CommandFailure) {
        for (path, renderer) in files {
            let file = try NewFile(path)
            defer { file.close() }
            try file.append(renderer.render(report).utf8)
        }
        if isJSON { return StandardError.write(JSONReport().render(report)) }
        if isQuiet && report.isPassed { return }
        let isTerminal = StandardError.isTerminal
        let width = isTerminal ? StandardError.width : nil
        var text = summary.text(width: width)
        if !report.suites.isEmpty {
            text += "\n" + TerminalReport(isColoured: isTerminal && !Self.isColourless, width: width).render(report)
        }
        StandardError.write(text)
    }

    /// - Spec: no-color.org: any value but an empty one.
    private static var isColourless: Bool { !(processEnvironment()["NO_COLOR"] ?? "").isEmpty }
}
