import Foundation
import Testing

@testable import Codecs

/// Verdicts on the pages of `conformance/exposition`: what Prometheus 3.5.3 scraped (`reference-up.json`).
///
/// Pages of OpenMetrics' own suite are served as OpenMetrics, others as text, as the file's name says. A verdict takes
/// the labels of all series into account, since Prometheus refuses a page for a label that stands twice.
@Suite struct ExpositionConformanceTests {
    /// `shared` stands beside the repository and is not part of it.
    private static let directory: URL = {
        if let path = ProcessInfo.processInfo.environment["MARTLET_SHARED"] {
            return URL(filePath: path).appending(path: "conformance/exposition")
        }
        return URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/conformance/exposition")
    }()

    /// Name of the case, its file and its format.
    private static func cases() -> [(name: String, file: URL, format: ExpositionFormat)] {
        guard let paths = FileManager.default.enumerator(atPath: directory.path(percentEncoded: false)) else {
            return []
        }
        var cases: [(name: String, file: URL, format: ExpositionFormat)] = []
        for case let path as String in paths {
            let parts = path.split(separator: "/")
            guard parts.count > 1, let last = parts.last else { continue }
            let file = directory.appending(path: path)
            switch parts[0] {
            case "openmetrics" where last == "metrics": cases.append((String(parts[1]), file, .openMetrics))
            case "prometheus-text": cases.append(("text_\(last)", file, .text))
            case "textparse":
                let name = "tp_" + last.replacing(".", with: "_")
                cases.append((name, file, last.contains(".om.") ? .openMetrics : .text))
            default: break
            }
        }
        return cases
    }

    @Test func verdictsAreThoseOfTheReference() throws {
        let reference = Self.directory.appending(path: "reference-up.json")
        guard let data = try? Data(contentsOf: reference) else {
            print("SKIPPED: \(reference.path(percentEncoded: false)) does not exist")
            return
        }
        let expected = try JSONDecoder().decode([String: Int].self, from: data)
        var tested = 0
        for (name, file, format) in Self.cases() {
            guard let verdict = expected[name] else { continue }
            tested += 1
            let bytes = [UInt8](try Data(contentsOf: file))
            let result = Result { () throws(ExpositionError) in try RecordingExpositionSink.read(bytes, format) }
            switch (verdict, result) {
            case (1, .failure(let error)): Issue.record("\(name): refused, \(error)")
            case (0, .success): Issue.record("\(name): accepted, but has to be refused")
            default: break
            }
        }
        #expect(tested == expected.count)
    }

    /// Pages too large for the table of verdicts, which Prometheus' own benchmarks parse.
    @Test func largePagesAreAccepted() throws {
        for (name, file, format) in Self.cases() where name.contains("237mfs") {
            let sink = try RecordingExpositionSink.read([UInt8](try Data(contentsOf: file)), format)
            #expect(sink.samples.count > 1000, "\(name)")
        }
    }
}
