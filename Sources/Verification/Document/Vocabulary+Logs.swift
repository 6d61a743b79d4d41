extension Vocabulary {
    static let logsExpectation = expectation(
        "Log records that are, or are not, there.",
        KeyShape("logs", .object(.log), "Which log records.", required: true),
        within: .object(.log),
        "The records that are looked at; without, all of the service. There has to be one, else nothing is said.",
        keys: [
            KeyShape("all", .object(.log), "What each of the records that were found has to fulfil.")
        ])

    static let levels = ["trace", "debug", "info", "warn", "error", "fatal"]

    static let log = ObjectShape("Conditions on a log record; all of them have to hold.", keys: logKeys)

    static let relatedLogs = ObjectShape(
        "Conditions on log records of a span, and how many there are; at least one without `count`.",
        keys: logKeys + [KeyShape("count", countShape, "How many there are.")])

    private static let logKeys = [
        KeyShape("body", valueShape, "The body; conditions on text look at its JSON when it is a map or an array."),
        KeyShape("body_fields", attributesShape, "The fields of a body that is a map, by name."),
        KeyShape("severity", .either(.severity, .object(.severityCondition)), "The level, or OTLP's number of it."),
        KeyShape("severity_text", textShape, "The level as the sender wrote it."),
        KeyShape("event_name", textShape, "The name of the event that the record is of."),
        KeyShape("service", textShape, "The service.name of its resource."),
        KeyShape("attributes", attributesShape, "Its attributes by name."),
        KeyShape("resource", attributesShape, "Attributes of its resource by name."),
        KeyShape("scope", .either(.text, .object(.scope)), "Its instrumentation scope; a text alone is the name."),
        KeyShape(
            "linked_to_span", .either(.flag, .object(.span)),
            "Whether the span that it names came; keys and values: what that span fulfils."),
        KeyShape("linked_to_trace", .flag, "Whether spans of the trace that it names came."),
        KeyShape("has_trace_id", .flag, "Whether it names a trace."),
    ]
}
