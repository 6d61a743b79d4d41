import Testing

@testable import QueryAPI

@Suite("annotation queries") struct AnnotationQueryTests {
    @Test(
        "parts are joined by and; the first equals sign ends a name",
        arguments: [
            ("", []), (" ", []), ("error", ["error"]), ("a=b", ["a=b"]), ("a=b=c", ["a=b=c"]), ("a=", ["a"]),
            ("=b", []), ("a and b", ["a", "b"]), ("a=1 and b and c=2", ["a=1", "b", "c=2"]),
            ("sand and band", ["sand", "band"]),
            ("a=x y", ["a=x y"]), ("a and a=1", ["a=1"]), ("a=1 and a", ["a=1"]), ("a=1 and a=2", ["a=2"]),
            ("  a  and  b=1  ", ["a", "b=1"]), (" and ", []), ("a and ", ["a"]), ("a AND b", ["a AND b"]),
        ])
    func parts(text: String, expected: [String]) throws {
        let terms = try AnnotationQuery(text).terms
        #expect(terms.map { term in term.key + (term.value.map { "=\($0)" } ?? "") } == expected)
    }

    @Test("the number of parts is bounded")
    func bound() {
        let text = (0...100).map { "t\($0)" }.joined(separator: " and ")
        #expect(throws: ZipkinFailure.self) { try AnnotationQuery(text) }
    }
}
