package import Codecs
package import LogFiles
package import TelemetryModel

/// Which files the mirror keeps, and how much of them.
package struct MirrorOptions: Sendable {
    /// Where `traces/`, `metrics/`, `logs/` and `processed/` are.
    package var data: String
    /// Where it is noted how far the files are; what only this process uses.
    package var run: String
    /// Spans that lack `service.name` or `deployment.environment` get those of their resource.
    package var enriches = true
    /// Before a file would become larger, it is put aside.
    package var rotateBytes = 100 << 20
    /// A file that began longer ago is put aside; nil for never.
    package var rotateAge: Duration? = .seconds(7 * 86_400)
    /// Files put aside that are kept of each.
    package var backups = 3
    /// Of files put aside.
    package var compression = FileCompression.zstd
    /// Of all files together.
    package var diskBytes = 2 << 30
    /// Between two writings of the page of metrics.
    package var pageInterval = Duration.seconds(10)

    package init(data: String, run: String) {
        self.data = data
        self.run = run
    }

    package func path(of signal: Signal) -> String {
        switch signal {
        case .traces: data + "/traces/traces.jsonl"
        case .metrics: data + "/metrics/metrics.jsonl"
        case .logs: data + "/logs/logs.jsonl"
        }
    }

    /// The second name of the file of traces.
    package var tracesCopyPath: String { data + "/traces/traces_detailed.json" }
    package var pagePath: String { data + "/metrics/metrics.prom" }
    package var processedPath: String { data + "/processed/filebeat-processed-logs.jsonl" }

    /// All files that rotate.
    package var rotatingPaths: [String] { Signal.allCases.map(path) + [tracesCopyPath, processedPath] }

    /// What must not be followed as a log.
    package var ownFiles: [String] { rotatingPaths }

    package func rotating(_ path: String) -> RotatingFile.Options {
        var options = RotatingFile.Options(path: path)
        options.bytesMax = rotateBytes
        options.ageMax = rotateAge
        options.backupsMax = backups
        return options
    }

    func positionPath(of signal: Signal) -> String { "\(run)/mirror.\(signal.rawValue)" }
}
