import Codecs
import QueryEngines
import TelemetryModel

/// The parameters of a URL by their types; an empty one is as good as none.
struct ZipkinParameters: Sendable {
    private let form: FormParameters

    init(_ query: String?) throws(ZipkinFailure) {
        do throws(PrometheusFailure) {
            form = try FormParameters(body: nil, query: query)
        } catch {
            throw ZipkinFailure(.invalid, error.message)
        }
    }

    /// Nil when it is absent or empty.
    func text(_ name: String) -> String? {
        let value = form[name]
        return value.isEmpty ? nil : value
    }

    /// What has to be there, though it may be empty.
    func required(_ name: String) throws(ZipkinFailure) -> String {
        guard let value = form.all(name).first else { throw .parameter(name, "is required") }
        return value
    }

    /// A positive whole number.
    func positive(_ name: String) throws(ZipkinFailure) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let value = Int64(text) else { throw .parameter(name, "has to be a whole number of 64 bits") }
        guard value > 0 else { throw .parameter(name, "has to be more than 0") }
        return value
    }

    /// `endTs` and `lookback`, both in milliseconds.
    ///
    /// - Parameter now: stands for an absent `endTs`; without it `endTs` is required.
    func range(now: Timestamp?) throws(ZipkinFailure) -> TraceTimeRange {
        let end: Int64
        if let milliseconds = try positive("endTs") {
            // At or before the end: the range's own end is exclusive.
            end = Self.nanoseconds(milliseconds, per: 1_000_000) &+ 1
        } else if let now {
            end = now.nanoseconds &+ 1
        } else {
            throw .parameter("endTs", "is required: milliseconds since 1970")
        }
        let lookback = Self.nanoseconds(try positive("lookback") ?? Self.lookbackDefault, per: 1_000_000)
        return TraceTimeRange(start: max(0, end - 1 - lookback), end: end)
    }

    /// A day. Spec: Zipkin's server, `QUERY_LOOKBACK`.
    private static let lookbackDefault: Int64 = 86_400_000

    /// Saturated, and one less than the greatest number.
    static func nanoseconds(_ value: Int64, per unit: Int64) -> Int64 {
        let (result, overflow) = value.multipliedReportingOverflow(by: unit)
        return overflow ? .max - 1 : min(result, .max - 1)
    }

    static func traceID(_ text: String, of name: String) throws(ZipkinFailure) -> TraceID {
        do throws(ZipkinIdentifier.Failure) {
            return try ZipkinIdentifier.traceID(text)
        } catch {
            throw ZipkinFailure(.invalid, "\(name): \(error.message)")
        }
    }
}
