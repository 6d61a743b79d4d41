import Foundation
import Testing
import Yams

@testable import Verification

/// The table against the published registry's own files, which are not part of the repository.
@Suite struct RegistryConformanceTests {
    private static var folder: URL {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["MARTLET_SHARED"].map { URL(filePath: $0) }
            ?? package.deletingLastPathComponent().appending(path: "shared")
        return shared.appending(path: "conformance/semantic-conventions")
    }

    private static func documents() throws -> [[String: Any]]? {
        let model = folder.appending(path: "model")
        guard let names = FileManager.default.enumerator(atPath: model.path)?.compactMap({ $0 as? String }) else {
            print("SKIPPED: \(model.path) does not exist")
            return nil
        }
        return try names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { name in
            try Yams.load(yaml: String(contentsOf: model.appending(path: name), encoding: .utf8)) as? [String: Any]
        }
    }

    private static func list(_ value: Any?) -> [[String: Any]] { value as? [[String: Any]] ?? [] }

    @Test func everyAttributeIsInTheTable() throws {
        guard let documents = try Self.documents() else { return }
        var seen = 0
        for document in documents {
            let definitions =
                Self.list(document["attributes"])
                + Self.list(document["groups"]).flatMap { Self.list($0["attributes"]) }.filter { $0["id"] != nil }
            for definition in definitions {
                let name = try #require((definition["id"] ?? definition["key"]) as? String)
                let attribute = try #require(SemanticConventions.registry.attributes[name], "\(name) is not there")
                seen += 1
                #expect((definition["deprecated"] != nil) == (attribute.replacements != nil), "\(name)")
                if let renamed = (definition["deprecated"] as? [String: Any])?["renamed_to"] as? String {
                    #expect(attribute.replacements == [renamed], "\(name)")
                }
                #expect(Self.isType(definition["type"], attribute), "\(name): \(attribute.kind)")
            }
        }
        #expect(seen > 400)
    }

    private static func isType(_ type: Any?, _ attribute: SemanticConventions.Attribute) -> Bool {
        if let enumeration = type as? [String: Any] {
            let members = list(enumeration["members"]).map { $0["value"] }
            switch attribute.kind {
            case .strings1of(let values, _): return values == members.map { "\($0 ?? "")" }
            case .ints1of(let values, _): return values == members.map { Int64($0 as? Int ?? -1) }
            default: return false
            }
        }
        guard var name = type as? String else { return false }
        if name.hasPrefix("template[") {
            guard attribute.isTemplate else { return false }
            name = String(name.dropFirst("template[".count).dropLast())
        }
        let kinds: [String: SemanticConventions.Attribute.Kind] = [
            "string": .string, "int": .int, "double": .double, "boolean": .bool, "any": .any, "string[]": .strings,
            "int[]": .ints, "double[]": .doubles, "boolean[]": .bools,
        ]
        return kinds[name] == attribute.kind
    }

    @Test func everyMetricIsInTheTable() throws {
        guard let documents = try Self.documents() else { return }
        var seen = 0
        for group in documents.flatMap({ Self.list($0["groups"]) }) where group["type"] as? String == "metric" {
            let name = try #require(group["metric_name"] as? String)
            let metric = try #require(SemanticConventions.registry.metrics[name], "\(name) is not there")
            seen += 1
            #expect(metric.instrument.rawValue == group["instrument"] as? String, "\(name)")
            #expect(metric.unit == "\(group["unit"] ?? "")", "\(name)")
            #expect((group["deprecated"] != nil) == (metric.replacements != nil), "\(name)")
        }
        #expect(seen > 250)
    }

    @Test func everySpanTypeAndEventIsInTheTable() throws {
        guard let documents = try Self.documents() else { return }
        var seen = 0
        for document in documents {
            for group in Self.list(document["groups"]) {
                let id = group["id"] as? String ?? ""
                switch group["type"] as? String {
                case "span":
                    seen += 1
                    let span = SemanticConventions.registry.spans[String(id.dropFirst("span.".count))]
                    #expect(span?.kind == group["span_kind"] as? String, "\(id)")
                case "event":
                    seen += 1
                    let name = group["name"] as? String ?? ""
                    #expect(SemanticConventions.registry.events[name] != nil, "\(name)")
                default: continue
                }
            }
            for span in Self.list(document["spans"]) {
                seen += 1
                let name = span["type"] as? String ?? ""
                #expect(SemanticConventions.registry.spans[name]?.kind == span["kind"] as? String, "\(name)")
            }
            for span in Self.list(document["span_refinements"]) {
                seen += 1
                let id = span["id"] as? String ?? ""
                let refined = span["ref"] as? String ?? ""
                let found = SemanticConventions.registry.spans[String(id.dropFirst("span.".count))]
                let base = SemanticConventions.registry.spans[refined]
                #expect(found?.kind == base?.kind && found != nil, "\(id)")
            }
        }
        #expect(seen > 70)
    }

    @Test func theTableNamesItsSource() throws {
        guard let notice = try? String(contentsOf: Self.folder.appending(path: "NOTICE"), encoding: .utf8) else {
            print("SKIPPED: \(Self.folder.appending(path: "NOTICE").path) does not exist")
            return
        }
        #expect(notice.contains(SemanticConventions.version))
    }
}
