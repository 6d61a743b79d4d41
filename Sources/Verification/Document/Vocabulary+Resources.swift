extension Vocabulary {
    static let resourceExpectation = expectation(
        "Resources that sent, or did not send, telemetry.",
        KeyShape("resource", .object(.resource), "Which resources.", required: true),
        within: .object(.resource),
        "The resources that are looked at; without, all of the service. There has to be one, else nothing is said.",
        keys: [
            KeyShape("all", .object(.resource), "What each of the resources that were found has to fulfil.")
        ])

    static let resource = ObjectShape(
        "Conditions on a resource; all of them have to hold.",
        keys: [
            KeyShape("service", textShape, "Its service.name."),
            KeyShape("attributes", attributesShape, "Its attributes by name."),
            KeyShape("schema_url", textShape, "The schema of its attributes."),
            KeyShape("signals", .oneOrMore(.word(["traces", "metrics", "logs"])), "Signals that it sent."),
        ])
}
