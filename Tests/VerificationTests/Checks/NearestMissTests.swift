import Recordings
import Testing
import Verification

struct NearestMissTests {
    @Test func aNumberThatIsAStringIsTheNearestMissAndSaysSo() async throws {
        let report = try await check(
            "spans: {name: POST /orders, attributes: {http.response.status_code: 500}}", VocabularyTests.sample)
        #expect(report.outcome == .failed)
        #expect(report.nearestMisses.count == 3)
        #expect(
            report.nearestMisses[0].hasSuffix(
                #"attribute http.response.status_code is the string "500", expected the number 500"#),
            "\(report.nearestMisses)")
        #expect(report.nearestMisses[0].contains("trace=00000000000000000000000000000002"))
    }

    @Test func aNameThatIsNearlyRightComesFirst() async throws {
        let report = try await check("spans: POST /order", VocabularyTests.sample)
        #expect(
            report.nearestMisses.first?.contains(#"name is "POST /orders", expected "POST /order""#) == true,
            "\(report.nearestMisses)")
    }

    @Test func everyMissedConditionIsTold() async throws {
        let report = try await check(
            "spans: {name: charge, kind: client, status: ok, attributes: {card: visa}}", VocabularyTests.sample)
        let nearest = report.nearestMisses.first { $0.contains("\"charge\"") } ?? ""
        #expect(
            nearest.hasSuffix(
                "kind is server, expected client; status is unset, expected ok; "
                    + "attribute card is not there, expected \"visa\""
            ),
            "\(report.nearestMisses)")
    }

    @Test func aParentThatDiffersIsExplained() async throws {
        let report = try await check("spans: {name: charge, parent: {name: reserve}}", VocabularyTests.sample)
        #expect(
            report.nearestMisses.first?.contains("its parent is span \"POST /orders\"") == true,
            "\(report.nearestMisses)")
    }

    @Test func aTreeThatDiffersNamesThePlace() async throws {
        let report = try await check(
            "trace: {shape: {exact: {name: POST /orders, children: [charge, {name: reserve, children: [SELECT]}]}}}",
            VocabularyTests.sample)
        #expect(
            report.nearestMisses.contains {
                $0.contains(#"span "reserve" has children that are not expected: "UPDATE", "UPDATE""#)
            }, "\(report.nearestMisses)")
    }

    @Test func anEmptyPopulationTellsWhatCameInstead() async throws {
        let report = try await check("spans: POST /orders", VocabularyTests.sample, service: "shpo")
        #expect(report.outcome == .vacuous)
        #expect(
            report.message
                == #"there was nothing to look at: no spans with service "shpo" came, "#
                + "but 6 of shop, 1 of payments, 1 of worker"
        )
    }

    @Test func evidenceIsBounded() async throws {
        var sample = SampleRecording()
        for index in 0..<20 { sample.span("a", trace: UInt64(index) + 1) }
        let report = try await check("spans: a\nabsent: true", sample.recording)
        #expect(report.message == #"found 20 spans with name "a", expected 0"#)
        #expect(report.evidence.count == 6)
        #expect(report.evidence.last == "… and 15 more")
    }

    @Test func linesOfTelemetryStayOnOneLine() async throws {
        var sample = SampleRecording()
        sample.span("a\nb\u{1B}[31m")
        let report = try await check("spans: x", sample.recording)
        #expect(report.nearestMisses.allSatisfy { !$0.contains("\n") && !$0.contains("\u{1B}") })
    }
}
