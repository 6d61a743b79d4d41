import Codecs
import PrometheusModel

/// The body of `/api/v1/targets`.
enum TargetsAnswer {
    static func write(
        active: [ScrapeTargetStatus], dropped: [ScrapeTargetStatus], droppedCounts: [(pool: String, count: Int)],
        into writer: inout JSONWriter
    ) {
        writer.raw("{\"activeTargets\":[")
        for target in active {
            writer.separate()
            write(target, into: &writer)
        }
        writer.raw("],\"droppedTargets\":[")
        for target in dropped {
            writer.separate()
            writer.raw("{\"discoveredLabels\":")
            writer.texts(target.discoveredLabels)
            writer.key("scrapePool")
            writer.string(target.scrapePool)
            writer.raw("}")
        }
        writer.raw("],\"droppedTargetCounts\":{")
        for (pool, count) in droppedCounts {
            writer.key(dynamic: pool)
            writer.integer(count)
        }
        writer.raw("}}")
    }

    private static func write(_ target: ScrapeTargetStatus, into writer: inout JSONWriter) {
        writer.raw("{\"discoveredLabels\":")
        writer.texts(target.discoveredLabels)
        writer.key("labels")
        writer.labels(target.labels)
        writer.key("scrapePool")
        writer.string(target.scrapePool)
        writer.key("scrapeUrl")
        writer.string(target.scrapeURL)
        writer.key("globalUrl")
        writer.string(target.scrapeURL)
        writer.key("lastError")
        writer.string(target.lastError)
        writer.key("lastScrape")
        writer.string(RFC3339Text.print(target.lastScrape))
        writer.key("lastScrapeDuration")
        writer.number(target.lastScrapeDuration)
        writer.key("health")
        writer.string(target.health.rawValue)
        writer.key("scrapeInterval")
        writer.string(target.scrapeInterval)
        writer.key("scrapeTimeout")
        writer.string(target.scrapeTimeout)
        writer.raw("}")
    }
}
