import Codecs
import QueryEngines

/// What a query cost, in the places where Loki says it: `data.stats`.
///
/// Martlet has no chunks, caches and queues; what Loki tells of those is zero.
struct LokiStatistics: Sendable {
    var query = LogQueryStatistics()
    /// Lines or series of the answer.
    var entries: Int

    func write(into writer: inout JSONWriter) {
        let perSecond = query.seconds > 0 ? 1 / query.seconds : 0
        writer.object { writer in
            writer.object("summary") { writer in
                writer.member("bytesProcessedPerSecond", Self.whole(Double(query.bytes) * perSecond))
                writer.member("linesProcessedPerSecond", Self.whole(Double(query.lines) * perSecond))
                writer.member("totalBytesProcessed", query.bytes)
                writer.member("totalLinesProcessed", query.lines)
                writer.key("execTime")
                writer.number(query.seconds)
                writer.member("queueTime", 0)
                writer.member("subqueries", 0)
                writer.member("totalEntriesReturned", entries)
                writer.member("splits", 0)
                writer.member("shards", 0)
                writer.member("totalPostFilterLines", query.matched)
                writer.member("totalStructuredMetadataBytesProcessed", 0)
            }
            writer.object("querier") { $0.object("store") { Self.store(query, into: &$0) } }
            writer.object("ingester") { writer in
                for key: StaticString in ["totalReached", "totalChunksMatched", "totalBatches", "totalLinesSent"] {
                    writer.member(key, 0)
                }
                writer.object("store") { Self.store(LogQueryStatistics(), into: &$0) }
            }
            writer.object("cache") { writer in
                for cache: StaticString in [
                    "chunk", "index", "result", "statsResult", "volumeResult", "seriesResult", "labelResult",
                    "instantMetricResult",
                ] {
                    writer.object(cache) { writer in
                        for key: StaticString in [
                            "entriesFound", "entriesRequested", "entriesStored", "bytesReceived", "bytesSent",
                            "requests", "downloadTime", "queryLengthServed",
                        ] {
                            writer.member(key, 0)
                        }
                    }
                }
            }
            writer.object("index") { writer in
                for key: StaticString in ["totalChunks", "postFilterChunks", "shardsDuration"] { writer.member(key, 0) }
                writer.member("usedBloomFilters", false)
            }
        }
    }

    private static func store(_ query: LogQueryStatistics, into writer: inout JSONWriter) {
        for key: StaticString in ["totalChunksRef", "totalChunksDownloaded", "chunksDownloadTime"] {
            writer.member(key, 0)
        }
        writer.member("queryReferencedStructuredMetadata", false)
        writer.object("chunk") { writer in
            writer.member("headChunkBytes", 0)
            writer.member("headChunkLines", 0)
            writer.member("decompressedBytes", query.bytes)
            writer.member("decompressedLines", query.lines)
            writer.member("compressedBytes", 0)
            writer.member("totalDuplicates", 0)
            writer.member("postFilterLines", query.matched)
            writer.member("headChunkStructuredMetadataBytes", 0)
            writer.member("decompressedStructuredMetadataBytes", 0)
        }
        for key: StaticString in ["chunkRefsFetchTime", "congestionControlLatency", "pipelineWrapperFilteredLines"] {
            writer.member(key, 0)
        }
    }

    /// Go's clients read these as 64-bit integers.
    private static func whole(_ value: Double) -> Int64 { Int64(exactly: value.rounded()) ?? 0 }
}
