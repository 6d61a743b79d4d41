import Testing

@testable import Verification

@Suite struct JSONTreeTests {
    @Test func membersAndElementsAreFound() throws {
        let tree = try #require(JSONTree(#"{"a":[1,"b",{"c":null}],"d":true}"#))
        #expect(tree["a"]?[1]?.text == "b")
        #expect(tree["a"]?[3] == nil)
        #expect(tree["a"]?[-1] == nil)
        #expect(tree["a"]?["b"] == nil)
        #expect(tree.keys == ["a", "d"])
        #expect(tree["a"]?.items.count == 3)
        #expect(tree["d"]?.items.isEmpty == true)
    }

    @Test(
        "what is no JSON document is nil",
        arguments: ["", "{", "{}x", "nonsense", String(repeating: "[", count: 100_000)])
    func malformed(text: String) {
        #expect(JSONTree(text) == nil)
    }
}
