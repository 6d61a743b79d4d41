import Recordings
import Testing

@Suite struct RecordedValueTests {
    @Test(arguments: [
        (RecordedValue.string("a \"b\""), "a \"b\""), (.int(-3), "-3"), (.double(19), "19"), (.double(0.5), "0.5"),
        (.double(.nan), "NaN"), (.double(-.infinity), "-Infinity"), (.bool(true), "true"), (.bytes([1, 2, 3]), "AQID"),
        (.empty, ""), (.array([.int(1), .double(2), .string("x\n\u{1}"), .empty]), #"[1,2.0,"x\n\u0001",null]"#),
        (.map(RecordedAttributes([.init(key: "k", value: .array([.bool(false)]))])), #"{"k":[false]}"#),
    ])
    func textIsWhatQueriesShow(_ value: RecordedValue, _ text: String) {
        #expect(value.text == text)
    }

    @Test func ofARepeatedKeyTheFirstCounts() {
        let attributes = RecordedAttributes([
            .init(key: "b", value: .int(1)), .init(key: "a", value: .int(2)), .init(key: "b", value: .int(3)),
        ])
        #expect(attributes["b"] == .int(1))
        #expect(attributes.canonical.keys == ["a", "b"])
        #expect(attributes.canonical["b"] == .int(1))
    }
}
