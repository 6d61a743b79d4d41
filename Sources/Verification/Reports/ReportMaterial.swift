import Recordings
import TelemetryModel

/// What a report shows besides its checks: the files that the telemetry lies in, samples of it, and measured figures.
package struct ReportMaterial: Sendable {
    /// Where the figures' queries go; files have no times of arrival, whoever serves them.
    private let source: any TelemetrySource
    private let keeper: RecordingKeeper
    private let options: SuiteOptions
    private let itemsMax: Int

    /// - Parameters:
    ///   - keeper: what the verification looked at.
    ///   - source: answers queries about times of arrival; nil: `keeper`.
    ///   - options: those of the verification, with the command and the directory of files where there are any.
    package init(
        _ keeper: RecordingKeeper, measuring source: (any TelemetrySource)? = nil, options: SuiteOptions,
        itemsMax: Int = VerificationOptions().itemsMax
    ) {
        self.keeper = keeper
        self.source = source ?? keeper
        self.options = options
        self.itemsMax = itemsMax
    }

    /// Fills in the files, samples and figures of a report. What cannot be read is left out: a report of checks that
    /// were made does not fail by what it shows besides.
    ///
    /// - Parameters:
    ///   - window: what is loaded where the verification loaded nothing.
    ///   - prefix: stands in for the directory in the paths that are shown; nil: the directory itself.
    package func add(
        to report: inout VerificationReport, window: RecordingWindow, shownAs prefix: String? = nil
    ) async {
        let window = keeper.window ?? window
        var missing = window
        missing.signals = Set(Signal.allCases.filter { keeper.last($0) == nil })
        if !missing.signals.isEmpty {
            do {
                try await keeper.settle()
                _ = try await keeper.recording(missing, itemsMax: itemsMax)
            } catch {}
        }
        var options = options
        options.window = window
        report.figures = await Figures.measure(source, keeper.last(.metrics)?.sent ?? Recording(), options)
        var examples = ReportExamples()
        if let directory = options.filesDirectory {
            let found = await ReportFiles.examine(directory, shownAs: prefix ?? directory)
            report.files = found.files
            examples.page = found.page
            examples.processedLine = found.processedLine
        }
        if let recording = keeper.last(.traces) { examples.addSpan(recording) }
        examples.addMetric(keeper.last(.metrics)?.sent)
        if let recording = keeper.last(.logs) { examples.addLog(recording) }
        examples.addProcessedLine()
        report.samples = examples.samples
    }
}
