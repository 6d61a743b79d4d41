/// A GET of a target or a discovery server.
package struct ScrapeRequest: Hashable, Sendable {
    /// One header; a list of them keeps several of one name apart.
    package struct Header: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var url: String
    package var headers: [Header]
    /// For all of it, the body included.
    package var timeout: Duration
    /// Bytes of the body as it comes over the wire.
    package var bodyBytesMax: Int
    package var followsRedirects: Bool

    package init(url: String, headers: [Header], timeout: Duration, bodyBytesMax: Int, followsRedirects: Bool) {
        self.url = url
        self.headers = headers
        self.timeout = timeout
        self.bodyBytesMax = bodyBytesMax
        self.followsRedirects = followsRedirects
    }
}

/// What came back; the body as it came over the wire.
package struct ScrapeResponse: Hashable, Sendable {
    package var status: Int
    /// The status in words.
    package var reason: String
    package var contentType: String?
    package var contentEncoding: String?
    package var body: [UInt8]

    package init(
        status: Int = 200, reason: String = "OK", contentType: String?, contentEncoding: String? = nil, body: [UInt8]
    ) {
        self.status = status
        self.reason = reason
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.body = body
    }
}

/// Why a scrape or a discovery failed, as it is shown: lower case, no final period, nothing of what the answer says.
package struct ScrapeFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: String
    /// Whether it was the size of the body.
    package let isBodyLimit: Bool

    package init(_ reason: String, isBodyLimit: Bool = false) {
        self.reason = reason
        self.isBodyLimit = isBodyLimit
    }

    package var description: String { reason }

    static func bodyLimit(_ bytes: Int) -> ScrapeFailure {
        ScrapeFailure("body size limit of \(bytes) bytes exceeded", isBodyLimit: true)
    }
}

/// Sends the requests of scraping and discovery. Called from several tasks at once, each waiting for its answer; a
/// cancelled task ends its request.
package protocol ScrapeFetcher: Sendable {
    /// - Throws: when there is no complete answer in time, or one larger than asked for. A status other than 200 is an
    ///   answer.
    func fetch(_ request: ScrapeRequest) async throws(ScrapeFailure) -> ScrapeResponse
}
