import Recordings

extension Condition {
    static func text(
        _ subject: String, _ condition: TextCondition,
        of text: @escaping @Sendable (Item, IndexedRecording) -> String
    ) -> Condition {
        Condition("\(subject) \(condition.text)") {
            condition.holds(text($0, $1))
        } miss: { item, recording in
            let actual = text(item, recording)
            return Miss(
                text: "\(subject) is \(Quoted.text(actual)), expected \(condition.missing(in: actual))",
                closeness: condition.likeness(actual))
        }
    }

    static func word(
        _ subject: String, _ allowed: [String], of word: @escaping @Sendable (Item, IndexedRecording) -> String
    ) -> Condition {
        let wanted = allowed.joined(separator: " or ")
        return Condition("\(subject) \(wanted)") {
            allowed.contains(word($0, $1))
        } miss: { item, recording in
            Miss(text: "\(subject) is \(word(item, recording)), expected \(wanted)")
        }
    }

    static func number(
        _ subject: String, _ comparison: Comparison, of number: @escaping @Sendable (Item, IndexedRecording) -> Number
    ) -> Condition {
        Condition("\(subject) \(comparison.text)") {
            comparison.holds(number($0, $1))
        } miss: { item, recording in
            Miss(
                text: "\(subject) is \(comparison.text(number(item, recording))), expected \(comparison.text)",
                closeness: 0.2)
        }
    }

    /// - Parameters:
    ///   - yes: what is so, to be read after the item: `is a root`.
    ///   - no: what is so else.
    static func flag(
        _ expected: Bool, yes: String, no: String, of flag: @escaping @Sendable (Item, IndexedRecording) -> Bool
    ) -> Condition {
        Condition(expected ? yes : no) {
            flag($0, $1) == expected
        } miss: { _, _ in
            Miss(text: expected ? no : yes)
        }
    }

    static func value(
        _ subject: String, _ condition: ValueCondition,
        of value: @escaping @Sendable (Item, IndexedRecording) -> RecordedValue?
    ) -> Condition {
        Condition("\(subject) \(condition.text)") {
            condition.holds(value($0, $1))
        } miss: { item, recording in
            condition.miss(value(item, recording), subject: subject)
        }
    }

    /// One condition a name.
    static func attributes(
        _ noun: String, _ conditions: [(String, ValueCondition)],
        of attributes: @escaping @Sendable (Item, IndexedRecording) -> RecordedAttributes
    ) -> [Condition] {
        conditions.map { name, condition in
            value("\(noun) \(name)", condition) { attributes($0, $1)[name] }
        }
    }

    /// What an item that belongs to it fulfils; there has to be one.
    static func related<Other: ReportedItem>(
        _ relation: String, _ matcher: Matcher<Other>, none: String,
        of other: @escaping @Sendable (Item, IndexedRecording) -> Other?
    ) -> Condition {
        Condition(matcher.conditions.isEmpty ? "a \(relation)" : "\(relation) with \(matcher.text)") {
            item, recording in
            other(item, recording).map { matcher.matches($0, in: recording) } ?? false
        } miss: { item, recording in
            guard let other = other(item, recording) else { return Miss(text: none) }
            return Miss(text: "its \(relation) is " + matcher.explained(other, in: recording), closeness: 0.5)
        }
    }

    /// How many items that belong to it fulfil something.
    static func related<Other: ReportedItem>(
        _ relation: String, _ matcher: Matcher<Other>, _ count: Comparison,
        of others: @escaping @Sendable (Item, IndexedRecording) -> [Other]
    ) -> Condition {
        let wanted = matcher.conditions.isEmpty ? relation : "\(relation) with \(matcher.text)"
        return Condition(count.isSome ? wanted : "\(count.text) \(wanted)") { item, recording in
            count.holds(Number(others(item, recording).count { matcher.matches($0, in: recording) }))
        } miss: { item, recording in
            let all = others(item, recording)
            let found = all.filter { matcher.matches($0, in: recording) }
            var text = "has \(found.count == 0 ? "no" : "\(found.count)") \(wanted), expected \(count.text)"
            let rest = all.filter { !matcher.matches($0, in: recording) }
            if let nearest = matcher.nearest(in: rest, recording).first, !count.holds(Number(found.count)),
                Number(found.count).order(.int(Int64(count.countRange?.lowerBound ?? 0))) == .below
            {
                text += " (nearest is \(nearest))"
            }
            return Miss(text: text, closeness: all.isEmpty ? 0 : 0.4)
        }
    }
}
