import LogPatterns
import Recordings
import TelemetryModel

/// Log records by what they say: templates or bodies, each with a count.
enum SnapshotLogs {
    /// What tells records apart besides their body.
    private struct Kind: Hashable {
        /// `INFO (checkout, in a trace)`.
        var heading: String
        /// Names of attributes only: values are numbers and names of the moment.
        var keys: String
    }

    static func lines(_ recording: Recording, _ masker: SnapshotMasker) -> [String] {
        var kinds: [Kind: [RecordedValue]] = [:]
        for log in recording.logs {
            var facts = recording.origin(resource: log.resource, scope: log.scope, masker)
            if !log.eventName.isEmpty { facts.append("event \(masker.line(log.eventName))") }
            if !log.traceID.isZero { facts.append("in a trace") }
            let severity =
                log.severityText.isEmpty
                ? (log.severityNumber > 0 ? "severity \(log.severityNumber)" : "no severity")
                : masker.line(log.severityText)
            let kind = Kind(
                heading: severity + (facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"),
                keys: log.attributes.canonical.entries.map { masker.line($0.key) }.joined(separator: ", "))
            kinds[kind, default: []].append(log.body)
        }
        let ordered = kinds.sorted { left, right in
            left.key.heading == right.key.heading
                ? left.key.keys.utf8.lexicographicallyPrecedes(right.key.keys.utf8)
                : left.key.heading.utf8.lexicographicallyPrecedes(right.key.heading.utf8)
        }
        return ordered.flatMap { kind, bodies in
            let attributes = kind.keys.isEmpty ? "" : " with \(kind.keys)"
            return ["\(kind.heading)\(attributes)"] + texts(bodies, masker).map { "    \($0)" }
        }
    }

    /// Bodies of one kind, equal ones once.
    private static func texts(_ bodies: [RecordedValue], _ masker: SnapshotMasker) -> [String] {
        let numbers = VolatileText(masksNumbers: true)
        var texts: [String: Int] = [:]
        var lines: [(masked: String, line: String)] = []
        for body in bodies {
            guard case .string(let text) = body else {
                texts[masker.value(body, key: "log.body"), default: 0] += 1
                continue
            }
            let line = masker.masked(text, key: "log.body")
            let masked = numbers.masked(line)
            if masker.options.logForm == .bodies {
                texts[masker.quoted(masked), default: 0] += 1
            } else {
                lines.append((masked, line))
            }
        }
        if !lines.isEmpty {
            // Which lines are found alike depends on their order, and that of concurrent tasks is by chance.
            lines.sort { left, right in
                left.masked == right.masked
                    ? left.line.utf8.lexicographicallyPrecedes(right.line.utf8)
                    : left.masked.utf8.lexicographicallyPrecedes(right.masked.utf8)
            }
            var limits = PatternLimits()
            limits.patterns = limits.clusters
            var miner = PatternMiner(step: 0, limits: limits)
            for line in lines { miner.add(line: line.line, level: 0, time: 0) }
            for pattern in miner.patterns() {
                texts[masker.quoted(VolatileText().masked(pattern.pattern)), default: 0] += pattern.count
            }
            if miner.emptyLines > 0 { texts["\"\"", default: 0] += miner.emptyLines }
        }
        return texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { $0.key + SnapshotText.times($0.value, masker.options) }
    }
}
