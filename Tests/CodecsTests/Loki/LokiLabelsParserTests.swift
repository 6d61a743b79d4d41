import PrometheusModel
import Testing

@testable import Codecs

@Suite struct LokiLabelsParserTests {
    private static func parse(_ text: String) throws -> [String: String] {
        let labels = try Array(text.utf8).withUnsafeBufferPointer { try LokiLabelsParser.parse($0) }
        return Dictionary(labels.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    @Test(
        arguments: [
            ("{}", [:]), (" { a = \"b\" , } ", ["a": "b"]), ("{a=\"}\",_b1='\"'}", ["a": "}", "_b1": "\""]),
            (#"{a="\n\t\\\"\x41\101é\U0001F600"}"#, ["a": "\n\t\\\"AAé😀"]), ("{a=`\\n\"`}", ["a": "\\n\""]),
            (#"{a='\''}"#, ["a": "'"]), (#"{a="\xff"}"#, ["a": "\u{FFFD}"]),
        ] as [(String, [String: String])])
    func labelSetsOfPrometheus(text: String, labels: [String: String]) throws {
        #expect(try Self.parse(text) == labels)
    }

    @Test(
        arguments: [
            ("{a", "1:3: parse error: unexpected end of input in label set, expected \"=\""),
            ("{a=1}", "1:4: parse error: unexpected character inside braces: '1'"),
            ("{\na=\"b\"\n;}", "3:1: parse error: unexpected character inside braces: ';'"),
            ("{a=\"b}", "1:4: parse error: invalid or unterminated quoted string"),
            ("{a=\"b\"}{", "1:8: parse error: unexpected \"{\" in label set, expected end of input"),
        ])
    func errorsNameThePlace(text: String, message: String) {
        #expect(throws: DecodeError(code: .malformed, message: "couldn't parse labels: \(message)")) {
            try Self.parse(text)
        }
    }

    @Test func whatIsQuotedIsReadAgain() throws {
        let text = "a\"\\\n\r\t\u{1}\u{7F}é😀"
        #expect(try Self.parse("{a=\(LabelName.quoted(text))}") == ["a": text])
    }
}
