import Recordings
import TelemetryModel

/// What an expectation looks at.
struct Examination: Sendable {
    var recording: IndexedRecording
    var window: RecordingWindow
    var source: any TelemetrySource
    /// Nanoseconds since the Unix epoch.
    var now: UInt64
}

/// The part of an expectation that depends on what it is about.
protocol ExpectationBody: Sendable {
    /// What has to be loaded.
    var signals: Set<Signal> { get }
    /// For expectations without a name.
    var title: String { get }

    func examine(_ examination: Examination) async throws -> Finding
}

/// An expectation of items: how many there are, what each fulfils, what figures over them say.
struct ItemExpectation<Item: RecordedItem>: ExpectationBody {
    var signals: Set<Signal>
    /// What is looked at. Items that are not, are as if they had not come.
    var population: Matcher<Item>
    var matcher: Matcher<Item>
    /// nil: what is found need not be counted.
    var count: Comparison?
    var all: Matcher<Item>?
    var figures: [Figure<Item>]
    var allowsEmpty: Bool

    var title: String {
        var parts: [String] = []
        let wanted = matcher.described(Item.nouns)
        switch count?.countRange {
        case nil where count == nil, 1...Int.max: parts.append(wanted)
        case 0...0: parts.append("no " + wanted)
        default: parts.append("\(count?.text ?? "") \(wanted)")
        }
        if let all { parts.append("all with \(all.text)") }
        parts += figures.map(\.expected)
        return parts.joined(separator: ", ")
    }

    func examine(_ examination: Examination) async throws -> Finding { examine(examination.recording) }

    func examine(_ recording: IndexedRecording) -> Finding {
        let everything = Item.all(in: recording)
        let looked =
            population.conditions.isEmpty
            ? everything : everything.filter { population.matches($0, in: recording) }
        let found = looked.filter { matcher.matches($0, in: recording) }
        var finding = judge(found, looked, everything, recording)
        finding.expected = title
        if finding.actual.isEmpty { finding.actual = "\(Item.counted(found.count)) of \(looked.count) looked at" }
        finding.examined = looked.count
        return finding
    }

    private func judge(
        _ found: [Item], _ looked: [Item], _ everything: [Item], _ recording: IndexedRecording
    ) -> Finding {
        let wanted = matcher.described(Item.nouns)
        if looked.isEmpty, !allowsEmpty { return nothing(everything, recording) }
        func nearest() -> [String] {
            matcher.nearest(in: looked.filter { !matcher.matches($0, in: recording) }, recording)
        }
        if let count, !count.holds(Number(found.count)) {
            var finding = Finding(
                .failed, "found \(described(found.count)), expected \(count.text)")
            finding.evidence = Finding.evidence(found, recording)
            // Near misses say nothing where there are too many already.
            if let range = count.countRange, found.count < range.lowerBound { finding.nearestMisses = nearest() }
            return finding
        }
        if found.isEmpty, all != nil || !figures.isEmpty {
            guard !allowsEmpty else { return Finding(.passed, "there are no \(wanted), which is allowed") }
            var finding = Finding(.vacuous, "there are no \(wanted), so nothing can be said of them")
            finding.nearestMisses = nearest()
            return finding
        }
        if let all {
            let wrong = found.filter { !all.matches($0, in: recording) }
            if !wrong.isEmpty {
                var finding = Finding(
                    .failed, "\(wrong.count) of \(Item.counted(found.count)) do not fulfil \(all.text)")
                finding.evidence = wrong.prefix(Finding.evidenceMax).map { all.explained($0, in: recording) }
                if wrong.count > Finding.evidenceMax {
                    finding.evidence.append("… and \(wrong.count - Finding.evidenceMax) more")
                }
                return finding
            }
        }
        var said: [String] = []
        for figure in figures {
            switch figure.judge(found, recording) {
            case .fulfilled(let actual): said.append(actual)
            case .missed(let actual, let evidence):
                var finding = Finding(.failed, "\(actual), expected \(figure.expected)")
                finding.actual = actual
                finding.evidence = evidence
                return finding
            case .nothing(let reason):
                guard !allowsEmpty else { continue }
                var finding = Finding(.vacuous, reason)
                finding.evidence = Finding.evidence(found, recording)
                return finding
            }
        }
        let number =
            found.isEmpty
            ? "found no \(wanted) among \(Item.counted(looked.count))" : "found \(described(found.count))"
        var finding = Finding(.passed, ([number] + said).joined(separator: "; "))
        finding.actual = said.joined(separator: "; ")
        finding.evidence = Finding.evidence(found, recording)
        return finding
    }

    /// `1 span with name "x"`
    private func described(_ count: Int) -> String {
        "\(count == 0 ? "no" : "\(count)") " + matcher.described(count == 1 ? Item.noun : Item.nouns)
    }

    /// Nothing was looked at: says what there was instead, so that a wrong name is seen at once.
    private func nothing(_ everything: [Item], _ recording: IndexedRecording) -> Finding {
        let wanted = population.described(Item.nouns)
        var text = "there was nothing to look at: no \(wanted) came"
        var services: [String: Int] = [:]
        for item in everything { if let name = item.service(in: recording) { services[name, default: 0] += 1 } }
        let others = services.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Finding.evidenceMax)
        if everything.isEmpty {
            text += ", nor any \(Item.noun) at all"
        } else if !others.isEmpty {
            text +=
                ", but "
                + others.map { "\($0.value) of \($0.key.isEmpty ? "no service" : $0.key)" }
                .joined(separator: ", ")
        }
        var finding = Finding(.vacuous, text)
        finding.nearestMisses = population.nearest(in: everything, recording)
        return finding
    }
}
