import Foundation
import Testing

@testable import Verification

/// `Documentation/Verification.md` and the schema beside it; MARTLET_TEST_RECORD=1 writes what is made of the vocabulary
/// anew.
struct DocumentationTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Documentation")
    private static let manual = folder.appending(path: "Verification.md")
    private static let isRecording = ProcessInfo.processInfo.environment["MARTLET_TEST_RECORD"] == "1"

    @Test func theSchemaFileIsWhatTheProgramPrints() throws {
        let path = Self.folder.appending(path: "expectations.schema.json")
        if Self.isRecording { try DocumentSchema.text.write(to: path, atomically: true, encoding: .utf8) }
        #expect(try String(contentsOf: path, encoding: .utf8) == DocumentSchema.text)
    }

    @Test func theManualListsTheWholeVocabulary() throws {
        var text = try String(contentsOf: Self.manual, encoding: .utf8)
        let (begin, end) = ("<!-- vocabulary: begin -->\n", "<!-- vocabulary: end -->")
        let start = try #require(text.range(of: begin)).upperBound
        let stop = try #require(text.range(of: end)).lowerBound
        if Self.isRecording {
            text.replaceSubrange(start..<stop, with: Self.vocabulary)
            try text.write(to: Self.manual, atomically: true, encoding: .utf8)
        } else {
            #expect(text[start..<stop] == Self.vocabulary)
        }
    }

    /// A table of each object.
    private static var vocabulary: String {
        ObjectName.allCases.map { name in
            let rows = name.shape.keys.map { key in
                "| `\(key.name)`\(key.isRequired ? " (required)" : "") | "
                    + "\(key.summary.replacing("|", with: "\\|").replacing("<", with: "&lt;")) |\n"
            }
            return "#### \(name.rawValue)\n\n\(name.shape.summary)\n\n| Key | Meaning |\n|---|---|\n"
                + rows.joined() + "\n"
        }.joined()
    }

    // MARK: Examples

    /// The blocks of YAML in the manual: lists of expectations, or whole documents.
    private static func examples() throws -> [String] {
        try String(contentsOf: manual, encoding: .utf8).split(separator: "```yaml\n").dropFirst().map { part in
            let block = String(part.prefix(upTo: part.range(of: "\n```")?.lowerBound ?? part.endIndex))
            guard block.hasPrefix("- ") || block.hasPrefix("#") else { return block }
            return "version: 1\nexpectations:\n"
                + block.split(separator: "\n").map { "  \($0)\n" }.joined()
        }
    }

    @Test func everyExampleIsValid() throws {
        let examples = try Self.examples()
        #expect(!examples.isEmpty)
        for example in examples {
            let problems = ExpectationDocument.parse(example, file: "example").problems
            #expect(problems.isEmpty, "\(problems.map(\.description))\n\(example)")
        }
    }

    @Test func everyKeyHasAnExample() throws {
        let examples = try Self.examples().joined(separator: "\n")
        for name in ObjectName.allCases {
            for key in name.shape.keys {
                let found = examples.range(of: "(^|[^A-Za-z0-9_])\(key.name):", options: .regularExpression)
                #expect(found != nil, "\(name).\(key.name)")
            }
        }
    }
}
