import QueryEngines
import TraceQL
import Testing

@testable import QueryAPI

@Suite("search by tags")
struct TempoTagsTests {
    private static func parsed(_ text: String) throws -> [String] {
        try TempoTags.parse(text).map { "\($0.key)=\($0.value)" }
    }

    @Test(
        "tags are pairs in logfmt",
        arguments: [
            (
                "service.name=x http.status_code=500 error=true",
                ["service.name=x", "http.status_code=500", "error=true"]
            ),
            (#"a="b c" d="e \"f\" \\ \n""#, ["a=b c", "d=e \"f\" \\ \n"]), ("  a=b  ", ["a=b"]), ("a", ["a="]),
            ("a= b=c", ["a=", "b=c"]), ("a=b=c", ["a=b=c"]), (#"a="""#, ["a="]), ("", []), ("a=ä", ["a=ä"]),
        ] as [(String, [String])])
    func logfmt(text: String, tags: [String]) throws {
        #expect(try Self.parsed(text) == tags)
    }

    @Test(
        "what is no logfmt is refused with the position",
        arguments: [
            (#"a="b"#, "invalid tags: a quoted value does not end at pos 3"),
            (#"a=b"c"#, "invalid tags: a quote is unexpected here at pos 4"),
            ("=b", "invalid tags: a key is expected at pos 1"),
            ("a=b a=c", "invalid tags: tag \"a\" has been set twice"),
            (#"a="b"c"#, "invalid tags: a space is expected at pos 6"),
            (#""a"=b"#, "invalid tags: a key is expected at pos 1"),
        ])
    func broken(text: String, message: String) {
        #expect(throws: TraceQueryError.self) { try TempoTags.parse(text) }
        do {
            _ = try TempoTags.parse(text)
        } catch {
            #expect(error.message == message)
        }
    }

    private static func attribute(_ name: String) -> FieldExpression { .attribute(Attribute(.attribute(.any, name))) }
    private static func contains(_ field: FieldExpression, _ pattern: String) -> FieldExpression {
        .comparison(field, .matches, .literal(.string("(?is).*\(pattern).*")))
    }
    private static let duration = FieldExpression.attribute(Attribute(.intrinsic(.traceDuration)))

    @Test("each tag is found in some span of the trace, as part of a text or as a number")
    func query() {
        let query = TempoTagSearch.query(
            [.init(key: "http.url", value: "/a.b"), .init(key: "code", value: "500")], minimumDuration: 5,
            maximumDuration: nil)
        let long = FieldExpression.comparison(Self.duration, .greaterOrEqual, .literal(.duration(5)))
        let url = Self.contains(Self.attribute("http.url"), #"/a\.b"#)
        let code = FieldExpression.or(
            Self.contains(Self.attribute("code"), "500"),
            .comparison(Self.attribute("code"), .equal, .literal(.int(500))))
        #expect(
            query
                == Query(
                    body: .search(
                        Pipeline([.spansets(.combined(.filter(.and(url, long)), .and, .filter(.and(code, long))))]))))
    }

    @Test("without tags every trace of that duration is found")
    func durations() {
        let both = TempoTagSearch.query([], minimumDuration: 5, maximumDuration: 9)
        #expect(
            both
                == Query(
                    body: .search(
                        Pipeline([
                            .spansets(
                                .filter(
                                    .and(
                                        .comparison(Self.duration, .greaterOrEqual, .literal(.duration(5))),
                                        .comparison(Self.duration, .lessOrEqual, .literal(.duration(9))))))
                        ]))))
        let none = TempoTagSearch.query([], minimumDuration: nil, maximumDuration: nil)
        #expect(none == Query(body: .search(Pipeline([.spansets(.filter(.literal(.bool(true))))]))))
    }

    @Test("names of old stand for fields of spans and traces")
    func fields() {
        func condition(_ key: String, _ value: String) -> FieldExpression? {
            let query = TempoTagSearch.query(
                [.init(key: key, value: value)], minimumDuration: nil, maximumDuration: nil)
            guard case .search(let pipeline) = query.body, case .spansets(.filter(let filter))? = pipeline.stages.first
            else { return nil }
            return filter
        }
        let isFailed = FieldExpression.comparison(
            .attribute(Attribute(.intrinsic(.status))), .equal, .literal(.status(.error)))
        func firstAlternative(_ expression: FieldExpression?) -> FieldExpression? {
            guard case .or(let left, _)? = expression else { return nil }
            return left
        }
        #expect(firstAlternative(condition("error", "true")) == isFailed)
        #expect(firstAlternative(condition("status.code", "error")) == isFailed)
        #expect(
            firstAlternative(condition("name", "get"))
                == Self.contains(.attribute(Attribute(.intrinsic(.name))), "get"))
        #expect(
            condition("root.service.name", "a")
                == Self.contains(.attribute(Attribute(.intrinsic(.rootService))), "a"))
        #expect(condition("root.name", "a") == Self.contains(.attribute(Attribute(.intrinsic(.rootName))), "a"))
    }
}
