import FuzzSupport
import TraceQL

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

/// Parses a query; one that parses prints as a query that parses to the same tree. Reads the text as the name of a tag,
/// which prints as a name of the same attribute.
private enum QueryFuzzer {
    static func seeds() -> [[UInt8]] {
        [
            "{ .a = \"b\" && (duration > 1h30m || !span.\"c d\") } >> { status = error } | count() > 2 | by(.a) | coalesce()",
            "({ true } | by(1 + .a) | avg(duration) >= -1.5s) !~ ({ kind = server }) // end",
            "({ resource.x =~ `y.*` } | count()) / ({ } | max(.z * 2 ^ 3)) = 1e3",
            "({} | rate() by (name, .b) > 6) * 100 - 3 / 2 <= 5 | topk(3) != 0 with (sample=0.1, x=true)",
            "{ parent.span.a - -5 < nestedSetLeft } &<< { event:name != nil } | quantile_over_time(duration, 0, .9)",
            "{} | compare({ status = unset }, 10, 1, 2)", "service.name = \"x\\u00e9\\n\" && parent.duration < 10µs",
            "{ trace:rootService !~ \"a|b\" } &>> ({ link:spanID = \"1\" } !< { } ~ { }) || { } | select(.a, kind) /* c */",
            "{} | histogram_over_time(span.\"a\\\"\\\\ b\") | bottomk(1)",
        ].map { Array($0.utf8) }
    }

    static func test(_ text: String) {
        if let attribute = Attribute(parsing: text), Attribute(parsing: attribute.description) != attribute {
            LibFuzzer.fail("another attribute is read from \(attribute)")
        }
        let isSound = (try? TraceQLParser.parse(text)) != nil
        guard let tree = try? TraceQLParser.parseWithoutChecks(text) else {
            if isSound { LibFuzzer.fail("parses only with checks: \(text)") }
            return
        }
        let printed = tree.description
        // Names in short form and quotes make a text a little longer, which may then be over the limit.
        guard printed.utf8.count < TraceQLParser.textBytesMax else { return }
        guard let again = try? TraceQLParser.parseWithoutChecks(printed) else {
            LibFuzzer.fail("does not parse: \(printed)")
        }
        if again != tree { LibFuzzer.fail("means another query: \(printed)") }
        if isSound, (try? TraceQLParser.parse(printed)) == nil { LibFuzzer.fail("is no longer sound: \(printed)") }
        _ = tree.attributes
    }
}
