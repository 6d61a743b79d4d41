import Testing

@testable import Verification

struct DocumentSchemaTests {
    @Test func everyKeyOfTheVocabularyIsInTheSchemaWithItsSummary() {
        let text = DocumentSchema.text
        for name in ObjectName.allCases {
            for key in name.shape.keys {
                #expect(text.contains("\"\(key.name)\": {"), "\(name).\(key.name)")
                #expect(!key.summary.isEmpty && key.summary.hasSuffix("."), "\(name).\(key.name)")
            }
        }
    }

    @Test func everyDefinitionThatIsReferredToIsThere() {
        let text = DocumentSchema.text
        for part in text.split(separator: "\"#/definitions/").dropFirst() {
            let name = String(part.prefix { $0 != "\"" })
            #expect(ObjectName(rawValue: name) != nil, "\(name)")
            #expect(text.contains("\n    \"\(name)\": {"), "\(name)")
        }
    }

    @Test func keysOfAnObjectAreUniqueAndExclusiveOnesExist() {
        for name in ObjectName.allCases {
            let keys = name.shape.keys.map(\.name)
            #expect(Set(keys).count == keys.count, "\(name)")
            for group in name.shape.exclusive { #expect(group.allSatisfy(keys.contains), "\(name) \(group)") }
        }
    }
}

/// The schema that editors use and the reader are of one mind.
struct DocumentSchemaAgreementTests {
    private static func document(_ expectation: String) -> String {
        "version: 1\nexpectations:\n  -\n"
            + expectation.split(separator: "\n").map { "    \($0)\n" }.joined()
    }

    private static let expectations: [String] =
        (VocabularyTests.spans + VocabularyTests.traces + VocabularyTests.logs + VocabularyTests.metrics
        + VocabularyTests.resources).map(\.expectation)
        + QueryExpectationTests.cases.flatMap { example in ["promql", "sql"].map { "\($0): \(example.0)" } }

    @Test func whatIsReadIsValid() throws {
        let validator = try SchemaValidator(DocumentSchema.text)
        for expectation in Self.expectations {
            let document = Self.document(expectation)
            #expect(ExpectationDocument.parse(document, file: "f").problems.isEmpty, "\(expectation)")
            #expect(try validator.accepts(document), "\(expectation)")
        }
    }

    /// Problems that a schema has no words for.
    private static let beyondSchema = [
        "expects nothing", "is none: missing", "`across` is for", "`present: false`", "`start` is not before",
        "duplicate key", "not valid YAML", "the document is empty",
    ]

    @Test func whatIsRefusedIsInvalid() throws {
        let validator = try SchemaValidator(DocumentSchema.text)
        for (text, problem) in ExpectationDocumentTests.wrong where !Self.beyondSchema.contains(where: problem.contains)
        {
            let isAccepted = try validator.accepts(text)
            #expect(!isAccepted, "\(text)")
        }
    }

    private static let refused = [
        "spans: a\neventually: 10", "spans: a\neventually: ''", "spans: a\neventually: 1s1h", "logs: {severity: loud}",
        "logs: {severity: 25}", "spans: a\nskip: ~", "metric: a\nvalue: high", "metric: a\nhistogram: {p42: 1}",
        "spans: {duration: {between: [1s]}}", "spans: {attributes: {a: {}}}", "spans: {attributes: {}}",
        "spans: {events: []}", "trace: {shape: {exact: a, contains: b}}", "spans: a\nabsent: true\ncount: 1",
        "resource: {signals: traces, services: a}", "promql: up\ncount: 1", "spans: a\nallow_empty: yes",
    ]

    @Test func bothRefuseWhatIsWrong() throws {
        let validator = try SchemaValidator(DocumentSchema.text)
        for expectation in Self.refused {
            let document = Self.document(expectation)
            let isAccepted = try validator.accepts(document)
            #expect(!isAccepted, "\(expectation)")
            #expect(!ExpectationDocument.parse(document, file: "f").problems.isEmpty, "\(expectation)")
        }
    }
}
