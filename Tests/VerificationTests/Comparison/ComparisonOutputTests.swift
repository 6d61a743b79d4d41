import Codecs
import Testing

@testable import Verification

@Suite("Output of comparisons")
struct ComparisonOutputTests {
    private func result() throws -> ComparisonResult {
        var (a, b) = (ComparisonSamples(seed: 1), ComparisonSamples(seed: 2))
        a.addTrace("start|up", children: ["load"], at: 0, duration: 1_000_000)
        b.addTrace("start|up", children: ["load", "con`nect"], at: 0, duration: 1_000_000)
        return try RunComparison.compare(
            RunProfile(a.recording, title: "before"), RunProfile(b.recording, title: "after"))
    }

    @Test("Markdown has a table a section, escapes, and a diff of the shape")
    func markdown() throws {
        let text = ComparisonMarkdown(try result(), failed: [try FailCondition("new-operations")]).text
        #expect(text.hasPrefix("# before → after\n\n**3 differences"))
        #expect(text.contains("Failed: `new-operations`."))
        #expect(text.contains("| shop: con\\`nect | 0 | 1 |  | new |"))
        #expect(text.contains("start\\|up"))
        #expect(text.contains("+   shop: con`nect\n"))
    }

    @Test("JSON is well formed and says what failed")
    func json() throws {
        let bytes = ComparisonJSON(try result(), failed: [try FailCondition("any")], isAll: true).bytes
        var names: [String] = []
        try bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            var object = try reader.beginObject()
            while let key = try reader.nextKey(&object) {
                names.append(
                    try reader.withBytes(of: key) { (bytes) throws(DecodeError) in
                        String(decoding: bytes, as: UTF8.self)
                    })
                try reader.skipValue()
            }
            try reader.finish()
        }
        #expect(
            names == [
                "result", "a", "b", "sameWork", "options", "counts", "failed", "findings", "operations", "notes",
            ])
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"failed\":[\"any\"]"))
    }

    @Test(
        "numbers have three digits",
        arguments: [
            (0.0, "0"), (1, "1"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (99.96, "100"), (-0.5, "-0.5"),
            (0.012_34, "0.0123"), (1e20, "1e+20"), (1234.5, "1235"),
        ])
    func rounded(value: Double, text: String) {
        #expect(ComparisonText.rounded(value) == text)
    }
}
