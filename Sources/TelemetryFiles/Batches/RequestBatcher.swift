import OTLPMessages
import TelemetryModel

/// Puts small requests of a signal together and takes large ones apart, so that sending is neither a call for each line
/// nor a body that no receiver takes.
package struct RequestBatcher {
    private struct Open {
        var request: TelemetryRequest
        var items: Int
        var bytes: Int
    }

    private let itemsMax: Int
    private let bytesMax: Int
    private var open: [Signal: Open] = [:]

    /// - Parameter bytesMax: of what was read, which is about what is sent, or more.
    package init(itemsMax: Int = 2_000, bytesMax: Int = 4 << 20) {
        self.itemsMax = max(1, itemsMax)
        self.bytesMax = max(1, bytesMax)
    }

    /// Adds a request and returns those that are full. One without items leaves nothing.
    package mutating func add(_ request: TelemetryRequest, bytes: Int) -> [TelemetryRequest] {
        let items = request.items
        guard items > 0 else { return [] }
        if items > itemsMax || bytes > bytesMax {
            return finish(request.signal) + Self.parts(request, items: items, bytes: bytes, itemsMax, bytesMax)
        }
        var full: [TelemetryRequest] = []
        if let waiting = open[request.signal], waiting.items + items > itemsMax || waiting.bytes + bytes > bytesMax {
            full = finish(request.signal)
        }
        if var waiting = open.removeValue(forKey: request.signal) {
            waiting.request.append(request)
            waiting.items += items
            waiting.bytes += bytes
            open[request.signal] = waiting
        } else {
            open[request.signal] = Open(request: request, items: items, bytes: bytes)
        }
        return full
    }

    /// What is left.
    package mutating func finish() -> [TelemetryRequest] { Signal.allCases.flatMap { finish($0) } }

    private mutating func finish(_ signal: Signal) -> [TelemetryRequest] {
        open.removeValue(forKey: signal).map { [$0.request] } ?? []
    }

    private static func parts(
        _ request: TelemetryRequest, items count: Int, bytes: Int, _ itemsMax: Int, _ bytesMax: Int
    ) -> [TelemetryRequest] {
        let parts = max((count + itemsMax - 1) / itemsMax, min(count, (bytes + bytesMax - 1) / bytesMax))
        let size = max(1, (count + parts - 1) / parts)
        let items = request.itemized()
        return stride(from: 0, to: items.count, by: size).compactMap { start in
            TelemetryRequest(items[start..<min(start + size, items.count)])
        }
    }
}

extension TelemetryRequest {
    /// Both halves of the items; nil when there are fewer than two.
    package var halves: (TelemetryRequest, TelemetryRequest)? {
        let items = itemized()
        guard items.count > 1, let first = TelemetryRequest(items[..<(items.count / 2)]),
            let second = TelemetryRequest(items[(items.count / 2)...])
        else { return nil }
        return (first, second)
    }

    /// Adds the groups of a request of the same signal; one of another leaves this as it is.
    package mutating func append(_ other: TelemetryRequest) {
        switch (self, other) {
        case (.traces(var request), .traces(let more)):
            self = .traces(OTLPTraceRequest())
            request.resourceSpans += more.resourceSpans
            self = .traces(request)
        case (.metrics(var request), .metrics(let more)):
            self = .metrics(OTLPMetricsRequest())
            request.resourceMetrics += more.resourceMetrics
            self = .metrics(request)
        case (.logs(var request), .logs(let more)):
            self = .logs(OTLPLogsRequest())
            request.resourceLogs += more.resourceLogs
            self = .logs(request)
        default: break
        }
    }
}
