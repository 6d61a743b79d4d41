import TelemetryModel
import Testing

@Suite struct StoredAttributeTests {
    @Test(arguments: [
        ("sid", [AttributeType.string, .int, .double]),
        ("bam", [.bool, .array, .map]),
        ("xno", [.bytes, .empty, .nested]),
        ("i", [.int, .string, .string]),
        ("", [.string, .string, .string]),
        ("?i", [.string, .int, .string]),
        ("idbs", [.int, .double, .bool]),
    ])
    func aLetterThatIsMissingOrUnknownReadsAsString(signature: String, types: [AttributeType]) {
        let pairs = [(key: "a", text: "1"), (key: "b", text: ""), (key: "a", text: "3")]
        let expected = zip(pairs, types).map { StoredAttribute(key: $0.key, text: $0.text, type: $1) }
        #expect(StoredAttribute.list(pairs, signature: signature) == expected)
    }

    @Test func noPairsGiveNoAttributes() {
        #expect(StoredAttribute.list([], signature: "sss").isEmpty)
    }

    /// The letters are stored, so they never change.
    @Test(arguments: [
        (AttributeType.string, "s"), (.int, "i"), (.double, "d"), (.bool, "b"), (.array, "a"), (.map, "m"),
        (.bytes, "x"),
        (.empty, "n"), (.nested, "o"),
    ])
    func typesHaveFixedLetters(type: AttributeType, letter: String) {
        #expect(type.rawValue == Array(letter.utf8)[0])
        #expect(AttributeType.allCases.count == 9)
    }
}
