import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite struct ServiceIdentificationSuiteTests {
    private typealias Suite = ServiceIdentificationSuite

    @Test(
        "a resource needs a name of its own",
        arguments: [
            ("shop", CheckReport.Outcome.passed), (nil, .failed), ("", .failed), ("unknown_service", .failed),
            ("unknown_service:python", .failed),
        ] as [(String?, CheckReport.Outcome)])
    func names(name: String?, outcome: CheckReport.Outcome) async throws {
        let recording = SuiteSamples.changed { $0.resources = [SuiteSamples.resource(name)] }
        let found = try await Suite.outcome("every resource names its service", recording)
        #expect(found == outcome)
    }

    @Test func aResourceWithoutItemsIsNotJudged() async throws {
        let recording = SuiteSamples.changed { $0.resources.append(SuiteSamples.resource(nil)) }
        let found = try await Suite.outcome("every resource names its service", recording)
        #expect(found == .passed)
    }

    @Test func whatHasNoResourcesByProtocolIsNotJudged() async throws {
        let recording = SuiteSamples.changed {
            $0.resources.append(RecordedResource(attributes: RecordedAttributes()))
            $0.scopes.append(RecordedScope())
            var statsD = SuiteSamples.series("api.requests", resource: 1, values: [.int(1)])
            statsD.scope = 1
            var derived = SuiteSamples.series("traces_spanmetrics_calls_total", resource: 1, values: [.int(1)])
            derived.scope = 0
            $0.series += [statsD, derived]
        }
        let report = try await Suite.check("every resource names its service", recording)
        #expect(report?.outcome == .passed)
        #expect(report?.evidence == ["1 series came over a protocol without resources (StatsD, Prometheus)"])
        let span = SuiteSamples.changed {
            $0.resources.append(RecordedResource(attributes: RecordedAttributes()))
            $0.spans[0].resource = 1
        }
        let nameless = try await Suite.outcome("every resource names its service", span)
        #expect(nameless == .failed)
    }

    @Test func expectedServicesMustHaveSent() async throws {
        var options = SuiteOptions()
        options.services = ["shop"]
        let there = try await Suite.outcome("the expected services sent", SuiteSamples.healthy, options)
        #expect(there == .passed)
        options.services = ["shop", "cart"]
        let report = try await Suite.check("the expected services sent", SuiteSamples.healthy, options)
        #expect(report?.outcome == .failed)
        #expect(report?.evidence.first == "cart: nothing came")
        #expect(report?.nearestMisses == ["shop sent"])
        let unasked = try await Suite.outcome("the expected services sent", SuiteSamples.healthy)
        #expect(unasked == .skipped)
    }

    @Test func versionAndEnvironmentMustBeThere() async throws {
        let bare = SuiteSamples.changed {
            $0.resources = [SuiteSamples.resource("shop", version: nil, environment: nil)]
        }
        let version = try await Suite.outcome("every service has its version", bare)
        let environment = try await Suite.outcome("every service has its environment", bare)
        #expect(version == .failed)
        #expect(environment == .failed)
    }

    @Test func theOlderNameOfTheEnvironmentCounts() async throws {
        let recording = SuiteSamples.changed {
            $0.resources[0].attributes.entries = [
                .init(key: "service.name", value: .string("shop")),
                .init(key: "deployment.environment", value: .string("local-development")),
            ]
        }
        let found = try await Suite.outcome("every service has its environment", recording)
        #expect(found == .passed)
    }

    @Test func aServiceHasOneVersion() async throws {
        let recording = SuiteSamples.changed {
            $0.resources.append(SuiteSamples.resource("shop", version: "1.3.0"))
            $0.logs[0].resource = 1
        }
        let report = try await Suite.check("a service has one version and environment", recording)
        #expect(report?.outcome == .failed)
        #expect(report?.evidence == ["shop: versions 1.2.0, 1.3.0"])
    }

    @Test func namesThatDifferInSpellingAreOneService() async throws {
        let recording = SuiteSamples.changed {
            $0.resources.append(SuiteSamples.resource("Shop"))
            $0.logs[0].resource = 1
        }
        let report = try await Suite.check("a service has the same name in all signals", recording)
        #expect(report?.outcome == .failed)
        #expect(report?.evidence.contains("one service under several names: Shop, shop") == true)
    }

    @Test func anInstanceSendsUnderOneName() async throws {
        let recording = SuiteSamples.changed {
            $0.resources.append(SuiteSamples.resource("cart", instance: "627cc493-f310-47de-96bd-71410b7dec09"))
            $0.logs[0].resource = 1
        }
        let found = try await Suite.outcome("a service has the same name in all signals", recording)
        #expect(found == .failed)
    }

    @Test func oneSignalAloneIsNotJudgedForSameness() async throws {
        let recording = SuiteSamples.changed {
            $0.logs = []
            $0.series = []
        }
        let found = try await Suite.outcome("a service has the same name in all signals", recording)
        #expect(found == .skipped)
    }

    @Test func instancesOnDifferentHostsNeedDifferentIDs() async throws {
        let recording = SuiteSamples.changed {
            $0.resources = [
                SuiteSamples.resource("shop", instance: "1", host: "a"),
                SuiteSamples.resource("shop", instance: "1", host: "b"),
            ]
            $0.logs[0].resource = 1
        }
        let same = try await Suite.outcome("instances are told apart", recording)
        #expect(same == .failed)
        let apart = SuiteSamples.changed {
            $0.resources = [
                SuiteSamples.resource("shop", instance: "1", host: "a"),
                SuiteSamples.resource("shop", instance: "2", host: "b"),
            ]
            $0.logs[0].resource = 1
        }
        let different = try await Suite.outcome("instances are told apart", apart)
        #expect(different == .passed)
    }
}
