import TelemetryModel

/// The parameters of a request; an empty value counts as absent, as in Loki.
struct LokiForm: Sendable {
    private let form: FormParameters

    init(_ all: [(String, String)] = []) {
        form = FormParameters(all)
    }

    /// - Parameters:
    ///   - query: what follows the `?` of the URL.
    ///   - body: a form, as `application/x-www-form-urlencoded`.
    init(query: String?, body: [UInt8]? = nil) throws(LokiFailure) {
        do {
            form = try FormParameters(body: body, query: query)
        } catch {
            throw LokiFailure(.invalid, error.message)
        }
    }

    subscript(name: String) -> String? {
        let value = form[name]
        return value.isEmpty ? nil : value
    }

    /// Empty ones, too.
    func all(_ name: String) -> [String] { form.all(name) }

    // MARK: Numbers

    /// How much of something is wanted.
    func count(_ name: String, default ordinary: Int) throws(LokiFailure) -> Int {
        guard let text = self[name] else { return ordinary }
        let count: Int
        do {
            count = try NumberParameter.integer(text)
        } catch {
            throw LokiFailure(.invalid, error.description)
        }
        guard count > 0 else { throw LokiFailure(.invalid, "\(name) must be a positive value") }
        return count
    }

    /// Lines of an answer.
    func limit() throws(LokiFailure) -> Int {
        let limit = try count("limit", default: LokiLimits.entriesDefault)
        guard limit <= LokiLimits.entriesMax else {
            throw LokiFailure(
                .overLimit,
                "max entries limit per query exceeded, limit > max_entries_limit (\(limit) > \(LokiLimits.entriesMax))")
        }
        return limit
    }
}
