extension Vocabulary {
    static let traceExpectation = expectation(
        "Traces that are, or are not, there.",
        KeyShape("trace", .object(.trace), "Which traces.", required: true),
        within: spanShape,
        "The traces that are looked at: those with such a span; without, those with a span of the service.",
        keys: [
            KeyShape("all", .object(.trace), "What each of the traces that were found has to fulfil."),
            KeyShape("duration", .object(.durationStatistics), "Figures over the durations of what was found."),
        ])

    static let trace = ObjectShape(
        "Conditions on a trace; all of them have to hold.",
        keys: [
            KeyShape("id", textShape, "Its id, as 32 hexadecimal digits."),
            KeyShape("root", spanShape, "What its root fulfils; it has to be there."),
            KeyShape("contains", relatedSpansShape, "Spans that it has, anywhere."),
            KeyShape("shape", .object(.traceShape), "A tree of spans that it has."),
            KeyShape("duration", durationShape, "From the first start to the last end of a span."),
            KeyShape("span_count", countShape, "How many spans it has."),
            KeyShape("error_count", countShape, "How many of its spans have the status error."),
            KeyShape("service_count", countShape, "How many services took part."),
            KeyShape("services", .list(.text), "Services that took part; others may have, too."),
            KeyShape("depth", countShape, "How many spans there are from the root to the deepest, both counted."),
            KeyShape("complete", .flag, "Whether it has exactly one root and every parent that is named."),
        ])

    static let traceShape = ObjectShape(
        "A tree of spans: names, or conditions, with their children below.", needsKey: true,
        exclusive: [["exact", "contains"]],
        keys: [
            KeyShape(
                "exact", .either(.text, .object(.relatedSpans)),
                "The whole trace from its root: these spans, and no others."),
            KeyShape(
                "contains", .either(.text, .object(.relatedSpans)),
                "A span anywhere in the trace that has at least these children, and they theirs."),
        ])
}
