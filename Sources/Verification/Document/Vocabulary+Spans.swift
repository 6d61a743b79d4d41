extension Vocabulary {
    /// A text alone is the name of the span.
    static let spanShape = Shape.either(.text, .object(.span))
    static let relatedSpansShape = Shape.oneOrMore(.either(.text, .object(.relatedSpans)))

    static let spansExpectation = expectation(
        "Spans that are, or are not, there.",
        KeyShape("spans", spanShape, "Which spans; a text alone is their name.", required: true),
        within: spanShape,
        "The spans that are looked at; without, all of the service. There has to be one, else nothing is said.",
        keys: [
            KeyShape("all", spanShape, "What each of the spans that were found has to fulfil."),
            KeyShape("duration", .object(.durationStatistics), "Figures over the durations of what was found."),
            KeyShape(
                "error_share", numberShape, "The part of what was found that has the status error, from 0 to 1."),
        ])

    static let kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"]
    static let statuses = ["unset", "ok", "error"]

    static let span = ObjectShape("Conditions on a span; all of them have to hold.", keys: spanKeys)

    static let relatedSpans = ObjectShape(
        "Conditions on spans beside another, and how many there are; at least one without `count`.",
        keys: spanKeys + [KeyShape("count", countShape, "How many there are.")])

    private static let spanKeys = [
        KeyShape("name", textShape, "The name of the span."),
        KeyShape("kind", .oneOrMore(.word(kinds)), "The kind of the span."),
        KeyShape("status", .oneOrMore(.word(statuses)), "The code of its status."),
        KeyShape("status_message", textShape, "The message of its status."),
        KeyShape("service", textShape, "The service.name of its resource."),
        KeyShape("attributes", attributesShape, "Its attributes by name."),
        KeyShape("resource", attributesShape, "Attributes of its resource by name."),
        KeyShape("scope", .either(.text, .object(.scope)), "Its instrumentation scope; a text alone is the name."),
        KeyShape("duration", durationShape, "How long it took."),
        KeyShape("root", .flag, "Whether it has no parent."),
        KeyShape("orphan", .flag, "Whether it names a parent that did not come."),
        KeyShape("parent", spanShape, "What its parent fulfils."),
        KeyShape("ancestor", spanShape, "What its parent, or the parent of that, and so on, fulfils."),
        KeyShape("children", relatedSpansShape, "Spans whose parent it is."),
        KeyShape("descendants", relatedSpansShape, "Its children, their children, and so on."),
        KeyShape("events", .oneOrMore(.either(.text, .object(.event))), "Its events; a text alone is the name."),
        KeyShape("links", .oneOrMore(.object(.link)), "Its links to other spans."),
        KeyShape("logs", .oneOrMore(.object(.relatedLogs)), "Log records that carry its trace id and span id."),
        KeyShape("trace", .object(.trace), "What the trace that it is part of fulfils."),
    ]

    static let event = ObjectShape(
        "Conditions on events of a span, and how many there are; at least one without `count`.",
        keys: [
            KeyShape("name", textShape, "The name of the event."),
            KeyShape("attributes", attributesShape, "Its attributes by name."),
            KeyShape("after", durationShape, "How long after the start of the span it happened."),
            KeyShape("count", countShape, "How many there are."),
        ])

    static let link = ObjectShape(
        "Conditions on links of a span, and how many there are; at least one without `count`.",
        keys: [
            KeyShape("attributes", attributesShape, "The attributes of the link by name."),
            KeyShape("to", spanShape, "What the span that it leads to fulfils; it has to be there."),
            KeyShape("same_trace", .flag, "Whether it leads into the trace that it comes from."),
            KeyShape("count", countShape, "How many there are."),
        ])

    static let scope = ObjectShape(
        "Conditions on an instrumentation scope.",
        keys: [
            KeyShape("name", textShape, "The name of the scope."),
            KeyShape("version", textShape, "Its version."),
            KeyShape("attributes", attributesShape, "Its attributes by name."),
        ])
}
