import Testing

@testable import SQLSyntax

@Suite struct SQLPrinterTests {
    @Test(arguments: [
        ("spans", "`spans`"),
        ("", "``"),
        ("a b", "`a b`"),
        ("a`b", "`a\\`b`"),
        ("a\\b", "`a\\\\b`"),
        ("`; DROP TABLE spans; --", "`\\`; DROP TABLE spans; --`"),
        ("\\`", "`\\\\\\``"),
        ("it's \"é\"", "`it's \"é\"`"),
        // A backquote with a combining mark is another character to Swift, not to the engine.
        ("a`\u{301}b", "`a\\`\u{301}b`"),
        ("a\\\u{301}b", "`a\\\\\u{301}b`"),
    ])
    func identifiersAreQuoted(name: String, sql: String) {
        #expect(Identifier(name).sql == sql)
        #expect(Identifier(name).description == name)
    }

    @Test func tableNamesAreQuotedInBothParts() {
        #expect(TableName("mart`let", "spans").sql == "`mart\\`let`.`spans`")
    }

    @Test(arguments: [
        (Expression.column("name"), "`name`"),
        (.integer(7), "7"),
        (.integer(.min), "-9223372036854775808"),
        (.call("count"), "count()"),
        (.call("tuple", .column("a"), .integer(1), .call("now")), "tuple(`a`, 1, now())"),
        (.equal(.column("a"), .column("b")), "`a` = `b`"),
        (.comparison(.column("a"), .less, .integer(1)), "`a` < 1"),
        (.comparison(.column("a"), .lessOrEqual, .integer(1)), "`a` <= 1"),
        (.comparison(.column("a"), .greater, .integer(1)), "`a` > 1"),
        (.comparison(.column("a"), .greaterOrEqual, .integer(1)), "`a` >= 1"),
        (.and([.equal(.column("a"), .integer(1))]), "(`a` = 1)"),
        (
            .and([.equal(.column("a"), .integer(1)), .and([.column("b"), .column("c")])]),
            "(`a` = 1 AND (`b` AND `c`))"
        ),
        (
            .inSubquery(.column("id"), Select([.init(.column("id"))], from: TableName("d", "t"))),
            "`id` IN (SELECT `id` FROM `d`.`t`)"
        ),
    ])
    func expressionsPrint(expression: Expression, sql: String) {
        var printer = SQLPrinter()
        expression.print(into: &printer)
        #expect(printer.text == sql)
        #expect(printer.parameters.isEmpty)
    }

    @Test(arguments: [
        (Parameter.string("it's `x` \\ {p1:String}"), "{p0:String}", "it's `x` \\ {p1:String}"),
        (.unsigned(UInt64.max), "{p0:UInt64}", "18446744073709551615"),
        (.unsigned([1, 2, 3]), "{p0:Array(UInt64)}", "[1,2,3]"),
        (.unsigned([]), "{p0:Array(UInt64)}", "[]"),
        (Parameter(type: "FixedString(16)", value: "x"), "{p0:FixedString(16)}", "x"),
    ])
    func valuesAreBoundAndNotPrinted(parameter: Parameter, sql: String, value: String) {
        var printer = SQLPrinter()
        Expression.parameter(parameter).print(into: &printer)
        #expect(printer.text == sql)
        #expect(printer.parameters == ["p0": value])
    }

    @Test func everyParameterHasItsOwnName() {
        var printer = SQLPrinter()
        let inner = Select(
            [.init(.column("id"))], from: TableName("d", "t"),
            where: .equal(.column("b"), .parameter(.string("inner"))))
        Expression.and([
            .equal(.column("a"), .parameter(.string("same"))), .inSubquery(.column("id"), inner),
            .equal(.column("c"), .parameter(.string("same"))),
        ]).print(into: &printer)
        #expect(
            printer.text == "(`a` = {p0:String} AND `id` IN (SELECT `id` FROM `d`.`t` WHERE `b` = {p1:String})"
                + " AND `c` = {p2:String})")
        #expect(printer.parameters == ["p0": "same", "p1": "inner", "p2": "same"])
    }

    @Test func selectPrintsOnlyWhatItHas() {
        var printer = SQLPrinter()
        Select([.init(.call("count"))], from: TableName("martlet", "spans")).print(into: &printer)
        #expect(printer.text == "SELECT count() FROM `martlet`.`spans`")
    }

    @Test func selectPrintsItsClausesInOrder() {
        var printer = SQLPrinter()
        Select(
            [.init(.column("service")), .init(.call("max", .column("time")), as: "la`st")],
            from: TableName("martlet", "spans"), where: .comparison(.column("time"), .greater, .integer(5)),
            groupBy: [.column("service"), .column("name")],
            orderBy: [.init(.column("service")), .init(.column("time"), descending: true)], limit: 10
        ).print(into: &printer)
        #expect(
            printer.text == "SELECT `service`, max(`time`) AS `la\\`st` FROM `martlet`.`spans` WHERE `time` > 5"
                + " GROUP BY `service`, `name` ORDER BY `service`, `time` DESC LIMIT 10")
    }

    @Test(arguments: [(0, " LIMIT 0"), (1, " LIMIT 1")])
    func aLimitOfZeroIsALimit(limit: Int, end: String) {
        var printer = SQLPrinter()
        Select([.init(.integer(1))], from: TableName("d", "t"), limit: limit).print(into: &printer)
        #expect(printer.text == "SELECT 1 FROM `d`.`t`" + end)
    }
}
