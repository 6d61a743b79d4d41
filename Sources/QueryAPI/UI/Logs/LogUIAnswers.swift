import Codecs
import QueryEngines

/// Logs as the page reads them.
extension JSONWriter {
    /// `"kind":"entries"` and one list over all streams, in the order asked for, each entry with its labels apart.
    mutating func logEntries(_ result: LogSelectResult) {
        member("kind", "entries")
        list("entries", result.entries) { writer, entry in
            writer.time("time", entry.time)
            writer.member("line", entry.line)
            writer.key("stream")
            writer.labels(result.streams.indices.contains(entry.stream) ? result.streams[entry.stream] : [])
            writer.key("metadata")
            writer.labels(entry.metadata)
            writer.key("parsed")
            writer.labels(entry.parsed)
        }
        logStatistics(result.statistics)
    }

    /// `"kind":"series"`, samples as pairs of milliseconds and text, as some values are no JSON numbers.
    mutating func logSeries(_ result: LogMetricsResult) {
        member("kind", "series")
        member("isScalar", result.isScalar)
        list("series", result.series) { writer, series in
            writer.key("labels")
            writer.labels(series.labels)
            writer.key("samples")
            writer.open("[")
            for sample in series.samples {
                writer.separate()
                writer.open("[")
                writer.integer(sample.time)
                writer.raw(",")
                writer.sample(sample.value)
                writer.close("]")
            }
            writer.close("]")
        }
        logStatistics(result.statistics)
    }

    mutating func logPatterns(_ result: LogPatternsResult) {
        list("patterns", result.patterns) { writer, pattern in
            writer.member("pattern", pattern.pattern)
            writer.member("level", pattern.level)
            writer.member("count", pattern.count)
            writer.key("samples")
            writer.open("[")
            for sample in pattern.samples {
                writer.separate()
                writer.open("[")
                writer.integer(sample.time)
                writer.separate()
                writer.integer(sample.count)
                writer.close("]")
            }
            writer.close("]")
            writer.member("example", pattern.example)
        }
        // When they differ, the counts are of a sample.
        member("lines", result.lines)
        member("linesTotal", result.linesTotal)
    }

    private mutating func logStatistics(_ statistics: LogQueryStatistics) {
        object("statistics") { writer in
            writer.member("lines", statistics.lines)
            writer.member("bytes", statistics.bytes)
            writer.member("matched", statistics.matched)
            writer.key("seconds")
            writer.number(statistics.seconds)
        }
    }
}
