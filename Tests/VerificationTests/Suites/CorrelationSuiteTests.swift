import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite struct CorrelationSuiteTests {
    private typealias Suite = CorrelationSuite

    @Test func aTraceNamedByALogMustBeThere() async throws {
        let other = SuiteSamples.changed { $0.logs.append(SuiteSamples.log("lost", trace: TraceID(high: 7, low: 7))) }
        let report = try await Suite.check("traces named by logs are there", other)
        #expect(report?.outcome == .failed)
        #expect(report?.message.contains("1 of 2 (50 %) found") == true)
        #expect(report?.evidence.first?.contains("00000000000000070000000000000007") == true)
        #expect(report?.nearestMisses == ["trace 00000000000000010000000000000002 came"])
    }

    @Test func logsWithoutTraceIDsSayNothing() async throws {
        let recording = SuiteSamples.changed { $0.logs = [SuiteSamples.log(span: 0, trace: .zero)] }
        let report = try await Suite.check("traces named by logs are there", recording)
        #expect(report?.outcome == .vacuous)
        #expect(report?.message == "no log has a trace id, of 1 logs")
    }

    @Test func aSpanOfAnotherTraceIsWrong() async throws {
        let elsewhere = TraceID(high: 5, low: 5)
        let recording = SuiteSamples.changed {
            $0.spans.append(SuiteSamples.span(9, trace: elsewhere))
            $0.logs = [SuiteSamples.log(span: 9)]
        }
        let report = try await Suite.check("spans named by logs belong to their trace", recording)
        #expect(report?.outcome == .failed)
        #expect(report?.evidence.first?.contains("it is one of trace \(elsewhere.hex)") == true)
    }

    @Test(
        "a log lies within its span, give or take the tolerance",
        arguments: [
            (500, CheckReport.Outcome.passed), (1900, .passed), (2100, .failed), (3_600_000, .failed),
        ] as [(UInt64, CheckReport.Outcome)])
    func times(milliseconds: UInt64, outcome: CheckReport.Outcome) async throws {
        let recording = SuiteSamples.changed { $0.logs = [SuiteSamples.log(at: milliseconds)] }
        let found = try await Suite.outcome("logs fall into the time of their span", recording)
        #expect(found == outcome)
    }

    @Test func aLogBeforeItsSpanIsWrong() async throws {
        let recording = SuiteSamples.changed { $0.spans[1].startTime += 5 * SuiteSamples.second }
        let found = try await Suite.outcome("logs fall into the time of their span", recording)
        #expect(found == .failed)
    }

    @Test func operationsAgreeUnderTheirDifferentNames() async throws {
        let wrong = SuiteSamples.changed {
            $0.spans[1].attributes = SuiteSamples.attributes([
                "db.operation": .string("insert"), "db.table": .string("users"),
            ])
            $0.logs = [SuiteSamples.log(span: 2, ["operation": .string("delete"), "table": .string("users")])]
        }
        let report = try await Suite.check("logs and spans agree on the operation", wrong)
        #expect(report?.outcome == .failed)
        #expect(report?.examined == 2)
        #expect(
            report?.evidence.first?.contains("operation=delete, but `SELECT users` has db.operation=insert") == true)
        let right = try await Suite.outcome("logs and spans agree on the operation", SuiteSamples.healthy)
        #expect(right == .passed)
        let none = SuiteSamples.changed { $0.logs = [SuiteSamples.log()] }
        let skipped = try await Suite.outcome("logs and spans agree on the operation", none)
        #expect(skipped == .skipped)
    }

    @Test func orphansAreFound() async throws {
        let recording = SuiteSamples.changed { $0.spans.removeFirst() }
        let report = try await Suite.check("parents of spans are there", recording)
        #expect(report?.outcome == .failed)
        #expect(report?.evidence.first?.contains("its parent 0000000000000001 did not come") == true)
        let flat = SuiteSamples.changed { $0.spans = [SuiteSamples.span(1)] }
        let skipped = try await Suite.outcome("parents of spans are there", flat)
        #expect(skipped == .skipped)
    }

    @Test("links and exemplars lead to spans", arguments: [(UInt64(2), true), (77, false)])
    func references(span: UInt64, isThere: Bool) async throws {
        let recording = SuiteSamples.changed {
            $0.spans[0].links = [
                .init(traceID: SuiteSamples.trace, spanID: SpanID(value: span), attributes: RecordedAttributes())
            ]
            $0.series[0].points[0].exemplars = [
                .init(time: SuiteSamples.start, value: 1, traceID: SuiteSamples.trace, spanID: SpanID(value: span))
            ]
        }
        let links = try await Suite.outcome("links lead to spans", recording)
        let exemplars = try await Suite.outcome("exemplars lead to spans", recording)
        #expect(links == (isThere ? .passed : .failed))
        #expect(exemplars == (isThere ? .passed : .failed))
        let none = try await Suite.outcome("links lead to spans", SuiteSamples.healthy)
        #expect(none == .skipped)
    }
}
