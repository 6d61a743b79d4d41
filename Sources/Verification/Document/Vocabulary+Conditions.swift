extension Vocabulary {
    static let textShape = Shape.either(.text, .object(.textCondition))
    static let valueShape = Shape.either(
        .scalar, .either(.list(.scalar), .object(.valueCondition)))
    static let attributesShape = Shape.map(valueShape)
    static let countShape = Shape.either(.count, .object(.countCondition))
    static let numberShape = Shape.either(.number, .object(.numberCondition))
    static let durationShape = Shape.object(.durationCondition)

    static let textCondition = ObjectShape(
        "Conditions on a text; all of them have to hold.", needsKey: true, keys: texts)

    static let valueCondition = ObjectShape(
        "Conditions on a value; all of them have to hold.", needsKey: true,
        keys: [
            KeyShape("equals", .either(.scalar, .list(.scalar)), "The same value; numbers compare by value."),
            KeyShape("not_equals", .either(.scalar, .list(.scalar)), "There, and another value."),
            KeyShape("in", .list(.scalar), "One of these values."),
            KeyShape("not_in", .list(.scalar), "There, and none of these values."),
            KeyShape("contains", .scalar, "A text with this in it, or an array with this element."),
            KeyShape("type", .oneOrMore(.word(valueTypes)), "The OTLP type; number is int or double."),
            KeyShape("present", .flag, "Whether the attribute is there at all."),
        ] + texts.filter { ["matches", "not_matches", "starts_with", "ends_with"].contains($0.name) }
            + comparisons(.number, "number"))

    static let countCondition = ObjectShape(
        "Comparisons of a count; all of them have to hold.", needsKey: true,
        keys: equalities(.count, "number") + comparisons(.count, "number"))

    static let numberCondition = ObjectShape(
        "Comparisons of a number; all of them have to hold.", needsKey: true,
        keys: equalities(.number, "number") + comparisons(.number, "number"))

    static let durationCondition = ObjectShape(
        "Comparisons of a duration; all of them have to hold.", needsKey: true,
        keys: equalities(.duration, "duration") + comparisons(.duration, "duration"))

    static let severityCondition = ObjectShape(
        "Comparisons of a severity; all of them have to hold.", needsKey: true,
        keys: [
            KeyShape("at_least", .severity, "So bad or worse."),
            KeyShape("at_most", .severity, "So bad or less bad."),
            KeyShape("in", .list(.severity), "One of these levels."),
        ])

    static let durationStatistics = ObjectShape(
        "Figures over the durations of all that was found.", needsKey: true,
        keys: [
            KeyShape("min", durationShape, "The shortest."),
            KeyShape("max", durationShape, "The longest."),
            KeyShape("mean", durationShape, "The arithmetic mean."),
            KeyShape("total", durationShape, "The sum."),
        ] + percentiles(durationShape))

    /// Percentiles that can be asked for.
    static let percentileFractions: [(name: String, fraction: Double)] = [
        ("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999),
    ]

    static let valueTypes = ["string", "int", "double", "number", "bool", "bytes", "array", "map", "empty"]

    static func percentiles(_ shape: Shape) -> [KeyShape] {
        percentileFractions.map { name, fraction in
            let percent = FigureText.print(fraction * 100)
            return KeyShape(name, shape, "The smallest value that \(percent) % are not above (the nearest rank).")
        }
    }

    private static let texts = [
        KeyShape("equals", .text, "The same text."),
        KeyShape("not_equals", .text, "Another text."),
        KeyShape("matches", .pattern, "A regular expression (RE2) that is found somewhere in the text."),
        KeyShape("not_matches", .pattern, "A regular expression (RE2) that is nowhere in the text."),
        KeyShape("contains", .text, "A text that has this in it."),
        KeyShape("starts_with", .text, "A text that begins so."),
        KeyShape("ends_with", .text, "A text that ends so."),
        KeyShape("in", .list(.text), "One of these texts."),
        KeyShape("not_in", .list(.text), "None of these texts."),
    ]

    private static func equalities(_ shape: Shape, _ noun: String) -> [KeyShape] {
        [
            KeyShape("equals", shape, "Exactly this \(noun)."),
            KeyShape("not_equals", shape, "Any other \(noun)."),
        ]
    }

    private static func comparisons(_ shape: Shape, _ noun: String) -> [KeyShape] {
        [
            KeyShape("at_least", shape, "This \(noun) or more."),
            KeyShape("at_most", shape, "This \(noun) or less."),
            KeyShape("more_than", shape, "More than this \(noun)."),
            KeyShape("less_than", shape, "Less than this \(noun)."),
            KeyShape("between", .pair(shape), "From the first to the second \(noun), both included."),
        ]
    }
}
