/// Attributes of resources, spans, logs and series: new and missing keys, other shares, other types.
enum AttributeComparison {
    /// A share that changes by less is no difference of the program.
    private static let shareMin = 0.1

    static func candidates(_ context: ComparisonContext) -> [Candidate] {
        var candidates: [Candidate] = []
        let places = Set(context.a.attributes.keys).intersection(context.b.attributes.keys).sorted {
            ($0.word, $0.service, $0.name) < ($1.word, $1.service, $1.name)
        }
        for place in places {
            guard let one = context.a.attributes[place], let two = context.b.attributes[place] else { continue }
            // There are one or two resources of a service; what they have was written by the program and not by chance.
            let isExact: Bool =
                switch place {
                case .resource: true
                default: context.isSameWork
                }
            for key in Set(one.types.keys).union(two.types.keys).sorted() {
                let counts = (one.count(key), two.count(key))
                let kind: ComparisonFinding.Kind =
                    counts.0 == 0 ? .newAttribute : counts.1 == 0 ? .missingAttribute : .attributeShare
                var finding = ComparisonFinding(kind, service: place.service, name: place.name, detail: key)
                finding.aText = typeText(one, key)
                finding.bText = typeText(two, key)
                if kind != .attributeShare { finding.reason = "\(place.word) attribute" }
                candidates.append(
                    ShareTest.candidate(
                        finding, (counts.0, of: one.items), (counts.1, of: two.items), sameWork: isExact,
                        shareMin: kind == .attributeShare ? shareMin : 0))
                guard counts.0 > 0, counts.1 > 0 else { continue }
                candidates += types(place, key, one, two, isExact)
            }
        }
        return candidates
    }

    /// Types that only one side has.
    private static func types(
        _ place: AttributePlace, _ key: String, _ one: AttributeProfile, _ two: AttributeProfile, _ isExact: Bool
    ) -> [Candidate] {
        let (first, second) = (one.types[key] ?? [:], two.types[key] ?? [:])
        return Set(first.keys).symmetricDifference(second.keys).sorted().map { type in
            var finding = ComparisonFinding(
                .attributeType, service: place.service, name: place.name, detail: key)
            finding.aText = typeText(one, key)
            finding.bText = typeText(two, key)
            finding.reason = "\(type) in \(first[type] == nil ? "B" : "A") only"
            return ShareTest.candidate(
                finding, (first[type] ?? 0, of: one.count(key)), (second[type] ?? 0, of: two.count(key)),
                sameWork: isExact, shareMin: 0)
        }
    }

    private static func typeText(_ profile: AttributeProfile, _ key: String) -> String {
        (profile.types[key] ?? [:]).keys.sorted().joined(separator: ", ")
    }
}
