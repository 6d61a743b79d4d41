import ClickHouse
import HTTPSurface
import HTTPTypes
import TelemetryModel
import TelemetryStore
import Testing

@testable import QueryAPI

@Suite("failures of queries")
struct FailureTests {
    private struct Other: Error, CustomStringConvertible {
        var description: String { "something else" }
    }

    @Test(
        "the engine's numbers have the statuses that ClickHouse gives them",
        arguments: [
            (62, 400), (6, 400), (53, 400), (386, 400), (60, 404), (81, 404), (46, 404), (47, 404), (50, 404),
            (73, 404),
            (115, 404), (194, 401), (164, 403), (497, 403), (516, 403), (159, 408), (158, 413), (396, 413), (202, 503),
            (48, 501), (49, 500), (241, 500), (9999, 500),
        ])
    func engineNumbers(number: Int, status: Int) {
        let words = "Code: \(number). DB::Exception: Something. (NAME)"
        for message in [words, "[chDB] " + words] {
            let failure = ClickHouseFailure(EngineError(.query, message, number: number))
            #expect(failure.code == number)
            #expect(failure.status.code == status)
            #expect(failure.text == words)
        }
    }

    @Test(
        "what has no number gets one, and the engine's form",
        arguments: [
            (
                EngineError(.overloaded, "too many"), 503,
                "Code: 202. DB::Exception: too many. (TOO_MANY_SIMULTANEOUS_QUERIES)"
            ),
            (EngineError(.closed, "closed"), 500, "Code: 1002. DB::Exception: closed. (UNKNOWN_EXCEPTION)"),
            (
                EngineError(.query, "no words", number: 62), 500,
                "Code: 1002. DB::Exception: no words. (UNKNOWN_EXCEPTION)"
            ),
            (CancellationError(), 500, "Code: 394. DB::Exception: query was cancelled. (QUERY_WAS_CANCELLED)"),
            (Other(), 500, "Code: 1002. DB::Exception: something else. (UNKNOWN_EXCEPTION)"),
            (
                ClickHouseFailure(code: 7, name: "N", status: .forbidden, message: "m"), 403,
                "Code: 7. DB::Exception: m. (N)"
            ),
        ] as [(any Error, Int, String)])
    func others(error: any Error, status: Int, text: String) {
        let failure = ClickHouseFailure(error)
        #expect(failure.status.code == status)
        #expect(failure.text == text)
        #expect(text.hasPrefix("Code: \(failure.code). "))
    }

    @Test(
        "a statement that was not taken says why",
        arguments: [
            (.tooLarge(bytesMax: 10), 62, 413), (.tooSlow(.seconds(1)), 209, 408), (.incomplete, 209, 408),
            (.noMemory, 241, 503),
        ] as [(BodyError, Int, Int)])
    func bodies(error: BodyError, code: Int, status: Int) {
        let failure = ClickHouseFailure(body: error)
        #expect(failure.code == code)
        #expect(failure.status.code == status)
        #expect(failure.text.hasPrefix("Code: \(code). DB::Exception: "))
        #expect(failure.text.contains(error == .tooLarge(bytesMax: 10) ? "10 bytes" : "statement"))
    }

    @Test(
        "the Tempo API has a status and a sentence for each kind",
        arguments: [
            (StoreError(.traceTooLarge, "m"), 422, "m"), (StoreError(.schemaTooNew, "m"), 503, "m"),
            (EngineError(.overloaded, "m"), 429, "m"), (EngineError(.cancelled, "m"), 499, "m"),
            (EngineError(.closed, "m"), 503, "m"), (EngineError(.engineMissing, "m"), 503, "m"),
            (EngineError(.diskFull, "m"), 503, "m"), (EngineError(.query, "m", number: 62), 400, "m"),
            (EngineError(.query, "m", number: 60), 404, "m"), (EngineError(.query, "m", number: 164), 403, "m"),
            (EngineError(.query, "m", number: 48), 501, "m"), (EngineError(.query, "m", number: 159), 504, "m"),
            (EngineError(.query, "m", number: 241), 422, "m"), (EngineError(.query, "m", number: 202), 429, "m"),
            (EngineError(.query, "m", number: 394), 499, "m"), (EngineError(.query, "m", number: 49), 500, "m"),
            (EngineError(.query, "m"), 500, "m"), (CancellationError(), 499, "the query was cancelled"),
            (Other(), 500, "something else"),
        ] as [(any Error, Int, String)])
    func tempo(error: any Error, status: Int, message: String) {
        let failure = TempoFailure(error)
        #expect(failure.status.code == status)
        #expect(failure.message == message)
    }
}
