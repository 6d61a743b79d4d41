import Foundation
import Testing

/// Package.swift against the table of modules in DESIGN.md, section 3.
@Suite struct PackageTests {
    private static let rows: [[String]] = [
        ["CADBC", "CLibdeflate", "CRE2", "CSnappy", "CZstd"],
        ["TelemetryModel", "SQLSyntax", "OTLPMessages", "PrometheusModel", "TraceMessages"],
        [
            "Samples", "Codecs", "LogPatterns", "LogQL", "PromQL", "Recordings", "TraceAnalysis", "TraceQL",
            "WriteAheadLog",
        ],
        ["ClickHouse", "LogProcessing", "LogQLEvaluation", "PromQLEvaluation", "TraceQLEvaluation"],
        ["TelemetryStore"], ["Ingest", "LogFiles", "QueryEngines", "HTTPSurface", "TelemetryFiles"],
        ["FileMirror", "Receivers", "QueryAPI", "Verification"],
        ["MartletServer"], ["martlet"],
    ]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func row(_ module: String) -> Int? { rows.firstIndex { $0.contains(module) } }

    /// Our modules among the dependencies of each target under Sources.
    private static func targets() throws -> [String: Set<String>] {
        let text = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        let declarations = text.components(separatedBy: "\n        .").dropFirst()
        var targets: [String: Set<String>] = [:]
        for declaration in declarations {
            guard let name = declaration.firstMatch(of: /name: "(\w+)"/).map({ String($0.1) }), row(name) != nil else {
                continue
            }
            guard ["target(", "executableTarget(", "systemLibrary("].contains(where: { declaration.hasPrefix($0) })
            else { continue }
            var names: Set<String> = []
            if let list = declaration.firstMatch(of: /dependencies: \[([^\]]*)\]/) {
                for match in list.1.matches(of: /"(\w+)"/) { names.insert(String(match.1)) }
            }
            targets[name] = names
        }
        return targets
    }

    /// Our modules that the files of a module import.
    private static func imports(_ module: String) throws -> Set<String> {
        let directory = root.appending(path: "Sources/\(module)")
        let names = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
        var imported: Set<String> = []
        for name in names where name.hasSuffix(".swift") {
            let text = try String(contentsOf: directory.appending(path: name), encoding: .utf8)
            for match in text.matches(of: /(?m)^(?:@\w+ )?(?:\w+ )?import (?:\w+ )?(\w+)/) {
                imported.insert(String(match.1))
            }
        }
        return imported.filter { row($0) != nil }
    }

    @Test func everyModuleIsATarget() throws {
        #expect(Set(try Self.targets().keys) == Set(Self.rows.joined()))
    }

    @Test func targetsDependDownwardOnly() throws {
        var seen = 0
        for (target, dependencies) in try Self.targets() {
            for dependency in dependencies {
                let upper = try #require(Self.row(target))
                let lower = try #require(Self.row(dependency), "\(target) depends on \(dependency), which has no row")
                #expect(lower < upper, "\(target) depends on \(dependency)")
                seen += 1
            }
        }
        #expect(seen > 30)
    }

    /// SwiftPM lets a target import what it reaches through others; the list of dependencies is to say it all.
    @Test(
        "a target lists what its files import",
        arguments: rows.joined().filter { !$0.hasPrefix("C") || $0 == "Codecs" || $0 == "ClickHouse" })
    func dependenciesAreTheImports(module: String) throws {
        #expect(try Self.targets()[module] == Self.imports(module))
    }
}
