import Testing
import TraceQL

@Suite struct AttributeTests {
    @Test("An attribute prints as it is written in a query, quoted where it must be")
    func printing() {
        let pairs: [(Attribute, String)] = [
            (Attribute(.attribute(.span, "http.method")), "span.http.method"),
            (Attribute(.attribute(.any, "foo")), ".foo"),
            (Attribute(.attribute(.resource, "service.name")), "resource.service.name"),
            (Attribute(.attribute(.span, "a"), ofParent: true), "parent.span.a"),
            (Attribute(.attribute(.any, "a"), ofParent: true), "parent.a"),
            (Attribute(.attribute(.any, "duration"), ofParent: true), "parent.\"duration\""),
            (Attribute(.attribute(.any, "span.a"), ofParent: true), "parent.\"span.a\""),
            (Attribute(.attribute(.event, "a b")), "event.\"a b\""),
            (Attribute(.attribute(.link, "a\"b\\ ")), "link.\"a\\\"b\\\\ \""),
            (Attribute(.attribute(.any, "1a")), ".\"1a\""),
            (Attribute(.attribute(.instrumentation, "1a")), "instrumentation.1a"),
            (Attribute(.intrinsic(.duration)), "duration"),
            (Attribute(.intrinsic(.duration), ofParent: true), "parent.duration"),
            (Attribute(.intrinsic(.rootService)), "rootServiceName"),
            (Attribute(.intrinsic(.rootName)), "rootName"),
            (Attribute(.intrinsic(.traceDuration)), "traceDuration"),
            (Attribute(.intrinsic(.statusMessage)), "statusMessage"),
            (Attribute(.intrinsic(.traceID)), "trace:id"),
            (Attribute(.intrinsic(.spanID)), "span:id"),
            (Attribute(.intrinsic(.eventName)), "event:name"),
            (Attribute(.intrinsic(.nestedSetParent)), "nestedSetParent"),
        ]
        for (attribute, text) in pairs {
            #expect(attribute.description == text)
            #expect(Attribute(parsing: text) == attribute, "\(text)")
        }
    }

    @Test("The name of a tag may come with or without scope, dot and quotes")
    func tags() {
        #expect(Attribute(parsing: "service.name") == Attribute(.attribute(.any, "service.name")))
        #expect(Attribute(parsing: "foo") == Attribute(.attribute(.any, "foo")))
        #expect(Attribute(parsing: "foo bar") == Attribute(.attribute(.any, "foo bar")))
        #expect(Attribute(parsing: ".foo bar") == Attribute(.attribute(.any, "foo bar")))
        #expect(Attribute(parsing: "span.foo bar") == Attribute(.attribute(.span, "foo bar")))
        #expect(Attribute(parsing: "span.\"foo bar\"") == Attribute(.attribute(.span, "foo bar")))
        #expect(Attribute(parsing: "span.a\"b") == Attribute(.attribute(.span, "a\"b")))
        #expect(Attribute(parsing: "parent.foo") == Attribute(.attribute(.any, "foo"), ofParent: true))
        #expect(Attribute(parsing: "name") == Attribute(.intrinsic(.name)))
        #expect(Attribute(parsing: "span:status") == Attribute(.intrinsic(.status)))
        #expect(Attribute(parsing: "childCount") == Attribute(.intrinsic(.childCount)))
        #expect(Attribute(parsing: "aws:region") == Attribute(.attribute(.any, "aws:region")))
        for text in ["", ".", "span.", "span:nothing", "trace:kind"] {
            #expect(Attribute(parsing: text) == nil, "\(text)")
        }
    }

    @Test("Any attribute is read as it was printed")
    func roundTrip() {
        var trees = RandomTree(random: SplitMix(state: 3))
        for _ in 0..<2000 {
            let attribute = trees.attribute()
            #expect(Attribute(parsing: attribute.description) == attribute, "\(attribute)")
        }
    }

    @Test("The attributes of a query are listed once, in the order of the text")
    func mentioned() throws {
        let query = try TraceQLParser.parse(
            "{ .a = 1 && span.b > .a } >> { name = \"x\" } | by(resource.c) | max(.d + duration) > 1 | select(.e, .a)")
        #expect(query.attributes.map(\.description) == [".a", "span.b", "name", "resource.c", ".d", "duration", ".e"])
        let metrics = try TraceQLParser.parse(
            "({ .a } | rate() by (.b)) / ({ .c } | quantile_over_time(.d, 0.5)) > 1")
        #expect(metrics.attributes.map(\.description) == [".a", ".b", ".c", ".d"])
        let comparison = try TraceQLParser.parse("{ .a } | compare({ .b && .a })")
        #expect(comparison.attributes.map(\.description) == [".a", ".b"])
    }
}
