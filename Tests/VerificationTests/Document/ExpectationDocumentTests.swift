import TelemetryModel
import Testing

@testable import Verification

struct ExpectationDocumentTests {
    /// Method: the text after the arrow is the first problem, with its place.
    static let wrong: [(String, String)] = [
        ("", "1:1: the document is empty"),
        ("- a", "1:1: expected keys such as `version`, `name` and `description`, got a list"),
        ("version: 1", "1:1: the document expects nothing: it has neither `expectations` nor `suites`"),
        ("expectations: [{spans: a}]", "1:1: `version` is missing"),
        ("version: 2\nsuites: [correlation]", "1:10: `version`: expected 1, got the number 2"),
        (
            "version: 1\nsuites: [corelation]",
            "2:10: `suites`: expected one of `service-identification`"
        ),
        ("version: 1\nexpectation: []", "2:1: unknown key `expectation`, did you mean `expectations`?"),
        ("version: 1\nexpectations: []", "2:15: `expectations` is an empty list: it says nothing"),
        ("version: 1\nexpectations:\n  - span: a", "3:5: unknown key `span`, did you mean `spans`?"),
        (
            "version: 1\nexpectations:\n  - name: a",
            "3:5: the expectation has no subject: expected one of `spans`, `trace`, `logs`"
        ),
        (
            "version: 1\nexpectations:\n  - {spans: a, logs: {}}",
            "3:5: `spans` and `logs` cannot stand together: make an expectation of each"
        ),
        (
            "version: 1\nexpectations:\n  - spans: {atributes: {a: 1}}",
            "3:13: unknown key `atributes` in `spans`, did you mean `attributes`?"
        ),
        (
            "version: 1\nexpectations:\n  - spans: {kind: servr}",
            "3:19: `kind`: expected one of `unspecified`, `internal`, `server`, `client`, `producer` or `consumer`, "
                + "got the text \"servr\", did you mean `server`?"
        ),
        (
            "version: 1\nexpectations:\n  - spans: a\n    eventually: 10",
            "4:17: `eventually`: expected a duration such as `500ms` or `1m30s`, but \"10\" has no unit"
        ),
        (
            "version: 1\nexpectations:\n  - spans: {name: {matches: \"(\"}}",
            "3:29: `matches`: expected a regular expression, but it is none: missing ): ("
        ),
        (
            "version: 1\nexpectations:\n  - spans: a\n    count: -1",
            "4:12: `count`: expected a whole number that is not negative, or keys such as `equals`, `not_equals` and "
                + "`at_least`, got the number -1"
        ),
        (
            "version: 1\nexpectations:\n  - spans: a\n    count: {}",
            "4:12: `count` is empty: expected `equals`, `not_equals`"
        ),
        (
            "version: 1\nexpectations:\n  - spans: a\n    duration: {p95: 200ms}",
            "4:21: `p95`: expected keys such as `equals`, `not_equals` and `at_least`, got the text \"200ms\""
        ),
        (
            "version: 1\nexpectations:\n  - {spans: a, eventually: 1s, never: 1s}",
            "3:5: `eventually` and `never` cannot stand together"
        ),
        (
            "version: 1\nexpectations:\n  - {spans: a, absent: true, never: 1s}",
            "3:5: `absent` and `never` cannot stand together"
        ),
        (
            "version: 1\nexpectations:\n  - {metric: a, across: sum}",
            "3:25: `across` is for `value` and `increase`, and neither is there"
        ),
        (
            "version: 1\nexpectations:\n  - spans: {attributes: {a: {present: false, type: int}}}",
            "3:29: `present: false` leaves nothing for other conditions to hold of"
        ),
        ("version: 1\nexpectations:\n  - spans: {attributes: {a: ~}}", "3:29: `a`: expected a single value"),
        (
            "version: 1\nwindow: {since: 1m, start: 1}\nsuites: [correlation]",
            "2:9: `since` and `start` cannot stand together"
        ),
        ("version: 1\nwindow: {start: 5, end: 5}\nsuites: [correlation]", "2:9: `start` is not before `end`"),
        ("version: 1\nversion: 1", "1:1: duplicate key `version`"),
        ("version: [1", "2:1: not valid YAML: did not find expected ',' or ']'"),
        (
            "version: 1\nexpectations:\n  - {promql: up, expect: {empty: true, value: 1}}",
            "3:26: `empty` and `value` cannot stand together"
        ),
    ]

    @Test(arguments: wrong)
    func whatIsWrongIsToldWithItsPlace(_ text: String, _ expected: String) {
        let result = ExpectationDocument.parse(text, file: "f.yaml")
        let first = result.problems.first?.description ?? "no problem"
        #expect(result.document == nil)
        #expect(first.hasPrefix("f.yaml:" + expected), "\(first)")
    }

    @Test func allProblemsAreToldInOrderOfPlace() {
        let text = "versoin: 1\nexpectations:\n  - spans: {kindd: server}\n  - logs: 5\n"
        let problems = ExpectationDocument.parse(text, file: "f").problems
        #expect(problems.compactMap { $0.location?.line } == [1, 1, 3, 4])
    }

    @Test func aDocumentIsReadWithItsDefaults() throws {
        let text = """
            version: 1
            name: checkout
            description: Orders are traced.
            window: {since: 15m}
            service: shop
            eventually: 5s
            suites: [correlation]
            expectations:
              - spans: POST /orders
              - {name: quick, spans: a, eventually: 1s}
              - {name: quiet, logs: {severity: error}, never: 2s, skip: later}
            """
        let document = try ExpectationDocument(text, file: "f.yaml")
        #expect(document.name == "checkout")
        #expect(document.title == "Orders are traced.")
        #expect(document.service == "shop")
        #expect(document.suites == ["correlation"])
        #expect(document.window == DocumentWindow(since: .seconds(900)))
        #expect(
            document.expectations.map(\.timing) == [
                .eventually(.seconds(5)), .eventually(.seconds(1)), .never(.seconds(2)),
            ])
        #expect(document.expectations.map(\.skip) == [nil, nil, "later"])
        #expect(document.expectations[0].name == #"spans with name "POST /orders", service "shop""#)
        #expect(document.expectations[1].location == SourceLocation(file: "f.yaml", line: 10, column: 5))
    }

    @Test func theCallersServiceStandsInForTheDocuments() throws {
        let document = try ExpectationDocument(
            "version: 1\nservice: a\nexpectations: [{spans: x}]", file: "f", service: "b")
        #expect(document.service == "b")
        #expect(document.expectations[0].name.contains(#"service "b""#))
    }

    @Test func anAliasThatMakesADocumentHugeIsRefused() {
        let text = "version: 1\nexpectations:\n"
        var lines = "  - spans:\n      children:\n        - &c0 {children: [a, a, a, a, a, a, a, a, a, a]}\n"
        for level in 1...8 {
            let inner = Array(repeating: "*c\(level - 1)", count: 10).joined(separator: ", ")
            lines += "        - &c\(level) {children: [\(inner)]}\n"
        }
        let problems = ExpectationDocument.parse(text + lines, file: "f").problems
        #expect(problems.count == 1)
        #expect(problems.first?.message.contains("too large") == true)
    }

    @Test(arguments: [
        ("yes", PlainScalar.text("yes")), ("1_000", .text("1_000")), ("0x1F", .int(31)), ("0o17", .int(15)),
        ("007", .int(7)), ("1e3", .double(1000)), (".5", .double(0.5)), ("-.inf", .double(-.infinity)),
        ("1:30", .text("1:30")), ("+12", .int(12)), ("inf", .text("inf")), ("\"12\"", .text("12")), ("~", .nothing),
        ("True", .flag(true)), ("99999999999999999999", .double(1e20)), ("5.", .double(5)),
    ])
    func plainValuesAreThoseOfYAMLsCoreSchema(_ text: String, _ expected: PlainScalar) throws {
        #expect(try PlainScalarReading.read(text) == expected)
    }

    @Test(
        arguments: [
            ("1700000000", 1_700_000_000_000_000_000), ("2023-11-14T22:13:20Z", 1_700_000_000_000_000_000),
            ("2023-11-14T23:13:20.5+01:00", 1_700_000_000_500_000_000), ("2023-11-14", nil),
            ("2023-02-30T00:00:00Z", nil),
            ("2023-11-14T22:13:20", nil), ("1969-12-31T23:59:59Z", nil), ("99999999999999999999", nil), ("-1", nil),
        ] as [(String, UInt64?)])
    func timesAreSecondsOrRFC3339(_ text: String, _ expected: UInt64?) {
        #expect(DocumentTime.nanoseconds(text) == expected)
    }

    @Test func noMutationOfADocumentTraps() {
        let text = Array(
            """
            version: 1
            window: {start: 2023-11-14T22:13:20Z}
            expectations:
              - spans:
                  {name: {in: [a]}, kind: [server], duration: {between: [1ms, 2s]}, children: [{name: b, count: 2}]}
                duration: {p95: {less_than: 1s}}
                eventually: 10s
              - trace: {shape: {exact: {name: a, children: [b, {name: c, children: d}]}}}
              - {logs: {severity: {in: [17, error]}, linked_to_span: true}, never: 1m30s}
              - {metric: {name: m, monotonic: true}, histogram: {p50: 1, count: {more_than: 3}}}
              - {promql: up, expect: {rows: [[a, 1], {b: {type: int}}]}}
            """.utf8)
        #expect(ExpectationDocument.parse(String(decoding: text, as: UTF8.self), file: "f").problems.isEmpty)
        for index in text.indices {
            for replacement in [[], Array("9".utf8), Array("\n".utf8), Array("{".utf8)] {
                let mutated = text[..<index] + replacement + text[(index + 1)...]
                let result = ExpectationDocument.parse(String(decoding: mutated, as: UTF8.self), file: "f")
                #expect(result.document != nil || !result.problems.isEmpty)
            }
        }
    }
}
