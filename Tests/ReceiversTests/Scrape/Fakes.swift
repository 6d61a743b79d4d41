import Logging
import PrometheusModel
import Synchronization

@testable import Receivers

/// Answers from a table, and remembers what was asked.
final class RecordingFetcher: ScrapeFetcher {
    private let state = Mutex((answers: [String: Result<ScrapeResponse, ScrapeFailure>](), requests: [ScrapeRequest]()))

    func answer(_ url: String, _ response: ScrapeResponse) { state.withLock { $0.answers[url] = .success(response) } }
    func fail(_ url: String, _ reason: String) { state.withLock { $0.answers[url] = .failure(ScrapeFailure(reason)) } }

    /// An answer in text format.
    func show(_ url: String, _ page: String) {
        answer(url, ScrapeResponse(contentType: "text/plain; version=0.0.4", body: Array(page.utf8)))
    }

    var requests: [ScrapeRequest] { state.withLock { $0.requests } }

    func fetch(_ request: ScrapeRequest) async throws(ScrapeFailure) -> ScrapeResponse {
        let answer = state.withLock { state in
            state.requests.append(request)
            return state.answers[request.url] ?? .failure(ScrapeFailure("nobody is there"))
        }
        return try answer.get()
    }
}

/// Keeps what it is given, decoded.
final class RecordingSink: SampleSink {
    struct Refused: Error {}

    private let state = Mutex((samples: [StoredSample](), counts: [Int](), isFull: false))

    var samples: [StoredSample] { state.withLock { $0.samples } }
    /// The numbers of samples told with the requests.
    var counts: [Int] { state.withLock { $0.counts } }

    func fill(_ isFull: Bool) { state.withLock { $0.isFull = isFull } }

    /// What came since the last call.
    func take() -> [StoredSample] {
        state.withLock { state in
            defer { state.samples = [] }
            return state.samples
        }
    }

    func admit(_ request: [UInt8], sampleCount: Int, source: String) async throws {
        let samples = RemoteWriteText.decode(request)
        let isFull = state.withLock { state in
            guard !state.isFull else { return true }
            state.samples += samples
            state.counts.append(sampleCount)
            return false
        }
        if isFull { throw Refused() }
    }
}

/// A clock that stands still between calls.
final class ManualClock: ScrapeClock {
    private let time: Mutex<Int64>

    init(milliseconds: Int64 = 1_000_000) { time = Mutex(milliseconds * 1_000_000) }

    func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds * 1_000_000 } }
    func now() -> Int64 { time.withLock { $0 } }
    func uptime() -> Int64 { time.withLock { $0 } }
}

/// A sample as it was handed to the sink, as text: `name{labels} value @time`, `stale` for a staleness marker.
struct StoredSample: Hashable, CustomStringConvertible {
    let labels: Labels
    let value: Double
    let time: Int64
    let metadataType: Int
    let exemplars: Int

    var isStale: Bool { StaleMarker.isStale(value) }
    var description: String { "\(labels) \(isStale ? "stale" : NumberText.plain(value)) @\(time)" }
}

/// Reads `io.prometheus.write.v2.Request` for tests: series with one sample each, as scraping writes them.
enum RemoteWriteText {
    static func decode(_ bytes: [UInt8]) -> [StoredSample] {
        var symbols: [String] = []
        var samples: [StoredSample] = []
        for field in fields(bytes[...]) where field.number == 4 {
            symbols.append(String(decoding: field.bytes, as: UTF8.self))
        }
        for series in fields(bytes[...]) where series.number == 5 {
            var labels: [Label] = []
            var value = 0.0
            var time: Int64 = 0
            var type = 0
            var exemplars = 0
            for field in fields(series.bytes) {
                switch field.number {
                case 1:
                    var rest = field.bytes
                    while !rest.isEmpty {
                        let name = Int(varint(&rest)), text = Int(varint(&rest))
                        labels.append(Label(symbols[name], symbols[text]))
                    }
                case 2:
                    for part in fields(field.bytes) {
                        if part.number == 1 { value = Double(bitPattern: part.integer) }
                        if part.number == 2 { time = Int64(bitPattern: part.integer) }
                    }
                case 4: exemplars += 1
                case 5: type = fields(field.bytes).first { $0.number == 1 }.map { Int($0.integer) } ?? 0
                default: break
                }
            }
            samples.append(
                StoredSample(
                    labels: Labels(sorted: labels), value: value, time: time, metadataType: type, exemplars: exemplars))
        }
        return samples
    }

    private struct Field {
        let number: Int
        var integer: UInt64 = 0
        var bytes: ArraySlice<UInt8> = []
    }

    private static func fields(_ bytes: ArraySlice<UInt8>) -> [Field] {
        var rest = bytes
        var result: [Field] = []
        while !rest.isEmpty {
            let tag = varint(&rest)
            var field = Field(number: Int(tag >> 3))
            switch tag & 7 {
            case 0: field.integer = varint(&rest)
            case 1:
                field.integer = rest.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
                rest = rest.dropFirst(8)
            default:
                let length = Int(varint(&rest))
                field.bytes = rest.prefix(length)
                rest = rest.dropFirst(length)
            }
            result.append(field)
        }
        return result
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        return value
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
