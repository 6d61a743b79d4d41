import Codecs
import PrometheusModel
import QueryEngines

/// What the server says of itself, and the calls that steer it.
extension PrometheusAPI {
    func configuration() async -> PrometheusAnswer {
        let text = await dependencies.configuration()
        return .json(
            Envelope.success { writer in
                writer.raw("{\"yaml\":")
                writer.string(text)
                writer.raw("}")
            })
    }

    func runtimeInformation() async -> PrometheusAnswer {
        let facts = await dependencies.runtime()
        let now = dependencies.now()
        return .json(
            Envelope.success { writer in
                writer.open("{")
                writer.key("startTime")
                writer.string(RFC3339Text.print(facts.startTime))
                writer.key("CWD")
                writer.string(facts.workingDirectory)
                writer.key("hostname")
                writer.string(facts.hostname)
                writer.key("serverTime")
                writer.string(RFC3339Text.print(now))
                writer.key("reloadConfigSuccess")
                writer.bool(facts.lastReloadSucceeded)
                writer.key("lastConfigTime")
                writer.string(RFC3339Text.print(facts.lastReload))
                writer.raw(",\"corruptionCount\":0")
                // There are no goroutines here; the threads that work are the nearest.
                writer.key("goroutineCount")
                writer.integer(facts.threads)
                writer.key("GOMAXPROCS")
                writer.integer(facts.threads)
                writer.key("GOMEMLIMIT")
                writer.integer(facts.memoryBytesMax)
                writer.raw(",\"GOGC\":\"\",\"GODEBUG\":\"\"")
                writer.key("storageRetention")
                writer.string(facts.storageRetention)
                writer.close("}")
            })
    }

    /// Without a member `features`: with any entry there, clients take the server for another product.
    func buildInformation() -> PrometheusAnswer {
        .json(
            Envelope.success { writer in
                writer.raw("{\"version\":")
                writer.string(dependencies.version)
                writer.raw(
                    ",\"revision\":\"\",\"branch\":\"\",\"buildUser\":\"\",\"buildDate\":\"\",\"goVersion\":\"\"}")
            })
    }

    func storageStatistics(_ form: FormParameters) async throws -> PrometheusAnswer {
        var limit = 10
        let text = form["limit"]
        if !text.isEmpty {
            guard let number = Int(text), number >= 1 else {
                throw PrometheusFailure(.badData, "limit must be a positive number")
            }
            limit = number
        }
        let statistics = try await dependencies.catalog.statistics(limit: limit)
        func write(
            _ key: StaticString, _ entries: [(name: String, value: Int)], _ writer: inout JSONWriter
        ) {
            writer.key(key)
            writer.open("[")
            for entry in entries.prefix(limit) {
                writer.separate()
                writer.raw("{\"name\":")
                writer.string(entry.name)
                writer.raw(",\"value\":")
                writer.integer(entry.value)
                writer.raw("}")
            }
            writer.close("]")
        }
        return .json(
            Envelope.success { writer in
                writer.raw("{\"headStats\":{\"numSeries\":")
                writer.integer(statistics.seriesCount)
                writer.raw(",\"numLabelPairs\":")
                writer.integer(statistics.labelPairCount)
                writer.raw(",\"chunkCount\":0,\"minTime\":")
                // An empty store of the reference implementation has these.
                writer.integer(statistics.oldest ?? .max)
                writer.raw(",\"maxTime\":")
                writer.integer(statistics.newest ?? .min)
                writer.raw("}")
                write("seriesCountByMetricName", statistics.seriesByMetricName, &writer)
                write("labelValueCountByLabelName", statistics.valuesByLabelName, &writer)
                write("memoryInBytesByLabelName", statistics.bytesByLabelName, &writer)
                write("seriesCountByLabelValuePair", statistics.seriesByLabelPair, &writer)
                writer.raw("}")
            })
    }

    func reload(_ method: PrometheusEndpoint.Method) async -> PrometheusAnswer {
        guard method != .get else { return .text(405, "Only POST or PUT requests allowed") }
        guard let reload = dependencies.reload else { return .text(403, "Lifecycle API is not enabled.") }
        do {
            try await reload()
            return .text(200, "")
        } catch {
            return .text(500, "failed to reload config: \(error)\n")
        }
    }

    func quit(_ method: PrometheusEndpoint.Method) async -> PrometheusAnswer {
        guard method != .get else { return .text(405, "Only POST or PUT requests allowed") }
        guard let quit = dependencies.quit else { return .text(403, "Lifecycle API is not enabled.") }
        await quit()
        return .text(200, "Requesting termination... Goodbye!")
    }
}
