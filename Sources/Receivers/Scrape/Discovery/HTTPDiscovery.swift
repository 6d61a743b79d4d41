import Codecs

/// Asks an HTTP server for targets.
///
/// - Spec: Prometheus, "Writing HTTP service discovery": the answer is 200 and `application/json`; a failed request
///   keeps the last list, which is the caller's to do.
enum HTTPDiscovery {
    /// Upstream waits as long as one refresh; a server of targets that takes longer than this is none.
    private static let timeoutMax = Duration.seconds(60)

    static func fetch(
        url: String, refresh: Duration, client: ScrapeClientOptions, userAgent: String, by fetcher: any ScrapeFetcher
    ) async throws(ScrapeFailure) -> [TargetGroup] {
        let headers: [ScrapeRequest.Header] = [
            .init("User-Agent", userAgent), .init("Accept", "application/json"), .init("Accept-Encoding", "gzip"),
            .init("X-Prometheus-Refresh-Interval-Seconds", ScrapeRequest.secondsText(refresh)),
        ]
        let response = try await fetcher.fetch(
            ScrapeRequest(
                url: url, headers: headers + client.makeHeaders(), timeout: min(refresh, timeoutMax),
                bodyBytesMax: ScrapeLimits.discoveryBytesMax, followsRedirects: client.followsRedirects))
        guard response.status == 200 else {
            throw ScrapeFailure("the server answered with HTTP status \(response.status) \(response.reason)")
        }
        guard isJSON(response.contentType) else { throw ScrapeFailure("the answer is not application/json") }
        let body = try response.unpackedBody(bytesMax: ScrapeLimits.discoveryBytesMax)
        var groups = try TargetGroupReader.parseJSON(body)
        for index in groups.indices { groups[index].labels["__meta_url"] = url }
        return groups
    }

    private static func isJSON(_ contentType: String?) -> Bool {
        let parts = (contentType ?? "").lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\"" } }
        return parts.first == "application/json" && parts.dropFirst().allSatisfy { $0 == "charset=utf-8" }
    }
}

extension ScrapeResponse {
    /// The body without its gzip.
    ///
    /// - Throws: when it is more than allowed, no gzip, or in another encoding.
    func unpackedBody(bytesMax: Int) throws(ScrapeFailure) -> [UInt8] {
        switch contentEncoding?.lowercased() {
        case nil, "", "identity":
            guard body.count <= bytesMax else { throw .bodyLimit(bytesMax) }
            return body
        case "gzip", "x-gzip":
            var reserved = 0
            do {
                return try Gunzip.decompress(body, bytesMax: bytesMax, reserved: &reserved)
            } catch {
                throw error.code == .tooLarge ? .bodyLimit(bytesMax) : ScrapeFailure(error.message)
            }
        default: throw ScrapeFailure("the answer has an encoding that was not asked for")
        }
    }
}

extension ScrapeRequest {
    /// Seconds as a number, for headers.
    static func secondsText(_ duration: Duration) -> String {
        let milliseconds = duration.wholeMilliseconds
        guard milliseconds % 1000 != 0 else { return String(milliseconds / 1000) }
        var fraction = String(1000 + milliseconds % 1000).dropFirst()
        while fraction.last == "0" { fraction = fraction.dropLast() }
        return "\(milliseconds / 1000).\(fraction)"
    }
}
