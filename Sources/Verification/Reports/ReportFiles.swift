import Dispatch
import TelemetryFiles
import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The files of a mirror, an export or a run, as a report lists them.
enum ReportFiles {
    struct Found: Sendable {
        var files: [FileReport] = []
        /// The first lines of the page of metrics, without what is derived of spans when there is anything else.
        var page = ""
        /// The first line of processed logs.
        var processedLine = ""
    }

    /// Files beyond are listed, but what is in them is not counted: a report is no reason to read gigabytes.
    private static let countedBytesMax = 256 << 20
    private static let pageLinesMax = 14
    /// Of a file, for samples.
    private static let headBytesMax = 64 << 10

    /// A file that Martlet writes.
    private struct Known {
        let path: String
        let form: String
        let description: String
        /// Why it is empty.
        let reason: String
    }

    private static let page = Known(
        path: "metrics/metrics.prom", form: "Prometheus text", description: "the newest value of each series",
        reason: "no series came")
    private static let processed = Known(
        path: "processed/filebeat-processed-logs.jsonl", form: "JSON Lines",
        description: "lines of followed log files, enriched", reason: "no log file that is followed has a line")
    private static let known = [
        Known(
            path: "traces/traces.jsonl", form: "OTLP JSON", description: "spans, an OTLP object a line",
            reason: "no spans came"),
        Known(
            path: "traces/traces_detailed.json", form: "OTLP JSON",
            description: "the file of traces by its second name",
            reason: "no spans came"),
        Known(
            path: "metrics/metrics.jsonl", form: "OTLP JSON", description: "points of metrics, an OTLP object a line",
            reason: "no metrics came but those that are derived of spans"),
        page,
        Known(
            path: "logs/logs.jsonl", form: "OTLP JSON", description: "log records, an OTLP object a line",
            reason: "no log records came"),
        processed,
    ]

    /// - Parameter prefix: stands in for the directory in what is shown.
    static func examine(_ directory: String, shownAs prefix: String) async -> Found {
        // Reading files blocks, which the cooperative pool must not.
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "martlet.report-files").async {
                continuation.resume(returning: find(directory, shownAs: prefix))
            }
        }
    }

    private static func find(_ directory: String, shownAs prefix: String) -> Found {
        let root = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        var found = Found()
        var budget = countedBytesMax
        var rest = (try? TelemetryDirectory.files(root)) ?? []
        func shown(_ path: String) -> String {
            guard path.hasPrefix(root) else { return path }
            let relative = path.dropFirst(root.utf8.count).drop { $0 == "/" }
            return prefix.isEmpty || relative.isEmpty
                ? (relative.isEmpty ? prefix : String(relative))
                : (prefix.hasSuffix("/") ? prefix : prefix + "/") + relative
        }
        // Only a mirror has the second name; what it has not written yet is still a file of it.
        let isMirror = PlainFile(root + "/traces/traces_detailed.json", headBytesMax: 1) != nil
        for known in known {
            let path = root + "/" + known.path
            // A file with those that were rotated away from it, the oldest first.
            for file in rest where file.set == path && file.path != path {
                found.files.append(report(file, shown(file.path), known, &budget))
            }
            rest.removeAll { $0.set == path }
            guard let content = PlainFile(path, headBytesMax: headBytesMax) else {
                guard isMirror else { continue }
                found.files.append(
                    FileReport(
                        path: shown(path), bytes: 0, items: 0, form: known.form, description: known.reason))
                continue
            }
            var report = FileReport(
                path: shown(path), bytes: content.size, items: 0, form: known.form,
                description: content.size == 0 ? known.reason : known.description)
            defer { found.files.append(report) }
            guard content.size > 0 else { continue }
            switch known.path {
            case page.path:
                found.page = pageSample(content.head)
                count(&report, &budget) { content.lines { $0 != UInt8(ascii: "#") } }
            case processed.path:
                found.processedLine = firstLine(content.head)
                count(&report, &budget) { content.lines { _ in true } }
            default:
                count(&report, &budget) { items(path, TelemetryFileReader.signal(ofName: path)) }
            }
        }
        found.files += rest.map { report($0, shown($0.path), nil, &budget) }
        return found
    }

    private static func report(
        _ file: TelemetryFile, _ shown: String, _ known: Known?, _ budget: inout Int
    ) -> FileReport {
        let form = known?.form ?? form(file.path)
        var report = FileReport(
            path: shown, bytes: file.size, items: 0, form: form ?? "other",
            description: known.map { "\($0.description); put aside" } ?? file.signal?.rawValue ?? "telemetry")
        if file.size == 0 {
            report.description = "nothing was written to it"
        } else if form == nil {
            report.description = "no OTLP, perhaps a program's own log"
        } else {
            count(&report, &budget) { items(file.path, file.signal) }
        }
        return report
    }

    /// nil for what is no file of telemetry.
    private static func form(_ path: String) -> String? {
        guard let reader = try? TelemetryFileReader(path) else { return nil }
        switch reader.form {
        case .otlpLines: return "OTLP JSON"
        case .otlpFrames: return "OTLP protobuf"
        case .document: return "JSON document"
        case .prometheus: return "Prometheus text"
        case .empty: return "empty"
        }
    }

    // MARK: Counting

    private static func count(_ report: inout FileReport, _ budget: inout Int, _ items: () -> Int?) {
        guard report.bytes <= budget else {
            report.description += "; not counted, as there is too much"
            return
        }
        budget -= report.bytes
        if let items = items() {
            report.items = items
        } else {
            report.description += "; not counted, as not all of it is telemetry"
        }
    }

    /// nil when something in it cannot be read.
    private static func items(_ path: String, _ signal: Signal?) -> Int? {
        guard let reader = try? TelemetryFileReader(path, signal: signal) else { return nil }
        var count = 0
        do {
            while let event = try reader.next() {
                guard case .request(let request, _, _) = event else { return nil }
                count += request.items
            }
        } catch {
            return nil
        }
        return count
    }

    // MARK: Samples

    private static func firstLine(_ text: String) -> String {
        text.split(separator: "\n").first.map(String.init) ?? ""
    }

    static func pageSample(_ text: String) -> String {
        let lines = text.split(separator: "\n").filter { $0.utf8.count < 400 && $0 != "# EOF" }
        let sent = lines.filter { line in
            let name = line.hasPrefix("# ") ? line.dropFirst(2).drop { $0 != " " }.dropFirst() : line
            return !DerivedMetricNames.isDerived(String(name))
        }
        let chosen = (sent.isEmpty ? lines : sent).prefix(pageLinesMax).joined(separator: "\n")
        return ReportExamples.cut(chosen, bytes: ReportExamples.bytesMax)
    }
}

/// A file of text on disk, read in pieces.
private struct PlainFile {
    let size: Int
    /// Its beginning.
    let head: String
    private let path: String

    /// nil when it cannot be opened.
    init?(_ path: String, headBytesMax: Int) {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        self.path = path
        var bytes = [UInt8](repeating: 0, count: headBytesMax)
        let count = fread(&bytes, 1, bytes.count, file)
        // A line that is cut is none.
        var head = bytes[..<count]
        if count == headBytesMax, let end = head.lastIndex(of: UInt8(ascii: "\n")) { head = head[..<end] }
        self.head = String(decoding: head, as: UTF8.self)
        guard fseek(file, 0, SEEK_END) == 0 else { return nil }
        size = ftell(file)
    }

    /// How many lines begin with a byte that counts; nil when it cannot be read.
    func lines(_ counts: (UInt8) -> Bool) -> Int? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        var lines = 0
        var isStart = true
        while true {
            let count = fread(&bytes, 1, bytes.count, file)
            guard count > 0 else { return lines }
            for byte in bytes[..<count] {
                if isStart, byte != UInt8(ascii: "\n"), counts(byte) { lines += 1 }
                isStart = byte == UInt8(ascii: "\n")
            }
        }
    }
}
