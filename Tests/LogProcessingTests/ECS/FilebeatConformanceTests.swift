import Foundation
import LogProcessing
import TelemetryModel
import Testing

/// The cases of `conformance/filebeat`: a line and the fields its processed event has.
struct FilebeatConformanceTests {
    private static var file: URL {
        let package = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["MARTLET_SHARED"].map { URL(filePath: $0) }
            ?? package.deletingLastPathComponent().appending(path: "shared")
        return shared.appending(path: "conformance/filebeat/cases.json")
    }

    @Test func everyCaseHasItsFields() throws {
        guard let data = try? Data(contentsOf: Self.file) else {
            print("skipped: no \(Self.file.path)")
            return
        }
        let cases = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        #expect(!cases.isEmpty)
        for example in cases {
            let name = try #require(example["name"] as? String)
            let line = try #require(example["line"] as? String)
            let source = LogSource(path: try #require(example["file"] as? String))
            let start = try #require(example["offset"] as? Int)
            let event = AssembledEvent(bytes: Array(line.utf8), start: start, end: start + line.utf8.count + 1)
            let processed = try LineProcessor(LineProcessorOptions()).process(
                event, source: source, readTime: TestEvents.readTime)
            let draft = try #require(processed.drafts.first, "\(name)")
            let text = ECSDocument(draft, source).line
            let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            for (field, expected) in try #require(example["expect"] as? [String: Any]) {
                let found = document[field]
                #expect(found as? NSObject == expected as? NSObject, "\(name): \(field)")
            }
        }
    }
}
