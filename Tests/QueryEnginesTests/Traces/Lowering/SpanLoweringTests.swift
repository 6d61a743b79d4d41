@testable import QueryEngines
import TelemetryModel
import TelemetryStore
import Testing
import TraceQL

/// The condition on rows of each form of a filter, as text.
@Suite struct SpanLoweringTests {
    static let keys = AttributeKeys([
        .span: ["x", "arr[]", "shared", "it's"], .event: ["e", "shared"], .link: ["l[]"], .resource: ["r", "shared"],
        .scope: ["i"],
    ])

    static func expression(_ text: String) throws -> FieldExpression {
        let query = try TraceQLParser.parseWithoutChecks("{ \(text) }")
        guard case .search(let pipeline) = query.body, case .spansets(.filter(let field)) = pipeline.stages.first else {
            Issue.record("not a filter: \(text)")
            return .literal(.none)
        }
        return field
    }

    private static func golden(_ name: String, _ filters: [String], _ references: GivenReferences = GivenReferences())
        async throws
    {
        var golden = Golden(name)
        for filter in filters {
            let field = try expression(filter)
            for purpose in [SpanLowering.Purpose.candidates, .answer] {
                let condition = try await SpanLowering(keys: keys, references: references, purpose: purpose)
                    .lower(field)
                golden.add(
                    "{ \(filter) } \(purpose == .answer ? "answer" : "candidates"), "
                        + (condition.isExact ? "exact" : "wider"), condition.sql)
            }
        }
        try golden.check()
    }

    private static let comparisons = ["=", "!=", "<", "<=", ">", ">="]
    private static let literals = [
        "`a`", "``", "5", "-5", "0", "1234", "9007199254740993", "0.5", "true", "false", "nil", "2s", "error", "server",
    ]

    @Test("attributes of spans, with every comparison and type of value")
    func spans() async throws {
        try await Self.golden(
            "Attributes.span",
            Self.literals.flatMap { literal in Self.comparisons.map { "span.x \($0) \(literal)" } }
                + ["span.arr = `a`", "span.arr != 5", "span.arr = nil", "span.nowhere = `a`", "span.nowhere != `a`"]
                + [
                    "span.nowhere = nil", "span.nowhere != nil", "span.\"it's\" = `quote ' and \\\\`", "span.x",
                    "!span.x",
                ]
                + ["!!span.x", "!span.nowhere", "`a` < span.x", "5 >= span.x"])
    }

    @Test("regular expressions: lists of texts, and all others")
    func patterns() async throws {
        try await Self.golden(
            "Attributes.patterns",
            ["span.x", "resource.r", "name", "event.e", "event:name", ".shared", "resource.service.name"].flatMap {
                field in
                ["a", "a|b", "a.*", "", "a||b", "it's|b", "(?i)a", "a\\\\|b"].flatMap { pattern in
                    ["\(field) =~ \"\(pattern)\"", "\(field) !~ \"\(pattern)\""]
                }
            })
    }

    @Test("attributes of resources and scopes: found, none, too many, arrays")
    func references() async throws {
        let filters =
            ["resource.r", "instrumentation.i", "resource.service.name", "resource.nowhere"].flatMap { field in
                ["= `a`", "!= `a`", "= 5", "> 5", "= true", "= nil", "!= nil", "=~ \"a|b\"", "!~ \"a.*\""]
                    .map { "\(field) \($0)" }
            } + ["resource.service.name = ``", "instrumentation:name = `lib`", "instrumentation:name != nil"]
            + ["instrumentation:version = `1`", "instrumentation:version !~ `1`", "instrumentation:name = nil"]
        try await Self.golden("References.found", filters)
        try await Self.golden("References.none", filters, GivenReferences(found: .ids([])))
        try await Self.golden("References.many", filters, GivenReferences(found: .tooMany))
        try await Self.golden("References.arrays", filters, GivenReferences(hasArrays: true))
    }

    @Test("attributes of events and links")
    func nested() async throws {
        try await Self.golden(
            "Attributes.nested",
            ["event.e", "link.l", "event.nowhere"].flatMap { field in
                (Self.literals.map { "= \($0)" } + [
                    "!= `a`", "< 5", ">= 0", "> 9007199254740993", "=~ \"a|b\"", "!~ \"a\"",
                ]
                    + ["!= nil"]).map { "\(field) \($0)" }
            })
    }

    @Test("attributes of any scope, by where such attributes are stored")
    func unscoped() async throws {
        let filters = [".x", ".shared", ".e", ".l", ".r", ".i", ".nowhere", ".service.name"].flatMap { field in
            ["= `a`", "!= 5", "= nil", "!= nil"].map { "\(field) \($0)" }
        }
        try await Self.golden("Attributes.any", filters)
        try await Self.golden("Attributes.any.none", filters, GivenReferences(found: .ids([])))
    }

    @Test("intrinsics, with every comparison that is read")
    func intrinsics() async throws {
        let texts = ["name", "statusMessage", "rootName", "rootServiceName", "event:name"].flatMap { field in
            (Self.comparisons.map { "\(field) \($0) `a`" } + ["\(field) != nil", "\(field) = 5", "\(field) != 5"])
        }
        let numbers = ["duration", "traceDuration", "event:timeSinceStart", "span:childCount", "nestedSetLeft"].flatMap
        {
            field in
            Self.comparisons.map { "\(field) \($0) 100ms" } + ["\(field) > 0.5", "\(field) > 1e17", "\(field) != nil"]
        }
        let codes = ["status", "kind"].flatMap { field in
            (Value.Status.allCases.map(\.rawValue) + Value.Kind.allCases.map(\.rawValue)).flatMap {
                ["\(field) = \($0)", "\(field) != \($0)", "\(field) < \($0)"]
            }
        }
        let identifiers = ["span:id", "span:parentID", "trace:id", "link:spanID", "link:traceID"].flatMap { field in
            [
                "= `1`", "= `00000000000000000000000000000000000001`", "= `ABC`", "= `xyz`", "= ``", "!= `1`", "!= nil",
                "< `1`",
            ]
            .map { "\(field) \($0)" } + ["\(field) =~ \"1|0000000000000002\"", "\(field) =~ \"0.*\""]
        }
        let nested = Self.comparisons.flatMap { comparison in
            [-1, 0, 1].map { "nestedSetParent \(comparison) \($0)" }
        }
        try await Self.golden("Intrinsics", texts + numbers + codes + identifiers + nested)
    }

    @Test("logic, arithmetic, parents, and comparisons of fields")
    func expressions() async throws {
        try await Self.golden(
            "Expressions",
            [
                "true", "false", "1 < 2", "2 < 1", "9007199254740993 = 9007199254740992", "`a` = `a`",
                "name = `a` && status = error", "name = `a` || status = error", "!(name = `a`)",
                "!(span.x = `a`)", "!(name = `a` && duration > 1s)", "name = `a` && span.nowhere = 1",
                "name = `a` || span.nowhere = 1", "name = `a` && rootName = `r`", "name = `a` || rootName = `r`",
                "!(rootName = `r`)", "span.x = span.shared", "span.x != resource.r", "span.x = span.nowhere",
                "span.x + 1 > 2", "-span.x < 1", "span.x + 1 = nil", "(span.x = 1) = true", "(span.x = nil) = true",
                "(span.x = 1 || event.e = 2) != false", "(!span.x) != true", "parent.span.x = 1", "parent.name != nil",
                "span.x = -5", "span.x = -(5)", "duration > -1s", "event.e + link.l > 1",
            ])
    }
}
