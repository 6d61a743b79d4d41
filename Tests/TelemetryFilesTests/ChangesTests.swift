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

@Suite struct ChangesTests {
    @Test func allTimesOfAllSignalsMoveAndZeroStays() throws {
        var spans = Fixture.spans(1)
        spans.resourceSpans[0].scopeSpans[0].spans[0].events = [.with { $0.timeUnixNano = 1_005 }, OTLPSpan.Event()]
        var traces = TelemetryRequest.traces(spans)
        TimeShift(nanoseconds: 100).apply(&traces)
        guard case .traces(let moved) = traces else { return }
        let span = moved.resourceSpans[0].scopeSpans[0].spans[0]
        #expect([span.startTimeUnixNano, span.endTimeUnixNano] == [1_100, 1_110])
        #expect(span.events.map(\.timeUnixNano) == [1_105, 0])

        var logs = TelemetryRequest.logs(Fixture.logs(1))
        TimeShift(nanoseconds: -400).apply(&logs)
        guard case .logs(let movedLogs) = logs else { return }
        #expect(movedLogs.resourceLogs[0].scopeLogs[0].logRecords[0].timeUnixNano == 600)
        #expect(movedLogs.resourceLogs[0].scopeLogs[0].logRecords[0].observedTimeUnixNano == 0)

        var metric = OTLPMetric()
        let exemplar = OTLPExemplar.with { $0.timeUnixNano = 5 }
        let point = OTLPHistogramDataPoint.with {
            $0.timeUnixNano = 10
            $0.startTimeUnixNano = 1
            $0.exemplars = [exemplar]
        }
        metric.histogram.dataPoints = [point]
        var metrics = TelemetryRequest.metrics(
            .with { $0.resourceMetrics = [.with { $0.scopeMetrics = [.with { $0.metrics = [metric] }] }] })
        TimeShift(nanoseconds: 7).apply(&metrics)
        guard case .metrics(let movedMetrics) = metrics else { return }
        let after = movedMetrics.resourceMetrics[0].scopeMetrics[0].metrics[0].histogram.dataPoints[0]
        #expect([after.timeUnixNano, after.startTimeUnixNano, after.exemplars[0].timeUnixNano] == [17, 8, 12])
    }

    @Test func timesDoNotRunOverTheirEnds() {
        #expect(TimeShift(nanoseconds: .max).shifted(.max) == .max)
        #expect(TimeShift(nanoseconds: .min).shifted(5) == 1)
        #expect(TimeShift(from: 0, to: .max).nanoseconds == .max)
        #expect(TimeShift(from: .max, to: 0).nanoseconds == .min)
    }

    @Test func timesOfFilesAreThoseOfTheirItems() {
        var times = RequestTimes()
        times.add(.traces(Fixture.spans(3, time: 500)))
        times.add(.logs(Fixture.logs(1, time: 600)))
        times.add(.metrics(Fixture.points(2, time: 505)))
        #expect(times.oldest == 505)
        #expect(times.newest == 600)
    }

    private let identifiers = NewIdentifiers(
        traceKey: TraceID(high: 0x0102_0304_0506_0708, low: 9), spanKey: SpanID(value: 0xFF))

    @Test func idsChangeAlikeEverywhere() throws {
        let trace = "0af7651916cd43dd8448eb211c80319c"
        var span = OTLPSpan()
        span.traceID = Data(Hex.decode(trace, paddedTo: 16) ?? [])
        span.spanID = Data([0, 0, 0, 0, 0, 0, 0, 1])
        span.parentSpanID = Data([0, 0, 0, 0, 0, 0, 0, 2])
        span.links = [
            .with {
                $0.traceID = span.traceID
                $0.spanID = span.spanID
            }
        ]
        var traces = TelemetryRequest.traces(
            .with { $0.resourceSpans = [.with { $0.scopeSpans = [.with { $0.spans = [span, OTLPSpan()] }] }] })
        identifiers.apply(&traces)
        guard case .traces(let changed) = traces else { return }
        let after = changed.resourceSpans[0].scopeSpans[0].spans[0]
        #expect(after.traceID != span.traceID)
        #expect(after.links[0].traceID == after.traceID)
        #expect(after.links[0].spanID == after.spanID)
        #expect([UInt8](after.parentSpanID).last == 0xFD)
        // What is no id stays none.
        #expect(changed.resourceSpans[0].scopeSpans[0].spans[1].traceID.isEmpty)

        let record = OTLPLogRecord.with {
            $0.traceID = span.traceID
            $0.attributes = [
                Fixture.attribute("trace_id", trace),
                Fixture.attribute("traceparent", "00-\(trace)-0000000000000001-01"),
                Fixture.attribute("other", trace),
            ]
            $0.body.stringValue = "done trace_id=\(trace) \"spanId\": \"0000000000000001\" hash \(trace)"
        }
        var logs = TelemetryRequest.logs(
            .with { $0.resourceLogs = [.with { $0.scopeLogs = [.with { $0.logRecords = [record] }] }] })
        identifiers.apply(&logs)
        guard case .logs(let changedLogs) = logs else { return }
        let log = changedLogs.resourceLogs[0].scopeLogs[0].logRecords[0]
        let hex = Hex.encode(after.traceID)
        let spanHex = Hex.encode(after.spanID)
        #expect(log.traceID == after.traceID)
        #expect(log.attributes[0].value.stringValue == hex)
        #expect(log.attributes[1].value.stringValue == "00-\(hex)-\(spanHex)-01")
        #expect(log.attributes[2].value.stringValue == trace)
        #expect(log.body.stringValue == "done trace_id=\(hex) \"spanId\": \"\(spanHex)\" hash \(trace)")
    }

    @Test func idsOfExemplarsChange() throws {
        var metric = OTLPMetric()
        metric.sum.dataPoints = [
            .with { $0.exemplars = [.with { $0.traceID = Data(repeating: 7, count: 16) }] }
        ]
        var metrics = TelemetryRequest.metrics(
            .with { $0.resourceMetrics = [.with { $0.scopeMetrics = [.with { $0.metrics = [metric] }] }] })
        identifiers.apply(&metrics)
        guard case .metrics(let changed) = metrics else { return }
        let exemplar = changed.resourceMetrics[0].scopeMetrics[0].metrics[0].sum.dataPoints[0].exemplars[0]
        #expect([UInt8](exemplar.traceID).prefix(2) == [7 ^ 1, 7 ^ 2])
        #expect(exemplar.spanID.isEmpty)
    }
}
