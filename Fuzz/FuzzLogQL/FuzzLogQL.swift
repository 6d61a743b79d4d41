import FuzzSupport
import LogQL

/// Text of queries: see `QueryFuzzer`.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { QueryFuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    QueryFuzzer.test(String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self))
    return 0
}

/// Parses a query; one that parses prints, on one line and on several, as a query that parses to the same tree. Reads
/// the text as the labels of a stream, and as the pattern of a stage.
private enum QueryFuzzer {
    static func seeds() -> [[UInt8]] {
        [
            #"{a="b", c!~"d.*"} |= "x" or ip("::1") != `y` | json e, f="g[0]" | status >= 500 and (h="i" or j > 1h, k < 2MB)"#,
            #"sum by (a, b) (rate({c="d"} |~ "e" | logfmt --strict | label_format f=g, h="{{.i}}" [5m] offset -1h)) > bool 1"#,
            #"topk(5, quantile_over_time(0.99, {a="b"} | pattern "<c> <_>" | unwrap duration(d) | __error__="" [1d]) by (e))"#,
            #"label_replace(vector(1.5) / on (a) group_left (b) (1 - vector(2) ^ 3), "c", "$1", "d", "(.*)") or vector(0) # x"#,
            #"count_over_time(({a="b"} | drop c, d="e" | keep f | decolorize | unpack | line_format "\u00e9")[5m])"#,
            #"max_over_time({a="b"}[90s] offset 1w | regexp "(?P<c>.)" | unwrap bytes(c)) without () unless 2 * vector(3)"#,
            #"{on="x", "a b"="2"}"#, "<a> - <_> [<b>]",
        ].map { Array($0.utf8) }
    }

    static func test(_ text: String) {
        _ = try? LogQLParser.parseLabels(text)
        _ = try? LogQLParser.parseMatchers(text, allowsAll: true)
        _ = LinePattern(text).names
        guard let query = try? LogQLParser.parse(text) else { return }
        check(query, query.description)
        check(query, query.prettyPrinted(columns: 30))
    }

    private static func check(_ query: LogQLQuery, _ printed: String) {
        // Spaces make a text longer, which may then be over the limit; and what reductions make of numbers may be none.
        guard printed.utf8.count < LogQLParser.textBytesMax, !printed.contains("Inf"), !printed.contains("NaN") else {
            return
        }
        guard let again = try? LogQLParser.parse(printed) else { LibFuzzer.fail("does not parse: \(printed)") }
        if again != query { LibFuzzer.fail("means another query: \(printed)") }
    }
}
