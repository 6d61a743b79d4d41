import LogQL
import PrometheusModel
import TelemetryModel
import Testing

@testable import martlet

@Suite struct LogQuestionTests {
    private static func failure(_ body: () throws -> Void) -> CommandFailure? {
        do {
            try body()
            return nil
        } catch {
            return error as? CommandFailure
        }
    }

    @Test func `words all occur in a line, in either case`() throws {
        #expect(try LogQuestion(["timeout"]).text == #"{service_name=~".+"} |~ "(?i)timeout""#)
        #expect(
            try LogQuestion(["a.b", "c\"d\\"], service: "shop").text
                == #"{service_name="shop"} |~ "(?i)a\\.b" |~ "(?i)c\"d\\\\""#)
        #expect(try LogQuestion([]).text == #"{service_name=~".+"}"#)
    }

    @Test(arguments: ["a", "a b", "[x](y)*+?.^$|\\", "\"q\"", "tab\t", "line\nbreak", "\u{1}\u{7F}", "日本 é", "`"])
    func `whatever the words are, the query parses`(_ word: String) throws {
        let question = try LogQuestion([word], service: word, level: .warn, trace: "1")
        let parsed = try LogQLParser.parse(question.text)
        guard case .log(let selection) = parsed else {
            Issue.record("not a query for lines")
            return
        }
        #expect(selection.matchers.first?.value == word)
        #expect(
            selection.stages.first == .lineFilter(LineFilter(.matches, [.text("(?i)" + LogQuestion.escaped(word))])))
        #expect(selection.stages.count == 3)
    }

    @Test func `a brace makes it LogQL, and filters are appended`() throws {
        let question = try LogQuestion(["{a=\"b\"}", "|= \"c\""], service: "s", level: .error, trace: "AB")
        #expect(
            question.text
                == #"{a="b"} |= "c" | service_name="s" | detected_level=~"error|critical|fatal""#
                + #" | trace_id="000000000000000000000000000000ab""#)
        #expect(question.kind == .lines)
        #expect(try LogQuestion(["{ } |= `x`"]).text == "{service_name=~\".+\"} |= `x`")
        let numbers = try LogQuestion(["sum(rate({a=\"b\"}[1m]))"])
        #expect(numbers.kind == .numbers)
    }

    @Test func `wrong questions are wrong usage, with the place`() throws {
        let wrong = try #require(Self.failure { _ = try LogQuestion(["{a=\"b\"} |= "]) })
        #expect(wrong.exitCode == .usage)
        #expect(wrong.message.split(separator: "\n").last?.hasSuffix("^") == true)
        #expect(Self.failure { _ = try LogQuestion(["timeout"], isQuery: true) }?.exitCode == .usage)
        #expect(Self.failure { _ = try LogQuestion(["x"], trace: "no") }?.exitCode == .usage)
        #expect(Self.failure { _ = try LogQuestion(["rate({a=\"b\"}[1m])"], service: "s") }?.exitCode == .usage)
    }
}
