extension Vocabulary {
    static let metricShape = Shape.either(.text, .object(.metric))

    static let metricExpectation = expectation(
        "Metrics that are, or are not, there. What is found and counted are series.",
        KeyShape("metric", metricShape, "Which series; a text alone is the name of the metric.", required: true),
        within: metricShape,
        "The series that are looked at; without, all of the service. There has to be one, else nothing is said.",
        keys: [
            KeyShape("all", metricShape, "What each of the series that were found has to fulfil."),
            KeyShape(
                "across", .word(["each", "any", "sum"]),
                "How several series are taken in `value` and `increase`: each (without), any, or their sum."),
            KeyShape("points", countShape, "How many points the series have together."),
            KeyShape("value", numberShape, "The last value of a series."),
            KeyShape("every_value", numberShape, "Every value of every series."),
            KeyShape(
                "increase", numberShape,
                "By how much it grew: from zero if it began in the window, else from its first point; deltas are added."
            ),
            KeyShape("never_decreases", .flag, "True: no cumulative value is below the one before, but at a restart."),
            KeyShape("interval", durationShape, "The median time between one point of a series and the next."),
            KeyShape("histogram", .object(.histogram), "Figures of the histograms that were found, taken together."),
            KeyShape("exemplars", countShape, "How many exemplars the points have together."),
        ])

    static let metricKinds = ["gauge", "sum", "histogram", "exponential_histogram", "summary"]
    static let temporalities = ["unspecified", "delta", "cumulative"]

    static let metric = ObjectShape(
        "Conditions on a series; all of them have to hold.",
        keys: [
            KeyShape("name", textShape, "The name of the metric."),
            KeyShape("kind", .oneOrMore(.word(metricKinds)), "The kind of its points."),
            KeyShape("unit", textShape, "Its unit."),
            KeyShape("description", textShape, "Its description."),
            KeyShape("temporality", .word(temporalities), "Whether points tell the total or the change."),
            KeyShape("monotonic", .flag, "Whether the sender says that it only grows."),
            KeyShape("service", textShape, "The service.name of its resource."),
            KeyShape("attributes", attributesShape, "The attributes of its points by name."),
            KeyShape("resource", attributesShape, "Attributes of its resource by name."),
            KeyShape("scope", .either(.text, .object(.scope)), "Its instrumentation scope; a text alone is the name."),
        ])

    static let histogram = ObjectShape(
        "Figures of histograms, in the unit of the metric: of the last point when cumulative, of all when deltas.",
        needsKey: true,
        keys: [
            KeyShape("count", countShape, "How many observations."),
            KeyShape("sum", numberShape, "Their sum."),
            KeyShape("mean", numberShape, "Their sum divided by their count."),
            KeyShape("min", numberShape, "The least observation, when the sender tells it."),
            KeyShape("max", numberShape, "The greatest observation, when the sender tells it."),
        ] + percentiles(numberShape))
}
