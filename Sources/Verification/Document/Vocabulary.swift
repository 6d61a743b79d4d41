/// The keys of a document of expectations, one file a subject; `ObjectName` lists them.
enum Vocabulary {
    static let versionCurrent = 1

    static let document = ObjectShape(
        "What telemetry is expected to say.",
        keys: [
            KeyShape("version", .constant(versionCurrent), "The version of this form of document.", required: true),
            KeyShape("name", .text, "The name of the suite in reports; the name of the file without."),
            KeyShape("description", .text, "One sentence for reports: what holds when all of it is fulfilled."),
            KeyShape("window", .object(.window), "Which telemetry is looked at; a run has a window of its own."),
            KeyShape(
                "service", .text,
                "The service.name that expectations are about which do not say `service` themselves."),
            KeyShape("eventually", .duration, "The deadline of expectations that do not have one of their own."),
            KeyShape("suites", .list(.word(BuiltInSuites.all.map { $0.name })), "Built-in suites to run."),
            KeyShape("expectations", .list(.variants(ObjectName.expectations)), "What is expected, in order."),
        ])

    static let window = ObjectShape(
        "Telemetry of a span of time.", needsKey: true, exclusive: [["since", "start"], ["since", "end"]],
        keys: [
            KeyShape("since", .duration, "So far back from now."),
            KeyShape("start", .time, "What begins at or after this time."),
            KeyShape("end", .time, "What begins before this time."),
        ])

    /// An expectation: its subject, what every kind has, and what this kind has besides.
    static func expectation(
        _ summary: String, _ subject: KeyShape, within: Shape, _ withinSummary: String, counts: Bool = true,
        keys: [KeyShape]
    ) -> ObjectShape {
        var all = [
            subject,
            KeyShape("name", .text, "What is expected, in words, for reports."),
            KeyShape("within", within, withinSummary),
            KeyShape("eventually", .duration, "It has to be so at the latest after this time."),
            KeyShape("never", .duration, "It must not be so at any time while so long a time goes by."),
            KeyShape("allow_empty", .flag, "Fulfilled, not failed, when there was nothing to look at."),
            KeyShape("skip", .text, "Why this expectation is not looked at for now."),
        ]
        var exclusive = [["eventually", "never"]]
        if counts {
            all += [
                KeyShape("exists", .flag, "Whether there is one at all; true without any other condition."),
                KeyShape("absent", .flag, "True: there is none."),
                KeyShape("count", countShape, "How many there are."),
            ]
            exclusive += [["exists", "absent", "count"], ["absent", "never"], ["absent", "all"]]
        }
        return ObjectShape(summary, leadingKey: subject.name, exclusive: exclusive, keys: all + keys)
    }
}
