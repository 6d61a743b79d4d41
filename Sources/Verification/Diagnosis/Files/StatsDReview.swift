/// Lines of StatsD's `config.js` by which stacks failed. The file is JavaScript; it is read by lines, which is how such
/// files are written.
enum StatsDReview {
    /// Lines of a file that are looked at.
    private static let linesMax = 10_000

    static func looksLike(_ text: String) -> Bool {
        (text.contains("backends") || text.contains("flushInterval")) && text.contains("{")
            && (text.contains("mgmt_port") || text.contains("graphite") || text.contains("prefixStats"))
    }

    static func findings(_ text: String) -> [ConfigurationReview.Finding] {
        var findings: [ConfigurationReview.Finding] = []
        func add(_ weight: ConfigurationReview.Finding.Weight, _ line: Int, _ path: String, _ text: String) {
            findings.append(.init(weight: weight, line: line, path: path, text: text))
        }
        var globalPrefix: (line: Int, value: String)?
        var bins = 0
        for (index, raw) in text.split(separator: "\n", maxSplits: linesMax, omittingEmptySubsequences: false)
            .enumerated()
        {
            let number = index + 1
            let line = raw.prefix(1_000)
            guard !line.drop(while: { $0 == " " || $0 == "\t" }).hasPrefix("//") else { continue }
            if line.contains("backends/graphite") {
                add(
                    .note, number, "backends",
                    "metrics go to Graphite's protocol; who receives must listen for it (2003)")
            }
            if let host = value(of: ["graphiteHost", "host"], in: line),
                host.contains("otel") || host.contains("collector")
            {
                add(
                    .broken, number, "graphite.host",
                    "\(host) gets Graphite's protocol: without a carbon receiver in the Collector all of it is lost. Martlet "
                        + "takes StatsD itself on 8125")
            }
            if let prefix = value(of: ["globalPrefix", "prefixStats"], in: line) {
                if let known = globalPrefix, known.value == prefix {
                    add(
                        .note, number, "prefixStats",
                        "prefixes \(known.value) and \(prefix) and names that begin so: metrics are found as "
                            + "\(prefix).counters.\(prefix)….")
                }
                globalPrefix = globalPrefix ?? (number, prefix)
            }
            if line.contains("bins:") || line.contains("bins :") {
                let values = line.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
                    .split(separator: ",").compactMap { Double($0.filter { $0 != " " }) }
                if let last = values.last, last <= 60, values.contains(where: { $0 < 1 }) {
                    bins += 1
                    add(
                        .lossy, number, "histogram",
                        "the bins look like seconds (up to \(last)); timers are in milliseconds, so nearly all fall into "
                            + "the last one")
                }
            }
            for key in ["deleteIdleStats", "deleteGauges", "deleteTimers", "deleteCounters", "deleteSets"]
            where line.contains("\(key)") && line.contains("true") {
                add(
                    .note, number, key,
                    "what is not sent in an interval is not written: a gauge that does not change disappears")
            }
        }
        return findings
    }

    /// The text after `key:`, without quotes and comma.
    private static func value(of keys: [String], in line: Substring) -> String? {
        let text = line.drop { $0 == " " || $0 == "\t" || $0 == "\"" || $0 == "'" }
        for key in keys where text.hasPrefix(key) {
            let rest = text.dropFirst(key.count).drop { $0 == "\"" || $0 == "'" || $0 == " " }
            guard rest.first == ":" else { continue }
            let value = rest.dropFirst().filter { !" \"',".contains($0) }
            return value.isEmpty ? nil : String(value)
        }
        return nil
    }
}
