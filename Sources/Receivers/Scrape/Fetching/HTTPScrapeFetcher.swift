import PrometheusModel
import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Scrapes over HTTP, with connections that are kept between scrapes.
///
/// Whoever makes it calls `shutdown` when nothing fetches any more.
package final class HTTPScrapeFetcher: ScrapeFetcher {
    /// As upstream, that is as Go's client.
    private static let redirectsMax = 10
    /// A target that takes longer to open a connection is hardly one that answers in time.
    private static let connectTimeout = TimeAmount.seconds(10)

    // Two, because whether redirects are followed is a property of the client.
    private let following: HTTPClient
    private let staying: HTTPClient

    package init() {
        func client(_ redirects: HTTPClient.Configuration.RedirectConfiguration) -> HTTPClient {
            var configuration = HTTPClient.Configuration(redirectConfiguration: redirects)
            configuration.timeout.connect = Self.connectTimeout
            configuration.connectionPool.retryConnectionEstablishment = false
            return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }
        following = client(.follow(max: Self.redirectsMax, allowCycles: false))
        staying = client(.disallow)
    }

    package func shutdown() async throws {
        try await following.shutdown()
        try await staying.shutdown()
    }

    package func fetch(_ request: ScrapeRequest) async throws(ScrapeFailure) -> ScrapeResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
        if !outgoing.headers.contains(name: "Authorization"),
            let authorization = URLCredentials.authorization(for: request.url)
        {
            outgoing.headers.add(name: "Authorization", value: authorization)
        }
        let client = request.followsRedirects ? following : staying
        let deadline = NIODeadline.now() + .nanoseconds(request.timeout.wholeNanoseconds)
        do {
            // The deadline holds for the body, too.
            let response = try await client.execute(outgoing, deadline: deadline)
            var body: [UInt8] = []
            if let length = response.headers.first(name: "Content-Length").flatMap({ Int($0) }), length > 0 {
                guard length <= request.bodyBytesMax else { throw ScrapeFailure.bodyLimit(request.bodyBytesMax) }
                // The other side may say anything; what it sends is counted below.
                body.reserveCapacity(min(length, Self.reservedBytesMax))
            }
            for try await part in response.body {
                guard body.count + part.readableBytes <= request.bodyBytesMax else {
                    throw ScrapeFailure.bodyLimit(request.bodyBytesMax)
                }
                body.append(contentsOf: part.readableBytesView)
            }
            return ScrapeResponse(
                status: Int(response.status.code), reason: response.status.reasonPhrase,
                contentType: response.headers.first(name: "Content-Type"),
                contentEncoding: response.headers.first(name: "Content-Encoding"), body: body)
        } catch let failure as ScrapeFailure {
            throw failure
        } catch {
            throw Self.failure(error, request)
        }
    }

    private static let reservedBytesMax = 4 << 20

    private static func failure(_ error: any Error, _ request: ScrapeRequest) -> ScrapeFailure {
        switch error {
        case is CancellationError: ScrapeFailure("scraping has been stopped")
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            ScrapeFailure("no complete answer within \(PrometheusDuration.print(request.timeout))")
        case let error as HTTPClientError where error == .connectTimeout:
            ScrapeFailure("no connection within \(PrometheusDuration.print(request.timeout))")
        default: ScrapeFailure(HTTPProblem.text(error))
        }
    }
}
