extension Vocabulary {
    static let promqlExpectation = query("promql", "A PromQL query, at the end of the window.")
    static let traceqlExpectation = query("traceql", "A TraceQL query that finds traces.")
    static let logqlExpectation = query("logql", "A LogQL query.")
    static let sqlExpectation = query("sql", "A SQL statement that reads.")

    private static func query(_ key: String, _ summary: String) -> ObjectShape {
        expectation(
            "A query and what it answers.",
            KeyShape(
                key, .text,
                summary
                    + " ${window.start}, ${window.end} (nanoseconds since the Unix epoch) and ${service} are put in.",
                required: true),
            within: .text,
            "A query of the same language that has to answer something, else nothing is said.", counts: false,
            keys: [
                KeyShape(
                    "expect", .either(.scalar, .object(.answer)),
                    "The expected answer; a single value is the value of every row; some row without.")
            ])
    }

    static let answer = ObjectShape(
        "What a query answers. Columns of PromQL are the labels and `value`, of LogQL the labels and `line`, "
            + "of TraceQL traceID, rootServiceName, rootTraceName and durationMs.",
        needsKey: true,
        exclusive: [
            ["empty", "error"], ["empty", "value"], ["empty", "contains"], ["empty", "rows"], ["empty", "all"],
            ["error", "count"], ["error", "value"], ["error", "columns"], ["error", "rows"], ["error", "contains"],
            ["error", "all"],
        ],
        keys: [
            KeyShape("empty", .flag, "Whether there is no row."),
            KeyShape("count", countShape, "How many rows there are."),
            KeyShape("value", valueShape, "The column `value` of every row; of one column alone, that."),
            KeyShape("columns", .list(.text), "Exactly these columns, in this order."),
            KeyShape(
                "rows", .list(.either(.list(valueShape), attributesShape)),
                "Exactly these rows, in any order: values in the order of the columns, or by column."),
            KeyShape("contains", .oneOrMore(attributesShape), "Rows that are there, by column; others may be, too."),
            KeyShape("all", attributesShape, "What every row fulfils, by column."),
            KeyShape("error", .either(.flag, .object(.textCondition)), "That the query is refused, and how."),
        ])
}
