import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryFiles
import TelemetryModel
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Documents in the form of the types of Jaeger's `uimodel`.
@Suite struct JaegerJSONTests {
    private let folder = Folder()

    private static let trace = #"""
        {"traceID":"1ee6a7f2f9b7c0d2","spans":[{"traceID":"1ee6a7f2f9b7c0d2","spanID":"a1","flags":1,
         "operationName":"GET /","references":[],"startTime":1700000000123456,"duration":1500,
         "tags":[{"key":"otel.scope.name","type":"string","value":"lib"},{"key":"otel.scope.version","type":"string","value":"2"},
          {"key":"span.kind","type":"string","value":"server"},{"key":"http.status_code","type":"int64","value":200},
          {"key":"big","type":"int64","value":"9223372036854775807"},{"key":"ratio","type":"float64","value":1},
          {"key":"ok","type":"bool","value":true},{"key":"raw","type":"binary","value":"AQI="},
          {"key":"error","type":"bool","value":true},{"key":"otel.status_description","type":"string","value":"bad"},
          {"key":"w3c.tracestate","type":"string","value":"a=b"}],
         "logs":[{"timestamp":1700000000123500,"fields":[{"key":"event","type":"string","value":"start"},
          {"key":"n","type":"int64","value":3}]}],"processID":"p1","warnings":["clock skew"]},
         {"traceID":"1ee6a7f2f9b7c0d2","spanID":"b2","operationName":"child",
         "references":[{"refType":"CHILD_OF","traceID":"1ee6a7f2f9b7c0d2","spanID":"a1"},
          {"refType":"FOLLOWS_FROM","traceID":"00000000000000020000000000000001","spanID":"c3"}],
         "startTime":1700000000123500,"duration":10,"tags":[],"logs":[],"processID":"p2","warnings":null}],
         "processes":{"p1":{"serviceName":"shop","tags":[{"key":"host.name","type":"string","value":"h"}]},
          "p2":{"serviceName":"missing-service-name","tags":[]}},"warnings":null}
        """#

    private func check(_ spans: [OTLPSpan]) throws {
        let first = try #require(spans.first { $0.name == "GET /" })
        #expect([UInt8](first.traceID) == [0, 0, 0, 0, 0, 0, 0, 0, 0x1E, 0xE6, 0xA7, 0xF2, 0xF9, 0xB7, 0xC0, 0xD2])
        #expect([UInt8](first.spanID) == [0, 0, 0, 0, 0, 0, 0, 0xA1])
        #expect(first.kind == .server)
        #expect(first.status.code == .error)
        #expect(first.status.message == "bad")
        #expect(first.traceState == "a=b")
        #expect(first.startTimeUnixNano == 1_700_000_000_123_456_000)
        #expect(first.endTimeUnixNano == 1_700_000_000_124_956_000)
        #expect(first.flags == 1)
        #expect(first.events.map(\.name) == ["start"])
        #expect(first.events[0].attributes.map(\.key) == ["n"])
        let values = Dictionary(uniqueKeysWithValues: first.attributes.map { ($0.key, $0.value.value) })
        #expect(values["http.status_code"] == .intValue(200))
        #expect(values["big"] == .intValue(.max))
        #expect(values["ratio"] == .doubleValue(1))
        #expect(values["ok"] == .boolValue(true))
        #expect(values["raw"] == .bytesValue(Data([1, 2])))
        #expect(values.keys.contains("@jaeger@warnings"))
        #expect(!values.keys.contains("span.kind"))
        let child = try #require(spans.first { $0.name == "child" })
        #expect([UInt8](child.parentSpanID) == [0, 0, 0, 0, 0, 0, 0, 0xA1])
        #expect(child.links.count == 1)
        #expect([UInt8](child.links[0].spanID) == [0, 0, 0, 0, 0, 0, 0, 0xC3])
    }

    private static var oneLine: String { trace.split(separator: "\n").joined() }

    @Test(arguments: [
        "{\"data\":[TRACE],\"total\":0,\"limit\":0,\"offset\":0,\"errors\":null}", "{\n\"data\": [\nTRACE\n]\n}\n",
        "{\"total\":1,\"data\":[TRACE]}", "TRACE", "[TRACE]", "[\nTRACE\n]", "{\"data\":\n[TRACE]}",
    ])
    func aTraceIsReadInEveryWrapping(_ template: String) throws {
        for trace in [Self.trace, Self.oneLine] {
            let parts = template.split(separator: "TRACE", omittingEmptySubsequences: false)
            let reading = try Reading(folder.write("trace.json", parts.joined(separator: trace)))
            #expect(reading.problems.isEmpty)
            #expect(reading.items == [.traces: 2])
            try check(reading.spans)
        }
    }

    @Test func resourcesAndScopesComeFromProcessesAndTags() throws {
        let reading = try Reading(folder.write("trace.json", Self.trace))
        guard case .traces(let request) = try #require(reading.requests.first) else { return }
        #expect(
            request.resourceSpans.map { $0.resource.attributes.map(\.key) } == [["service.name", "host.name"], []])
        #expect(request.resourceSpans[0].scopeSpans[0].scope.name == "lib")
        #expect(request.resourceSpans[0].scopeSpans[0].scope.version == "2")
    }

    @Test func aSpanWithItsOwnProcessOnALineIsRead() throws {
        let line =
            #"{"traceID":"01","spanID":"02","parentSpanID":"03","operationName":"a","startTime":1,"duration":1,"#
            + #""process":{"serviceName":"s"}}"#
        let reading = try Reading(folder.write("spans.jsonl", "\(line)\n\(line)\n"))
        #expect(reading.items == [.traces: 2])
        #expect([UInt8](reading.spans[0].parentSpanID) == [0, 0, 0, 0, 0, 0, 0, 3])
    }

    @Test(arguments: [
        #"{"traceID":"01","spans":[{"traceID":"zz","spanID":5}]}"#, #"{"data":[{"traceID":"01","spans":"#,
        #"{"traceID":"01","spans":[{"startTime":"x"}]}"#, #"{"data":{"spans":1}}"#, #"{"spans":[[]]}"#,
    ])
    func whatIsBrokenIsReported(_ text: String) throws {
        let reading = try Reading(folder.write("trace.json", text))
        #expect(reading.requests.isEmpty)
        #expect(reading.problems.count == 1)
    }

    @Test func numbersBeyondTheirRangeDoNotTrap() throws {
        let text =
            #"{"traceID":"01","spans":[{"traceID":"01","spanID":"02","startTime":-9223372036854775808,"#
            + #""duration":9223372036854775807,"flags":-1,"tags":[{"key":"a","value":1e999},{"key":"b","value":-0.0},"#
            + #"{"key":"c","value":18446744073709551615},{"key":"d","type":"int64","value":"x"},{"key":"e","value":{}}]}]}"#
        let reading = try Reading(folder.write("trace.json", text))
        #expect(reading.items == [.traces: 1])
    }
}
