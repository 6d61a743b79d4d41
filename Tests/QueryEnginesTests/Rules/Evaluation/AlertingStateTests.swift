import PrometheusModel
import QueryEngines
import Testing

/// Events of one alerting rule and the states that follow. Times are minutes here.
@Suite struct AlertingStateTests {
    private static let minute: Int64 = 60_000
    private static let a: Labels = ["alertname": "A", "instance": "1"]
    private static let b: Labels = ["alertname": "A", "instance": "2"]

    /// A rule under a manual clock.
    private struct Bench {
        var state = AlertingState(name: "A", isRestored: true)
        var hold: Int64 = 0
        var keepFiring: Int64 = 0
        var limit = 0

        /// - Returns: for each active alert its instance and state.
        mutating func evaluate(_ labels: [Labels], at time: Int64, value: Double = 1) throws(RuleFailure) -> [String] {
            let active = try state.evaluate(
                labels.map { AlertingState.Candidate(labels: $0, value: value) }, at: time * minute,
                hold: hold * minute, keepFiring: keepFiring * minute, limit: limit)
            return active.map { "\($0.labels["instance"]) \($0.state.rawValue)" }
        }
    }

    @Test func withoutForAnAlertFiresAtOnce() throws {
        var bench = Bench()
        #expect(try bench.evaluate([Self.a], at: 0) == ["1 firing"])
        #expect(bench.state.state == .firing)
        #expect(bench.state.alerts[Self.a]?.firedAt == 0)
    }

    @Test func anAlertIsPendingForAsLongAsForSays() throws {
        var bench = Bench(hold: 5)
        #expect(try bench.evaluate([Self.a], at: 0) == ["1 pending"])
        #expect(try bench.evaluate([Self.a, Self.b], at: 4) == ["1 pending", "2 pending"])
        #expect(try bench.evaluate([Self.a, Self.b], at: 5, value: 7) == ["1 firing", "2 pending"])
        #expect(bench.state.alerts[Self.a]?.activeAt == 0)
        #expect(bench.state.alerts[Self.a]?.value == 7)
        #expect(try bench.evaluate([Self.b], at: 9) == ["2 firing"])
    }

    @Test func aPendingAlertWhoseConditionEndsBeginsAnew() throws {
        var bench = Bench(hold: 5)
        _ = try bench.evaluate([Self.a], at: 0)
        #expect(try bench.evaluate([], at: 4) == [])
        #expect(bench.state.alerts.isEmpty)
        #expect(try bench.evaluate([Self.a], at: 5) == ["1 pending"])
        #expect(bench.state.alerts[Self.a]?.activeAt == 5 * Self.minute)
    }

    @Test func aResolvedAlertIsKeptForAQuarterOfAnHour() throws {
        var bench = Bench()
        _ = try bench.evaluate([Self.a], at: 0)
        #expect(try bench.evaluate([], at: 1) == [])
        #expect(bench.state.alerts[Self.a]?.state == .inactive)
        #expect(bench.state.alerts[Self.a]?.resolvedAt == Self.minute)
        _ = try bench.evaluate([], at: 16)
        #expect(bench.state.alerts[Self.a] != nil)
        _ = try bench.evaluate([], at: 17)
        #expect(bench.state.alerts.isEmpty)
    }

    @Test func aResolvedAlertThatComesBackIsANewOne() throws {
        var bench = Bench(hold: 2)
        _ = try bench.evaluate([Self.a], at: 0)
        _ = try bench.evaluate([Self.a], at: 2)
        _ = try bench.evaluate([], at: 3)
        #expect(try bench.evaluate([Self.a], at: 4) == ["1 pending"])
        #expect(bench.state.alerts[Self.a]?.activeAt == 4 * Self.minute)
        #expect(bench.state.alerts[Self.a]?.resolvedAt == nil)
    }

    @Test func keepFiringForCountsFromTheFirstEvaluationWithoutTheAlert() throws {
        var bench = Bench(keepFiring: 5)
        _ = try bench.evaluate([Self.a], at: 0)
        #expect(try bench.evaluate([], at: 1) == ["1 firing"])
        #expect(bench.state.alerts[Self.a]?.keepFiringSince == Self.minute)
        #expect(try bench.evaluate([], at: 5) == ["1 firing"])
        #expect(try bench.evaluate([], at: 6) == [])
        #expect(bench.state.alerts[Self.a]?.resolvedAt == 6 * Self.minute)
    }

    @Test func keepFiringForBeginsAnewWhenTheConditionHoldsAgain() throws {
        var bench = Bench(keepFiring: 5)
        _ = try bench.evaluate([Self.a], at: 0)
        _ = try bench.evaluate([], at: 1)
        #expect(try bench.evaluate([Self.a], at: 4) == ["1 firing"])
        #expect(bench.state.alerts[Self.a]?.keepFiringSince == nil)
        #expect(try bench.evaluate([], at: 8) == ["1 firing"])
        #expect(try bench.evaluate([], at: 12) == ["1 firing"])
        #expect(try bench.evaluate([], at: 13) == [])
    }

    @Test func keepFiringForIsNothingForPendingAlerts() throws {
        var bench = Bench(hold: 5, keepFiring: 5)
        _ = try bench.evaluate([Self.a], at: 0)
        #expect(try bench.evaluate([], at: 1) == [])
        #expect(bench.state.alerts.isEmpty)
    }

    @Test func twoAlertsWithTheSameLabelsAreAnError() throws {
        var bench = Bench()
        _ = try bench.evaluate([Self.b], at: 0)
        #expect(
            throws: RuleFailure("vector contains metrics with the same labelset after applying alert labels")
        ) { try bench.evaluate([Self.a, Self.a], at: 1) }
        #expect(Set(bench.state.alerts.keys) == [Self.b])
    }

    @Test func overTheLimitNoAlertIsLeft() throws {
        var bench = Bench(limit: 1)
        #expect(try bench.evaluate([Self.a], at: 0) == ["1 firing"])
        #expect(throws: RuleFailure("exceeded limit of 1 with 2 alerts")) {
            try bench.evaluate([Self.a, Self.b], at: 1)
        }
        #expect(bench.state.alerts.isEmpty)
        // Resolved ones do not count.
        _ = try bench.evaluate([Self.a], at: 2)
        #expect(try bench.evaluate([Self.b], at: 3) == ["2 firing"])
    }

    // MARK: Notifications

    @Test func firingAlertsAreToldAgainAfterTheResendDelay() throws {
        var bench = Bench(hold: 1)
        func unsent(_ time: Int64) -> [String] {
            bench.state.takeUnsent(at: time * Self.minute, resendDelay: 2 * Self.minute, interval: Self.minute)
                .map { "\($0.labels["instance"]) \($0.state.rawValue) until \($0.validUntil / Self.minute)" }
        }
        _ = try bench.evaluate([Self.a], at: 0)
        #expect(unsent(0) == [])
        _ = try bench.evaluate([Self.a], at: 1)
        #expect(unsent(1) == ["1 firing until 9"])
        _ = try bench.evaluate([Self.a], at: 3)
        #expect(unsent(3) == [])
        _ = try bench.evaluate([Self.a], at: 4)
        #expect(unsent(4) == ["1 firing until 12"])
        _ = try bench.evaluate([], at: 5)
        #expect(unsent(5) == ["1 inactive until 13"])
        #expect(unsent(6) == [])
        // A receiver that was away learns of the end later.
        #expect(unsent(8) == ["1 inactive until 16"])
    }

    // MARK: Restoration

    @Test(
        "the time that an alert was pending before a restart counts, the outage does not",
        arguments: [
            // Pending for 10 of 60 minutes, 5 minutes away: moved by the outage.
            (Int64(0), Int64(10), Int64(15), Int64(60), Int64(5)),
            // Fired before: as it was.
            (0, 70, 75, 60, 0),
            // 5 minutes were left, but 10 are waited for at the least.
            (0, 55, 100, 60, 50),
        ])
    func restoration(activeAt: Int64, lastSeen: Int64, now: Int64, hold: Int64, restored: Int64) throws {
        var bench = Bench(state: AlertingState(name: "A", isRestored: false), hold: hold)
        #expect(try bench.evaluate([Self.a, Self.b], at: now) == [])
        bench.state.restore(
            [Self.a: .init(lastSeen: lastSeen * Self.minute, activeAt: activeAt * Self.minute)],
            at: now * Self.minute, hold: hold * Self.minute, gracePeriod: 10 * Self.minute)
        #expect(bench.state.alerts[Self.a]?.activeAt == restored * Self.minute)
        #expect(bench.state.alerts[Self.b]?.activeAt == now * Self.minute)
        let active = try bench.evaluate([Self.a, Self.b], at: now)
        #expect(active.count == 2)
    }

    // MARK: Series

    @Test func seriesOfAnAlert() throws {
        var bench = Bench(hold: 5)
        _ = try bench.evaluate([Self.a], at: 1)
        let alert = try #require(bench.state.alerts[Self.a])
        let samples = AlertingState.samples(of: alert, at: 120_000)
        #expect(
            samples.map { "\($0.labels) \($0.value) \($0.time)" } == [
                #"ALERTS{alertname="A", alertstate="pending", instance="1"} 1.0 120000"#,
                #"ALERTS_FOR_STATE{alertname="A", instance="1"} 60.0 120000"#,
            ])
    }
}
