import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite struct SemanticConventionsSuiteTests {
    private typealias Suite = SemanticConventionsSuite

    private static func with(_ attributes: KeyValuePairs<String, RecordedValue>) -> Recording {
        SuiteSamples.changed {
            $0.spans = [SuiteSamples.span(1, name: "work", kind: .internal, attributes)]
            $0.logs = []
            $0.series = []
        }
    }

    @Test func aRecordingOfOwnNamesIsVacuous() async throws {
        var recording = Recording()
        recording.resources = [RecordedResource(attributes: SuiteSamples.attributes(["shop": .string("a")]))]
        recording.spans = [SuiteSamples.span(1, ["shop.cart": .int(1)])]
        let report = try await Suite().run(FixedSource(), recording, SuiteOptions())
        let coverage = report.checks.first { $0.name == "the registry knows attributes of the telemetry" }
        #expect(coverage?.outcome == .vacuous)
        #expect(coverage?.message == "none of 2 uses of attributes has a name of the registry")
        #expect(!report.checks.contains { $0.outcome == .passed })
    }

    @Test func coverageIsTheShareOfUses() async throws {
        let report = try await Suite.check(
            "the registry knows attributes of the telemetry", Self.with(["shop.cart": .int(1), "shop.user": .int(1)]))
        // The resource of the sample has four attributes that the registry knows.
        #expect(report?.outcome == .passed)
        #expect(report?.examined == 4)
        #expect(report?.message.contains("66 % of 6 uses") == true)
        #expect(report?.evidence == ["own attributes: shop.cart (1), shop.user (1)"])
    }

    @Test func aMisspeltNameIsTold() async throws {
        let report = try await Suite.check(
            "attributes in reserved namespaces are in the registry", Self.with(["http.request.metod": .string("GET")]))
        #expect(report?.outcome == .failed)
        #expect(report?.nearestMisses == ["http.request.metod → http.request.method"])
        let own = try await Suite.outcome(
            "attributes in reserved namespaces are in the registry", Self.with(["shop.metod": .string("GET")]))
        #expect(own == .passed)
    }

    @Test func deprecatedNamesAreToldWithTheirReplacement() async throws {
        let name = "attributes are not deprecated"
        let recording = Self.with(["db.statement": .string("SELECT 1")])
        let report = try await Suite.check(name, recording)
        #expect(report?.outcome == .failed)
        #expect(report?.evidence == ["db.statement (1 times, first in span `work`), use db.query.text"])
        var options = SuiteOptions()
        options.allowsDeprecated = true
        let allowed = try await Suite.outcome(name, recording, options)
        #expect(allowed == .skipped)
    }

    @Test(
        "types are those of the registry",
        arguments: [
            ("http.response.status_code", RecordedValue.string("200"), CheckReport.Outcome.failed),
            ("http.response.status_code", .int(200), .passed),
            ("url.path", .int(1), .failed),
            ("messaging.destination.temporary", .bool(true), .passed),
            ("process.command_args", .array([.string("a")]), .passed),
            ("process.command_args", .array([.int(1)]), .failed),
            ("process.command_args", .string("a"), .failed),
            ("http.request.header.accept", .array([.string("*")]), .passed),
            ("exception.type", .int(1), .passed),
        ])
    func types(name: String, value: RecordedValue, outcome: CheckReport.Outcome) async throws {
        let recording = SuiteSamples.changed {
            $0.spans = [SuiteSamples.span(1, name: "work", kind: .internal)]
            $0.spans[0].attributes = RecordedAttributes([.init(key: name, value: value)])
        }
        let found = try await Suite.outcome("attributes have the right type", recording)
        #expect(found == outcome)
    }

    @Test(
        "a listed value is spelt as it is listed; others may be used",
        arguments: [
            ("GET", CheckReport.Outcome.passed), ("get", .failed), ("_OTHER", .passed), ("PURGE", .passed),
            ("OPTONS", .failed), (String(repeating: "x", count: 100_000), .passed),
        ])
    func values(method: String, outcome: CheckReport.Outcome) async throws {
        let recording = Self.with(["http.request.method": .string(method)])
        let found = try await Suite.outcome("values of enumerations are known", recording)
        #expect(found == outcome)
    }

    @Test func aReplacedMemberIsWrong() async throws {
        let found = try await Suite.outcome(
            "values of enumerations are known", Self.with(["messaging.operation.type": .string("publish")]))
        #expect(found == .failed)
        var plain = Self.with(["url.path": .string("/")])
        plain.resources = [SuiteSamples.resource("shop", environment: nil)]
        let none = try await Suite.outcome("values of enumerations are known", plain)
        #expect(none == .skipped)
    }

    @Test func knownMetricsHaveTheirUnitInstrumentAndAttributes() async throws {
        let name = "known metrics are as the registry says"
        let wrong = SuiteSamples.changed {
            $0.series = [
                SuiteSamples.series("http.server.request.duration", unit: "ms", kind: .gauge, values: [.double(1)])
            ]
        }
        let report = try await Suite.check(name, wrong)
        #expect(report?.outcome == .failed)
        #expect(
            report?.evidence == [
                "http.server.request.duration, shop: unit `ms`, the registry says `s`",
                "http.server.request.duration, shop: came as gauge, the registry says histogram",
                "http.server.request.duration, shop: without http.request.method, url.scheme",
            ])
        let right = try await Suite.outcome(name, SuiteSamples.healthy)
        #expect(right == .passed)
        let own = SuiteSamples.changed { $0.series = [SuiteSamples.series("shop.carts", values: [.int(1)])] }
        let skipped = try await Suite.outcome(name, own)
        #expect(skipped == .skipped)
    }

    @Test func anUpDownCounterDoesNotSayThatItOnlyRises() async throws {
        let recording = SuiteSamples.changed {
            $0.series = [
                SuiteSamples.series(
                    "http.server.active_requests", unit: "{request}",
                    ["http.request.method": .string("GET"), "url.scheme": .string("http")], values: [.int(1)])
            ]
        }
        let report = try await Suite.check("known metrics are as the registry says", recording)
        #expect(report?.evidence.first?.contains("came as a monotonic sum, the registry says updowncounter") == true)
    }

    @Test func misspeltMetricsAreTold() async throws {
        let recording = SuiteSamples.changed {
            $0.series = [SuiteSamples.series("http.server.request.durations", unit: "s", values: [.int(1)])]
        }
        let report = try await Suite.check("metrics in reserved namespaces are in the registry", recording)
        #expect(report?.outcome == .failed)
        #expect(report?.nearestMisses == ["http.server.request.durations → http.server.request.duration"])
    }

    @Test func requiredAttributesOfSpansAreAskedFor() async throws {
        let name = "spans of known types have what is required"
        let lacking = SuiteSamples.changed {
            $0.spans = [SuiteSamples.span(1, ["http.request.method": .string("GET")])]
        }
        let report = try await Suite.check(name, lacking)
        #expect(report?.outcome == .failed)
        #expect(report?.evidence.first?.hasSuffix("http.server without url.path, url.scheme") == true)
        // The deprecated name of a required attribute stands for it here.
        let older = SuiteSamples.changed {
            $0.spans = [
                SuiteSamples.span(
                    1,
                    ["http.method": .string("GET"), "http.target": .string("/"), "http.scheme": .string("http")])
            ]
        }
        let found = try await Suite.outcome(name, older)
        #expect(found == .passed)
        let own = SuiteSamples.changed { $0.spans = [SuiteSamples.span(1, ["shop.cart": .int(1)])] }
        let skipped = try await Suite.outcome(name, own)
        #expect(skipped == .skipped)
    }

    @Test func eventsInReservedNamespacesAreKnown() async throws {
        let name = "events are as the registry says"
        let wrong = SuiteSamples.changed { $0.logs[0].eventName = "http.something" }
        let report = try await Suite.outcome(name, wrong)
        #expect(report == .failed)
        let right = SuiteSamples.changed { $0.logs[0].eventName = "db.client.operation.exception" }
        let known = try await Suite.outcome(name, right)
        #expect(known == .passed)
        let own = SuiteSamples.changed { $0.logs[0].eventName = "shop.opened" }
        let skipped = try await Suite.outcome(name, own)
        #expect(skipped == .skipped)
    }
}
