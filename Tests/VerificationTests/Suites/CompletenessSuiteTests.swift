import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite struct CompletenessSuiteTests {
    private typealias Suite = CompletenessSuite

    private static func source(_ received: Int, _ stored: Int, rejected: Int = 0, dropped: Int = 0) -> FixedSource {
        FixedSource(figures: [
            LedgerFigures(
                signal: .traces, received: received, stored: stored, rejected: ["invalid id": rejected],
                dropped: ["too old": dropped])
        ])
    }

    @Test func theLedgerAddsUp() async throws {
        let name = "the ledger adds up"
        let whole = try await Suite.outcome(
            name, SuiteSamples.healthy, source: Self.source(5, 2, rejected: 2, dropped: 1))
        #expect(whole == .passed)
        let report = try await Suite.check(name, SuiteSamples.healthy, source: Self.source(5, 2))
        #expect(report?.outcome == .failed)
        #expect(report?.evidence.first?.hasSuffix("3 are nowhere") == true)
        let idle = try await Suite.outcome(name, SuiteSamples.healthy, source: Self.source(0, 0))
        #expect(idle == .vacuous)
        let files = try await Suite.outcome(name, SuiteSamples.healthy)
        #expect(files == .skipped)
    }

    @Test func lossesAreNamedWithTheirReasons() async throws {
        let name = "nothing was rejected or dropped"
        let report = try await Suite.check(
            name, SuiteSamples.healthy, source: Self.source(5, 2, rejected: 2, dropped: 1))
        #expect(report?.outcome == .failed)
        #expect(report?.evidence == ["2 spans rejected: invalid id", "1 spans dropped: too old"])
        let clean = try await Suite.outcome(name, SuiteSamples.healthy, source: Self.source(2, 2))
        #expect(clean == .passed)
        let idle = try await Suite.outcome(name, SuiteSamples.healthy, source: Self.source(0, 0))
        #expect(idle == .vacuous)
    }

    @Test func theStoreHoldsWhatWasStored() async throws {
        let name = "the store holds what the ledger says"
        var options = SuiteOptions()
        let part = try await Suite.outcome(name, SuiteSamples.healthy, options, source: Self.source(2, 2))
        #expect(part == .skipped)
        options.isWholeLife = true
        let same = try await Suite.outcome(name, SuiteSamples.healthy, options, source: Self.source(2, 2))
        #expect(same == .passed)
        let fewer = try await Suite.outcome(name, SuiteSamples.healthy, options, source: Self.source(3, 3))
        #expect(fewer == .failed)
        // What came while the store was read is found when it is read again.
        var later = Self.source(2, 2)
        later.stored = SuiteSamples.healthy
        let early = SuiteSamples.changed { $0.spans.removeLast() }
        let again = try await Suite.outcome(name, early, options, source: later)
        #expect(again == .passed)
    }

    @Test func expectedServicesSendAllSignals() async throws {
        let name = "every expected service sent traces, metrics and logs"
        var options = SuiteOptions()
        options.services = ["shop"]
        let all = try await Suite.outcome(name, SuiteSamples.healthy, options)
        #expect(all == .passed)
        let report = try await Suite.check(name, SuiteSamples.changed { $0.logs = [] }, options)
        #expect(report?.outcome == .failed)
        #expect(report?.evidence == ["shop: no logs"])
    }

    @Test func aTraceHasOneRoot() async throws {
        let name = "every trace has one root"
        let two = try await Suite.outcome(name, SuiteSamples.changed { $0.spans[1].parentSpanID = .zero })
        #expect(two == .failed)
        let none = try await Suite.check(name, SuiteSamples.changed { $0.spans.removeFirst() })
        #expect(none?.outcome == .failed)
        #expect(none?.evidence == ["trace \(SuiteSamples.trace.hex): no root"])
        let empty = try await Suite.outcome(name, Recording())
        #expect(empty == .vacuous)
    }

    @Test func aMissingParentIsFound() async throws {
        let found = try await Suite.outcome("no parent is missing", SuiteSamples.changed { $0.spans.removeFirst() })
        #expect(found == .failed)
    }

    @Test func aSpanThatCameTwiceIsFound() async throws {
        let name = "no span came twice"
        let twice = try await Suite.outcome(name, SuiteSamples.changed { $0.spans.append($0.spans[0]) })
        #expect(twice == .failed)
        let otherTrace = try await Suite.outcome(
            name, SuiteSamples.changed { $0.spans.append(SuiteSamples.span(1, trace: TraceID(high: 9, low: 9))) })
        #expect(otherTrace == .passed)
    }

    @Test func anOperationThatIsNamedHasSpans() async throws {
        let name = "operations in metrics and logs have spans"
        let report = try await Suite.check(
            name,
            SuiteSamples.changed {
                $0.series.append(
                    SuiteSamples.series("shop.database.operations", ["operation": .string("delete")], values: [.int(1)])
                )
            })
        #expect(report?.outcome == .failed)
        #expect(report?.evidence.first?.contains("no span of operation=delete") == true)
        // A service that sends no spans at all promises none.
        let traceless = try await Suite.outcome(name, SuiteSamples.changed { $0.spans = [] })
        #expect(traceless == .skipped)
    }

    @Test func anErrorIsTold() async throws {
        let name = "errors are told"
        let silent = SuiteSamples.changed { $0.spans[1].status = .error }
        let untold = try await Suite.outcome(name, silent)
        #expect(untold == .failed)
        let logged = try await Suite.outcome(
            name,
            SuiteSamples.changed {
                $0.spans[1].status = .error
                $0.logs.append(SuiteSamples.log("failed", severity: 17))
            })
        #expect(logged == .passed)
        let excepted = try await Suite.outcome(
            name,
            SuiteSamples.changed {
                $0.spans[1].status = .error
                $0.spans[1].events = [.init(time: 0, name: "exception", attributes: RecordedAttributes())]
            })
        #expect(excepted == .passed)
        let none = try await Suite.outcome(name, SuiteSamples.healthy)
        #expect(none == .skipped)
    }
}
