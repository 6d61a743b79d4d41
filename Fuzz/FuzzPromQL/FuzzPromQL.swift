import FuzzSupport
import PromQL

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

/// Parses a query; one that parses prints as a query that parses and prints the same, on one line and on several.
private enum QueryFuzzer {
    static func seeds() -> [[UInt8]] {
        [
            "sum by (a, b) (rate(x{c=\"d\", e=~\"f.*\"}[5m] offset 1h @ end())) / on (a) group_left (z) y",
            "histogram_quantile(0.95, sum by (le) (rate(h_bucket[5m]))) > bool 1e-3 or vector(time())",
            "topk(3, -{\"dotted.name\", g!=\"\"}) unless ignoring (h) label_replace(i, \"j\", \"$1\", \"k\", \"(.*)\")",
            "max_over_time(deriv(x[1m])[1h:30s] @ 1.5) ^ 2 ^ 0x1F % Inf atan2 NaN",
            "x[step() * 2 + min(5m, 1h30m)] offset -(5m ^ 2)", "`raw` == 'a\\n\\u00e9'",
            "count_values(\"v\", (x)) # end",
        ].map { Array($0.utf8) }
    }

    static func test(_ text: String) {
        guard let tree = try? PromQLParser.parse(text) else { return }
        let printed = tree.description
        guard let again = try? PromQLParser.parse(printed) else { LibFuzzer.fail("does not parse: \(printed)") }
        if again.description != printed { LibFuzzer.fail("prints as \(again.description), not \(printed)") }
        let pretty = tree.prettyPrinted
        // Pretty text of a deep query is far larger than the query, and may be over the limit of a query's text.
        guard pretty.utf8.count < 100_000 else { return }
        guard let once = try? PromQLParser.parse(pretty) else { LibFuzzer.fail("does not parse: \(pretty)") }
        if once.description != printed { LibFuzzer.fail("pretty text means \(once.description), not \(printed)") }
    }
}
