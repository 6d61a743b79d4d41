import Recordings
import Testing

@testable import Verification

@Suite struct SnapshotMaskTests {
    @Test(arguments: [
        ("user.id", "user.id", true), ("user.id", "user.*", true), ("user.id", "*", true), ("user.id", "*.id", true),
        ("user.id", "u*r*d", true), ("user.id", "user", false), ("user.id", "*.name", false), ("", "*", true),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "a*a*a*a*a*a*a*a*c", false),
    ]) func aStarStandsForAnyCharacters(key: String, wildcard: String, isMatch: Bool) {
        #expect(SnapshotMask.matches(key, wildcard) == isMatch)
    }

    @Test(arguments: ["", "=x", "key=("]) func aMaskWithoutKeyOrWithABrokenExpressionIsRefused(text: String) {
        #expect(throws: VerificationError.self) { try SnapshotMask(text) }
    }

    private func attribute(
        _ key: String, _ value: RecordedValue, masks: [String] = [], kept: [String] = []
    ) throws -> String {
        var options = SnapshotOptions()
        options.masks = try masks.map { try SnapshotMask($0) }
        options.kept = kept
        return SnapshotMasker(options).value(value, key: key)
    }

    @Test func aMaskTakesTheWholeValueOrWhatMatches() throws {
        #expect(try attribute("user", .string("bob"), masks: ["user"]) == "<masked>")
        #expect(try attribute("url", .string("/a?b=1"), masks: ["url=[?].*"]) == "\"/a<masked>\"")
        #expect(try attribute("url", .string("/a"), masks: ["url=[?].*"]) == "\"/a\"")
        #expect(try attribute("n", .int(7), masks: ["n=7"]) == "\"<masked>\"")
    }

    @Test func keptIsStrongerThanEveryMask() throws {
        #expect(try attribute("process.pid", .int(7)) == "<masked>")
        #expect(try attribute("process.pid", .int(7), kept: ["process.*"]) == "7")
        #expect(
            try attribute("a", .string("0af7651916cd43dd8448eb211c80319c"), masks: ["a"], kept: ["a"])
                == "\"0af7651916cd43dd8448eb211c80319c\"")
    }

    @Test func measuredNumbersAreMaskedAndSettingsAreNot() throws {
        #expect(try attribute("wasm.execution_time_ms", .double(12.5)) == "<masked>")
        #expect(try attribute("request.timeout_ms", .int(500)) == "500")
        #expect(try attribute("wasm.execution_time_ms", .string("slow")) == "\"slow\"")
        #expect(try attribute("created", .int(1_767_323_045_678_000_000)) == "<time>")
    }

    @Test func valuesOfDifferentTypesAreDifferentTexts() throws {
        let values: [RecordedValue] = [
            .string("1"), .int(1), .double(1), .bool(true), .string("true"), .empty, .string(""), .bytes([1]),
            .array([.int(1)]), .map(RecordedAttributes([.init(key: "a", value: .int(1))])), .string("\n"),
            .string("\\n"), .string("\\\\n"),
        ]
        let texts = try values.map { try attribute("a", $0) }
        #expect(Set(texts).count == values.count)
        #expect(texts.allSatisfy { !$0.contains("\n") })
    }

    @Test func aMapIsOrderedByKeyAndMaskedByPath() throws {
        let map = RecordedValue.map(
            RecordedAttributes([.init(key: "z", value: .int(1)), .init(key: "pid", value: .int(2))]))
        #expect(try attribute("process", map) == "{pid: <masked>, z: 1}")
    }

    @Test func aDifferenceInALongValueIsSeen() throws {
        let long = String(repeating: "x", count: 10_000)
        let texts = try [attribute("a", .string(long + "1")), attribute("a", .string(long + "2"))]
        #expect(texts[0] != texts[1])
        #expect(texts[0].utf8.count < 5000)
    }
}
