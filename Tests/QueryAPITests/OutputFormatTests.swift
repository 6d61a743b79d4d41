import ClickHouse
import Foundation
import TestSupport
import Testing

@testable import QueryAPI

@Suite struct OutputFormatTests {
    private static let columns = [
        ResultColumnDescription(name: "text", type: "Nullable(String)"),
        ResultColumnDescription(name: "n", type: "Float64"),
        ResultColumnDescription(name: "list", type: "Array(String)"),
        ResultColumnDescription(name: "map", type: "Map(String, Int64)"),
    ]
    private static let rows: [[ResultValue]] = [
        [
            .string("plain"), .double(1.5), .list([.string("a"), .string("b")]),
            .map([(key: .string("k"), value: .int(-1))]),
        ],
        [.null, .double(.nan), .list([]), .map([])],
        [
            .string("tab\there \"quoted\" back\\slash\nline, comma | pipe"), .double(2), .list([.string("it's")]),
            .map([(key: .string("a\"b"), value: .unsigned(.max)), (key: .string("a\"b"), value: .null)]),
        ],
    ]

    private func write(
        _ name: String, _ columns: [ResultColumnDescription] = Self.columns, _ rows: [[ResultValue]] = Self.rows
    ) throws -> String {
        var writer = try #require(OutputFormats.find(name)).makeWriter()
        writer.begin(columns)
        for row in rows { writer.row(row) }
        writer.end()
        return try #require(String(validating: writer.bytes, as: UTF8.self))
    }

    /// Each line is what ClickHouse 26.9 writes for these values (`formatRow`; see `theEngineWritesTheSameRow`).
    private static let expected: [String: String] = [
        "TabSeparated": """
        plain\t1.5\t['a','b']\t{'k':-1}
        \\N\tnan\t[]\t{}
        tab\\there "quoted" back\\\\slash\\nline, comma | pipe\t2\t['it\\'s']\t{'a"b':18446744073709551615,'a"b':NULL}

        """,
        "CSV": """
        "plain",1.5,"['a','b']","{'k':-1}"
        \\N,nan,"[]","{}"
        "tab\there ""quoted"" back\\slash
        line, comma | pipe",2,"['it\\'s']","{'a""b':18446744073709551615,'a""b':NULL}"

        """,
        "JSONEachRow": #"""
        {"text":"plain","n":1.5,"list":["a","b"],"map":{"k":-1}}
        {"text":null,"n":null,"list":[],"map":{}}
        {"text":"tab\there \"quoted\" back\\slash\nline, comma | pipe","n":2,"list":["it's"],"map":{"a\"b":18446744073709551615,"a\"b":null}}

        """#,
        "Markdown": #"""
        | text | n | list | map |
        | :- | :- | :- | :- |
        | plain | 1.5 | ['a','b'] | {'k':-1} |
        | NULL | nan | [] | {} |
        | tab	here "quoted" back\slash line, comma \| pipe | 2 | ['it\'s'] | {'a"b':18446744073709551615,'a"b':NULL} |

        """#,
        "JSON": #"""
        {"meta":[{"name":"text","type":"Nullable(String)"},{"name":"n","type":"Float64"},{"name":"list","type":"Array(String)"},{"name":"map","type":"Map(String, Int64)"}],"data":[{"text":"plain","n":1.5,"list":["a","b"],"map":{"k":-1}},{"text":null,"n":null,"list":[],"map":{}},{"text":"tab\there \"quoted\" back\\slash\nline, comma | pipe","n":2,"list":["it's"],"map":{"a\"b":18446744073709551615,"a\"b":null}}],"rows":3}

        """#,
        "JSONCompact": #"""
        {"meta":[{"name":"text","type":"Nullable(String)"},{"name":"n","type":"Float64"},{"name":"list","type":"Array(String)"},{"name":"map","type":"Map(String, Int64)"}],"data":[["plain",1.5,["a","b"],{"k":-1}],[null,null,[],{}],["tab\there \"quoted\" back\\slash\nline, comma | pipe",2,["it's"],{"a\"b":18446744073709551615,"a\"b":null}]],"rows":3}

        """#,
        "Vertical": """
        Row 1:
        ──────
        text: plain
        n:    1.5
        list: ['a','b']
        map:  {'k':-1}

        Row 2:
        ──────
        text: NULL
        n:    nan
        list: []
        map:  {}

        Row 3:
        ──────
        text: tab\there "quoted" back\\slash
        line, comma | pipe
        n:    2
        list: ['it\\'s']
        map:  {'a"b':18446744073709551615,'a"b':NULL}

        """,
    ]

    @Test("each format writes the same values in its way", arguments: expected.keys.sorted())
    func formats(name: String) throws {
        let text = try write(name)
        #expect(text == Self.expected[name], "\(text.debugDescription)")
    }

    @Test(
        "names stand in the first line where the format says so",
        arguments: [
            ("TabSeparatedWithNames", "a\\tb\tc\n"), ("CSVWithNames", "\"a\tb\",\"c\"\n"), ("TabSeparated", ""),
            ("CSV", ""),
        ])
    func names(format: String, line: String) throws {
        let columns = [
            ResultColumnDescription(name: "a\tb", type: "UInt8"), ResultColumnDescription(name: "c", type: "UInt8"),
        ]
        #expect(try write(format, columns, [[.unsigned(1), .unsigned(2)]]).hasPrefix(line))
        #expect(try write(format, columns, []) == line)
    }

    @Test(
        "a result without rows",
        arguments: [
            ("JSON", #"{"meta":[{"name":"a","type":"UInt8"}],"data":[],"rows":0}"# + "\n"),
            ("JSONCompact", #"{"meta":[{"name":"a","type":"UInt8"}],"data":[],"rows":0}"# + "\n"),
            ("JSONEachRow", ""), ("Vertical", ""), ("Markdown", "| a |\n| :- |\n"),
        ])
    func empty(format: String, text: String) throws {
        #expect(try write(format, [ResultColumnDescription(name: "a", type: "UInt8")], []) == text)
    }

    @Test func textThatTheEngineMadeJSONGoesInAsItIs() throws {
        let columns = [
            ResultColumnDescription(name: "times", type: "Array(DateTime)"),
            ResultColumnDescription(name: "time", type: "DateTime"),
        ]
        #expect(
            try write("JSONEachRow", columns, [[.string(#"["2026-01-01 00:00:00"]"#), .string("2026-01-01 00:00:00")]])
                == #"{"times":["2026-01-01 00:00:00"],"time":"2026-01-01 00:00:00"}"# + "\n")
    }

    @Test(
        "formats are found by their names and usual short names",
        arguments: [
            ("TSV", "TabSeparated"), ("TSVWithNames", "TabSeparatedWithNames"), ("NDJSON", "JSONEachRow"),
            ("JSONLines", "JSONEachRow"), ("JSON", "JSON"), ("json", nil), ("", nil), ("Native", nil),
        ] as [(String, String?)])
    func lookup(name: String, found: String?) {
        #expect(OutputFormats.find(name)?.name == found)
    }

    @Test func everyFormatHasItsOwnNameAndAContentType() {
        #expect(Set(OutputFormats.all.map(\.name)).count == OutputFormats.all.count)
        for format in OutputFormats.all {
            #expect(OutputFormats.find(format.name)?.name == format.name)
            #expect(format.contentType.contains("charset=UTF-8"))
            #expect(format.isJSON == format.name.hasPrefix("JSON"))
        }
    }

    // MARK: The engine as reference

    /// Method: the engine formats the same values itself (`formatRow`), and the bytes are compared.
    @Test(
        "a row is what the engine writes",
        arguments: ["TabSeparated", "CSV", "JSONCompactEachRow"],
        [
            "1, -2, 18446744073709551615, toInt8(-128)",
            "'', 'plain', 'tab\\t line\\n return\\r zero\\0 back\\\\ bell\\x07'",
            "'it''s', '\"double\"', 'a,b', '☃ ü'", "NULL, true, false",
            "['a', 'it''s', 'tab\\t'], [1, 2], CAST([], 'Array(String)')",
            "map('k', 'v'), map('it''s', 1), tuple(1, 'x', NULL)",
            "0.1, toFloat32(0.1), 2.0, -0.5, 123456.789, 1.5e300",
            "1e20, 1e21, 1e22, 1e-5, 1e-6, 1e-7, 123456789012345680000.",
            "toFloat32(16777216), toFloat32(1e10), toFloat32(1e-10)",
            "nan, inf, -inf, [nan, inf]", "toDecimal64(-1.25, 4), toDecimal32(3, 0)", "[[1], []], [map('a', [1])]",
            "-0.0",
        ])
    func theEngineWritesTheSameRow(format: String, values: String) async throws {
        let engine = try SharedEngine.open()
        let reference = try #require(
            try await engine.rows(BoundStatement("SELECT formatRow('\(format)', \(values))")).first?.first?.text)
        let row = try #require(try await engine.rows(BoundStatement("SELECT \(values)")).first)
        let columns = row.indices.map { ResultColumnDescription(name: "c\($0)", type: "String") }
        guard format == "JSONCompactEachRow" else {
            let ours = try write(format, columns, [row])
            #expect(ours == reference, "\(ours.debugDescription) is \(reference.debugDescription)")
            return
        }
        let document = try write("JSONCompact", columns, [row])
        let start = try #require(document.range(of: "\"data\":["))
        let end = try #require(document.range(of: "],\"rows\""))
        // The engine puts a space after the commas of the outer list; values are compared without.
        let ours = document[start.upperBound..<end.lowerBound]
        #expect(String(ours).replacing(", ", with: ",") + "\n" == reference.replacing(", ", with: ","))
    }
}
