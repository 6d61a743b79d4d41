import PrometheusModel
import Codecs
import QueryEngines

/// Lines as JSON, by stream.
///
/// Without the flag `categorize-labels` each line is a time and a text, and its stream shows all labels. With it each
/// has a third element, with the labels that are not the stream's: Grafana's parser wants it on every line then, and
/// what is not expected nowhere (it reads `resultType` and `encodingFlags` before `result`).
///
/// - Spec: Grafana Loki, "Query logs within a range of time"; categorized labels as Loki 3 writes them.
struct LokiStreamsAnswer: LokiPieces {
    static let flag = "categorize-labels"

    private let result: LogSelectResult
    private let groups: [LokiStreamGroups.Group]
    private let categorizesLabels: Bool
    /// The next group and the next of its entries; nil before the beginning.
    private var place: (group: Int, entry: Int)?

    init(_ result: LogSelectResult, categorizesLabels: Bool) {
        self.result = result
        self.categorizesLabels = categorizesLabels
        groups =
            LokiStreamGroups(result.streams, result.entries, categorizesLabels: categorizesLabels).groups
    }

    var bytesExpected: Int {
        var bytes = 4096
        for entry in result.entries {
            bytes += entry.line.utf8.count * 9 / 8 + 64
            if categorizesLabels {
                for label in entry.metadata { bytes += label.name.utf8.count + label.value.utf8.count + 8 }
                for label in entry.parsed { bytes += label.name.utf8.count + label.value.utf8.count + 8 }
            }
        }
        return bytes + groups.count * 512
    }

    mutating func write(into writer: inout JSONWriter, bytesMax: Int) -> Bool {
        var (group, entry) = place ?? (0, 0)
        if place == nil { writeHead(into: &writer) }
        while group < groups.count {
            let entries = groups[group].entries
            if entry == 0 {
                guard writer.bytes.count < bytesMax else {
                    place = (group, 0)
                    return true
                }
                if group > 0 { writer.raw(",") }
                writer.raw(#"{"stream":"#)
                writer.labels(groups[group].labels)
                writer.raw(#","values":["#)
            }
            while entry < entries.count {
                if entry > 0 { writer.raw(",") }
                writer.entry(result.entries[entries[entry]], categorizesLabels: categorizesLabels)
                entry += 1
                if writer.bytes.count >= bytesMax, entry < entries.count {
                    place = (group, entry)
                    return true
                }
            }
            writer.raw("]}")
            entry = 0
            group += 1
        }
        writer.raw(#"],"stats":"#)
        LokiStatistics(query: result.statistics, entries: result.entries.count).write(into: &writer)
        writer.raw("}}")
        return false
    }

    private func writeHead(into writer: inout JSONWriter) {
        writer.raw(#"{"status":"success","data":{"resultType":"streams","#)
        if categorizesLabels { writer.raw(#""encodingFlags":["categorize-labels"],"#) }
        writer.raw(#""result":["#)
    }
}

extension JSONWriter {
    /// `["<nanoseconds>","<line>"]`, with the flag `["<nanoseconds>","<line>",{…}]`.
    mutating func entry(_ entry: LogEntry, categorizesLabels: Bool) {
        raw("[")
        quotedInteger(entry.time)
        raw(",")
        string(entry.line)
        if categorizesLabels {
            raw(",{")
            if !entry.metadata.isEmpty {
                key("structuredMetadata")
                labels(entry.metadata)
            }
            if !entry.parsed.isEmpty {
                key("parsed")
                labels(entry.parsed)
            }
            raw("}")
        }
        raw("]")
    }
}
