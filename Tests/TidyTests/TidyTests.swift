import Foundation
import Testing

/// Rules of the house that a program can check.
@Suite struct TidyTests {
    /// The row of each module; a module imports from rows below its own only (ARCHITECTURE.md, "Modules").
    private static let rows: [String: Int] = [
        "CADBC": -1, "CLibdeflate": -1, "CRE2": -1, "CSnappy": -1, "CZstd": -1,
        "TelemetryModel": 0, "SQLSyntax": 0, "OTLPMessages": 0, "PrometheusModel": 0, "TraceMessages": 0,
        "Codecs": 1, "LogPatterns": 1, "LogQL": 1, "PromQL": 1, "Recordings": 1, "Samples": 1, "TraceAnalysis": 1,
        "TraceQL": 1,
        "WriteAheadLog": 1,
        "ClickHouse": 2, "LogProcessing": 2, "LogQLEvaluation": 2, "PromQLEvaluation": 2, "TraceQLEvaluation": 2,
        "TelemetryStore": 3,
        "Ingest": 4, "LogFiles": 4, "QueryEngines": 4, "HTTPSurface": 4,
        "TelemetryFiles": 4,
        "FileMirror": 5, "Receivers": 5, "QueryAPI": 5, "Verification": 5,
        "MartletServer": 6,
        "martlet": 7,
    ]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private struct SourceFile {
        let path: String
        let text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    private static func files(_ folder: String, endings: [String]) throws -> [SourceFile] {
        let directory = root.appending(path: folder)
        let names = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { name in endings.contains { name.hasSuffix($0) } }.sorted().map { name in
            SourceFile(
                path: "\(folder)/\(name)",
                text: try String(contentsOf: directory.appending(path: name), encoding: .utf8))
        }
    }

    @Test func everyModuleHasARow() throws {
        let modules = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path)
        #expect(Set(modules) == Set(Self.rows.keys))
    }

    @Test func modulesImportDownwardOnly() throws {
        var violations: [String] = []
        var seen = 0
        for file in try Self.files("Sources", endings: [".swift"]) {
            let module = String(file.path.split(separator: "/")[1])
            guard let row = Self.rows[module] else { continue }
            for line in file.lines {
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 1, words.count > index + 1,
                    let imported = Self.rows[String(words[index + 1])]
                else { continue }
                seen += 1
                if imported >= row { violations.append("\(file.path): \(line)") }
            }
        }
        #expect(violations.isEmpty, "\(violations)")
        #expect(seen > 100)
    }

    @Test func wordsThatMustNotBe() throws {
        let files =
            try Self.files("Sources", endings: [".swift", ".h", ".c"])
            + Self.files("Tests", endings: [".swift", ".py"])
            + Self.files("Documentation", endings: [".md", ".sql"]) + Self.files("Benchmarks", endings: [".swift"])
        // Put together here, so that this file does not hold them.
        let banned = [
            "TO" + "DO", "FIX" + "ME", "try" + "!", " as" + "! ", "fatal" + "Error(", "/ro" + "ot/", "/wo" + "rk/",
            "pypi" + ".org", "github" + ".com/martlet",
        ]
        var found: [String] = []
        for file in files where !file.path.contains("/Generated/") {
            for word in banned where file.text.contains(word) {
                // A test's support may end the test process.
                if word.hasPrefix("fatal"), file.path.hasPrefix("Tests/") { continue }
                found.append("\(file.path): \(word)")
            }
        }
        #expect(found.isEmpty, "\(found)")
        #expect(files.count > 100)
    }

    @Test func filesAreWhole() throws {
        var wrong: [String] = []
        for file in try Self.files("Sources", endings: [".swift"]) + Self.files("Tests", endings: [".swift"])
        where !file.path.contains("/Generated/") {
            if !file.text.hasSuffix("\n") || file.text.hasSuffix("\n\n") { wrong.append("\(file.path): end of file") }
            if file.lines.contains(where: { $0.hasPrefix("\t") }) { wrong.append("\(file.path): tab") }
        }
        #expect(wrong.isEmpty, "\(wrong)")
    }

    @Test func folderNamesSayWhatTheyAreFor() throws {
        let vague = try Self.files("Sources", endings: [".swift"]).map(\.path).filter { path in
            ["/Utils/", "/Util/", "/Helpers/", "/Misc/", "/Common/"].contains { path.contains($0) }
        }
        #expect(vague.isEmpty, "\(vague)")
    }

    /// Every metric that the code counts has a help text and stands in the document.
    @Test func metricsAreDescribed() throws {
        let catalog = try String(
            contentsOf: Self.root.appending(path: "Sources/MartletServer/SelfMetrics/SelfMetricCatalog.swift"),
            encoding: .utf8)
        let document = try String(
            contentsOf: Self.root.appending(path: "Documentation/SelfMetrics.md"), encoding: .utf8)
        var names: Set<String> = []
        for file in try Self.files("Sources", endings: [".swift"]) {
            for match in file.text.matches(of: /label: "(martlet_[a-z_]+)"/) { names.insert(String(match.1)) }
        }
        #expect(names.count >= 8)
        for name in names {
            #expect(catalog.contains("\"\(name)\""), "\(name) has no help text")
            #expect(document.contains("`\(name)`"), "\(name) is not in Documentation/SelfMetrics.md")
        }
    }
}
