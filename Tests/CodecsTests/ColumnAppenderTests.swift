import Codecs
import Foundation
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import TestSupport
import Testing

@Suite struct ColumnAppenderTests {
    private static let arrival = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    @Test func exemplarsKeepIdsOfAnotherLengthAsAttributes() {
        let exemplar = { (traceID: [UInt8], spanID: [UInt8]) in
            OTLPExemplar.with {
                $0.traceID = Data(traceID)
                $0.spanID = Data(spanID)
                $0.asDouble = 1
            }
        }
        let whole = exemplar([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 8))
        let metric = OTLPMetric.with {
            $0.name = "m"
            $0.gauge.dataPoints = [.with { $0.exemplars = [exemplar([1, 2, 3], [4]), exemplar([], []), whole] }]
        }
        let appender = append([metric])
        let rows = appender.batch.exemplars
        #expect(appender.outcome.repairs[.exemplarIDLength] == 1)
        #expect(rows.rows == 3)
        #expect(
            (0..<rows.attributes.text.keys.count).map { rows.attributes.text.keys.string(at: $0) }
                == ["martlet.original_trace_id", "martlet.original_span_id"])
        #expect(
            (0..<rows.attributes.text.values.count).map { rows.attributes.text.values.string(at: $0) }
                == ["010203", "04"])
    }

    /// Appends to a new batch with nothing stored before.
    private func append(_ fill: (inout ColumnAppender) -> Void) -> ColumnAppender {
        var appender = ColumnAppender(batch: TelemetryBatch())
        appender.begin(receivedTime: Self.arrival)
        fill(&appender)
        return appender
    }

    private func append(_ record: OTLPLogRecord) -> ColumnAppender {
        var request = OTLPLogsRequest()
        request.resourceLogs = [.with { $0.scopeLogs = [.with { $0.logRecords = [record] }] }]
        return append { $0.append(request) }
    }

    private func append(_ span: OTLPSpan) -> ColumnAppender {
        var request = OTLPTraceRequest()
        request.resourceSpans = [.with { $0.scopeSpans = [.with { $0.spans = [span] }] }]
        return append { $0.append(request) }
    }

    private func append(_ metrics: [OTLPMetric], resource: OTLPResource = OTLPResource()) -> ColumnAppender {
        var request = OTLPMetricsRequest()
        request.resourceMetrics = [
            .with {
                $0.resource = resource
                $0.scopeMetrics = [.with { $0.metrics = metrics }]
            }
        ]
        return append { $0.append(request) }
    }

    private static func pair(_ key: String, _ text: String) -> OTLPKeyValue {
        .with {
            $0.key = key
            $0.value.stringValue = text
        }
    }

    private static func resource(_ name: String) -> OTLPResource {
        .with { $0.attributes = [pair("service.name", name)] }
    }

    private static let span = OTLPSpan.with {
        $0.traceID = Data(0..<16)
        $0.spanID = Data(1...8)
        $0.name = "operation"
        $0.startTimeUnixNano = 100
        $0.endTimeUnixNano = 130
    }

    private func bytes<Value: FixedValue>(_ column: FixedColumn<Value>, _ row: Int) -> [UInt8] {
        withUnsafeBytes(of: column[row]) { Array($0) }
    }

    // MARK: Spans

    @Test func aSpanIsARowOfEveryColumn() {
        var span = Self.span
        span.parentSpanID = Data(11...18)
        span.traceState = "a=b"
        span.flags = 257
        span.kind = .server
        span.status.code = .error
        span.status.message = "broken"
        span.attributes = [
            Self.pair("k", "v"),
            .with {
                $0.key = "n"; $0.value.intValue = 7
            },
            .with {
                $0.key = "k"; $0.value.doubleValue = 1.5
            },
        ]
        span.droppedAttributesCount = 3
        span.events = [
            .with {
                $0.name = "event"; $0.timeUnixNano = 110; $0.attributes = [Self.pair("e", "1")]
            }
        ]
        span.droppedEventsCount = 4
        span.links = [
            .with {
                $0.traceID = Data(repeating: 9, count: 16); $0.spanID = Data(repeating: 8, count: 8)
            }
        ]
        span.droppedLinksCount = 5
        var request = OTLPTraceRequest()
        request.resourceSpans = [
            .with {
                $0.resource = Self.resource("shop")
                $0.schemaURL = "schema"
                $0.scopeSpans = [
                    .with {
                        $0.scope.name = "library"; $0.spans = [span]
                    }
                ]
            }
        ]
        let appender = append { $0.append(request) }
        let rows = appender.batch.spans
        #expect(appender.outcome.accepted == 1)
        #expect(appender.outcome.rejectedCount == 0)
        #expect(appender.outcome.repairs.isEmpty)
        #expect(rows.rows == 1)
        #expect(rows.receivedTime[0] == Self.arrival)
        #expect(rows.startTime[0].nanoseconds == 100)
        #expect(rows.duration[0] == 30)
        #expect(bytes(rows.traceID, 0) == Array(0..<16))
        #expect(bytes(rows.spanID, 0) == Array(1...8))
        #expect(bytes(rows.parentSpanID, 0) == Array(11...18))
        #expect(rows.traceState.string(at: 0) == "a=b")
        #expect(rows.flags[0] == 257)
        #expect(rows.service.string(at: 0) == "shop")
        #expect(rows.name.string(at: 0) == "operation")
        #expect(rows.kind[0] == 2)
        #expect(rows.statusCode[0] == 2)
        #expect(rows.statusMessage.string(at: 0) == "broken")
        #expect((0..<3).map { rows.attributes.text.keys.string(at: $0) } == ["k", "n", "k"])
        #expect((0..<3).map { rows.attributes.text.values.string(at: $0) } == ["v", "7", "1.5"])
        #expect(rows.attributes.types.string(at: 0) == "sid")
        #expect((0..<2).map { rows.attributes.numbers.keys.string(at: $0) } == ["n", "k"])
        #expect(rows.attributes.numbers.values.array == [7, 1.5])
        #expect(rows.droppedAttributes[0] == 3)
        #expect(rows.eventNames.items.string(at: 0) == "event")
        #expect(rows.eventTimes.items[0].nanoseconds == 110)
        #expect(rows.eventAttributes.types.items.string(at: 0) == "s")
        #expect(rows.droppedEvents[0] == 4)
        #expect(bytes(rows.linkTraceIDs.items, 0) == [UInt8](repeating: 9, count: 16))
        #expect(rows.droppedLinks[0] == 5)
        // The rows refer to what came with them.
        #expect(rows.resourceID[0] == appender.batch.resources.id[0])
        #expect(rows.scopeID[0] == appender.batch.scopes.id[0])
        #expect(appender.batch.resources.schemaURL.string(at: 0) == "schema")
        #expect(appender.batch.scopes.name.string(at: 0) == "library")
    }

    @Test(
        "a span without a usable id is left out with its reason, and the rest is stored",
        arguments: [
            (Data(), Data(1...8), .invalidTraceID), (Data(count: 16), Data(1...8), .invalidTraceID),
            (Data(1...15), Data(1...8), .invalidTraceID), (Data(1...17), Data(1...8), .invalidTraceID),
            (Data(1...16), Data(), .invalidSpanID), (Data(1...16), Data(count: 8), .invalidSpanID),
            (Data(1...16), Data(1...9), .invalidSpanID), (Data(), Data(), .invalidTraceID),
        ] as [(Data, Data, RejectionReason)])
    func rejectedSpans(traceID: Data, spanID: Data, reason: RejectionReason) {
        var wrong = Self.span
        wrong.traceID = traceID
        wrong.spanID = spanID
        var request = OTLPTraceRequest()
        request.resourceSpans = [.with { $0.scopeSpans = [.with { $0.spans = [Self.span, wrong, Self.span] }] }]
        let appender = append { $0.append(request) }
        #expect(appender.outcome.accepted == 2)
        #expect(appender.outcome.rejected == [reason: 1])
        #expect(appender.outcome.message(noun: "spans") == "1 spans \(reason.sentence)")
        #expect(appender.batch.spans.rows == 2)
        #expect(appender.batch.spans.attributes.types.count == 2)
    }

    @Test("a parent that is no span id is kept as an attribute", arguments: [1, 7, 9, 16])
    func repairedParent(length: Int) {
        var span = Self.span
        span.parentSpanID = Data(repeating: 0xAB, count: length)
        let appender = append(span)
        let rows = appender.batch.spans
        #expect(appender.outcome.accepted == 1)
        #expect(appender.outcome.repairs[.parentSpanIDLength] == 1)
        #expect(bytes(rows.parentSpanID, 0) == [UInt8](repeating: 0, count: 8))
        #expect(rows.attributes.text.keys.string(at: 0) == "martlet.original_parent_span_id")
        #expect(rows.attributes.text.values.string(at: 0) == String(repeating: "ab", count: length))
    }

    @Test func aLinkWithOtherIDsKeepsThemAsAttributes() {
        var span = Self.span
        span.links = [
            .with {
                $0.traceID = Data([1, 2]); $0.spanID = Data(1...8); $0.attributes = [Self.pair("a", "b")]
            }
        ]
        let appender = append(span)
        let links = appender.batch.spans.linkAttributes.text.items
        #expect(appender.outcome.repairs[.linkIDLength] == 1)
        #expect(
            (0..<links.keys.count).map { links.keys.string(at: $0) } == [
                "a", "martlet.original_trace_id", "martlet.original_span_id",
            ])
        #expect(links.values.string(at: 1) == "0102")
        #expect(links.values.string(at: 2) == "0102030405060708")
        #expect(bytes(appender.batch.spans.linkTraceIDs.items, 0) == [UInt8](repeating: 0, count: 16))
    }

    @Test(
        "the end of a span is never lost",
        arguments: [(100, 100, 0), (100, 90, -10), (0, UInt64.max, Int64.max), (UInt64.max, 0, -Int64.max)]
            as [(UInt64, UInt64, Int64)])
    func durations(start: UInt64, end: UInt64, duration: Int64) {
        var span = Self.span
        span.startTimeUnixNano = start
        span.endTimeUnixNano = end
        #expect(append(span).batch.spans.duration[0] == duration)
    }

    // MARK: Logs

    /// "Use Timestamp if it is present, otherwise use ObservedTimestamp" (OTLP logs.proto, LogRecord).
    @Test(
        "a record without a time has the observed time, without that the arrival's",
        arguments: [
            (5, 7, 5, 7), (0, 7, 7, 7), (5, 0, 5, 1_700_000_000_000_000_000),
            (0, 0, 1_700_000_000_000_000_000, 1_700_000_000_000_000_000),
        ] as [(UInt64, UInt64, Int64, Int64)])
    func logTimes(time: UInt64, observed: UInt64, storedTime: Int64, storedObserved: Int64) {
        let rows = append(
            .with {
                $0.timeUnixNano = time; $0.observedTimeUnixNano = observed
            } as OTLPLogRecord
        ).batch.logs
        #expect(rows.time[0].nanoseconds == storedTime)
        #expect(rows.observedTime[0].nanoseconds == storedObserved)
        #expect(rows.receivedTime[0] == Self.arrival)
    }

    @Test func aLogRecordIsARowOfEveryColumn() {
        let record = OTLPLogRecord.with {
            $0.traceID = Data(1...16)
            $0.spanID = Data(1...8)
            $0.flags = 1
            $0.severityNumber = .warn
            $0.severityText = "WARN"
            $0.body.kvlistValue.values = [Self.pair("a", "b")]
            $0.eventName = "event"
            $0.attributes = [Self.pair("k", "v")]
            $0.droppedAttributesCount = 2
        }
        let appender = append(record)
        let rows = appender.batch.logs
        #expect(appender.outcome.accepted == 1)
        #expect(appender.outcome.repairs.isEmpty)
        #expect(bytes(rows.traceID, 0) == Array(1...16))
        #expect(bytes(rows.spanID, 0) == Array(1...8))
        #expect(rows.flags[0] == 1)
        #expect(rows.severityNumber[0] == 13)
        #expect(rows.severityText.string(at: 0) == "WARN")
        #expect(rows.body.string(at: 0) == #"{"a":"b"}"#)
        #expect(rows.bodyType.string(at: 0) == "m")
        #expect(rows.eventName.string(at: 0) == "event")
        #expect(rows.attributes.types.string(at: 0) == "s")
        #expect(rows.droppedAttributes[0] == 2)
    }

    @Test func aLogRecordWithOtherIDsKeepsThemAsAttributes() {
        let appender = append(
            .with {
                $0.traceID = Data([1]); $0.spanID = Data([2, 3])
            } as OTLPLogRecord)
        let text = appender.batch.logs.attributes.text
        #expect(appender.outcome.accepted == 1)
        #expect(appender.outcome.repairs[.logIDLength] == 2)
        #expect((0..<2).map { text.keys.string(at: $0) } == ["martlet.original_trace_id", "martlet.original_span_id"])
        #expect((0..<2).map { text.values.string(at: $0) } == ["01", "0203"])
    }

    // MARK: Metrics

    private static func gauge(_ name: String, _ points: [OTLPNumberDataPoint]) -> OTLPMetric {
        .with {
            $0.name = name
            $0.gauge.dataPoints = points
        }
    }

    @Test func pointsKeepTheKindOfTheirNumber() {
        let rows = append([
            Self.gauge("m", [.with { $0.asInt = .max }, .with { $0.asDouble = 1.5 }, OTLPNumberDataPoint()])
        ]).batch.samples
        #expect(rows.rows == 3)
        #expect(rows.valueKind.array == [2, 1, 0])
        #expect(rows.intValue.array == [.max, 0, 0])
        #expect(rows.value[1] == 1.5)
        #expect(rows.value[2].isNaN)
    }

    @Test func aMetricWithoutANameIsLeftOutWithAllItsPoints() {
        let appender = append([
            Self.gauge("", [.with { $0.asInt = 1 }, .with { $0.asInt = 2 }]), Self.gauge("m", [.with { $0.asInt = 3 }]),
        ])
        #expect(appender.outcome.accepted == 1)
        #expect(appender.outcome.rejected == [.missingMetricName: 2])
        #expect(appender.batch.samples.rows == 1)
    }

    /// Spec: OTLP metrics.proto, HistogramDataPoint, `bucket_counts` and `explicit_bounds`.
    @Test(
        "bucket counts are one more than the bounds, or none; bounds increase",
        arguments: [
            ([], [], nil), ([1], [], nil), ([1, 2], [0], nil), ([1, 2, 3], [0, 1], nil), ([], [0, 1], nil),
            ([1], [0], .bucketCountMismatch), ([1, 2], [], .bucketCountMismatch),
            ([1, 2, 3], [1, 1], .boundsNotIncreasing),
            ([1, 2, 3], [2, 1], .boundsNotIncreasing), ([1, 2, 3], [.nan, 1], .boundsNotIncreasing),
            ([1, 2, 3], [-.infinity, .infinity], nil),
        ] as [([UInt64], [Double], RejectionReason?)])
    func histogramBuckets(counts: [UInt64], bounds: [Double], reason: RejectionReason?) {
        let metric = OTLPMetric.with {
            $0.name = "h"
            $0.histogram.dataPoints = [
                .with {
                    $0.bucketCounts = counts; $0.explicitBounds = bounds; $0.sum = 1
                }
            ]
        }
        let appender = append([metric])
        #expect(appender.outcome.accepted == (reason == nil ? 1 : 0))
        #expect(appender.outcome.rejected == (reason.map { [$0: 1] } ?? [:]))
        #expect(appender.batch.histograms.rows == appender.outcome.accepted)
        if reason == nil {
            #expect(appender.batch.histograms.bounds.items.array == bounds)
            #expect(appender.batch.histograms.bucketCounts.items.array == counts)
        }
    }

    @Test func membersThatWereNotSentAreNotTakenForZero() {
        let points: [OTLPHistogramDataPoint] = [
            OTLPHistogramDataPoint(), .with { $0.sum = 0 }, .with { $0.min = 0 }, .with { $0.max = 0 },
            .with {
                $0.sum = 0; $0.min = 0; $0.max = 0
            },
        ]
        let rows = append([
            .with {
                $0.name = "h"; $0.histogram.dataPoints = points
            }
        ]).batch.histograms
        #expect(rows.presence.array == [0, 1, 2, 4, 7])
    }

    @Test func everyKindOfMetricGoesToItsTable() {
        let exemplar = OTLPExemplar.with {
            $0.asInt = 5; $0.traceID = Data(1...16); $0.timeUnixNano = 3
        }
        let batch = append([
            Self.gauge(
                "g",
                [
                    .with {
                        $0.asInt = 1; $0.exemplars = [exemplar]; $0.timeUnixNano = 9
                    }
                ]),
            .with {
                $0.name = "s"
                $0.sum.isMonotonic = true
                $0.sum.aggregationTemporality = .cumulative
                $0.sum.dataPoints = [.with { $0.asInt = 2 }]
            },
            .with {
                $0.name = "h"; $0.histogram.dataPoints = [.with { $0.count = 3 }]
            },
            .with {
                $0.name = "e"
                $0.exponentialHistogram.dataPoints = [
                    .with {
                        $0.count = 4; $0.scale = -2; $0.positive.bucketCounts = [1, 3]; $0.negative.offset = -7
                    }
                ]
            },
            .with {
                $0.name = "q"
                $0.summary.dataPoints = [
                    .with {
                        $0.count = 5;
                        $0.quantileValues = [
                            .with {
                                $0.quantile = 0.5; $0.value = 2
                            }
                        ]
                    }
                ]
            },
        ]).batch
        #expect(batch.samples.rows == 2)
        #expect(batch.histograms.pointCount[0] == 3)
        #expect(batch.exponentialHistograms.scale[0] == -2)
        #expect(batch.exponentialHistograms.positiveCounts.items.array == [1, 3])
        #expect(batch.exponentialHistograms.negativeOffset[0] == -7)
        #expect(batch.summaries.quantileValues.items.array == [2])
        #expect((0..<5).map { batch.series.type.string(at: $0) } == MetricKind.allCases.map(\.rawValue))
        #expect(batch.series.isMonotonic.array == [0, 1, 0, 0, 0])
        #expect(batch.series.temporality.array == [0, 2, 0, 0, 0])
        #expect(batch.exemplars.rows == 1)
        #expect(batch.exemplars.seriesID[0] == batch.samples.seriesID[0])
        #expect(batch.exemplars.intValue[0] == 5)
        #expect(batch.exemplars.time[0].nanoseconds == 3)
        #expect(batch.exemplars.pointTime[0].nanoseconds == 9)
        #expect(batch.rows == 5)
    }

    /// Spec: OTLP metrics data model, "Timeseries Model": attributes are a set.
    @Test func theOrderOfAttributesMakesNoOtherSeries() {
        let (a, b) = (Self.pair("a", "1"), Self.pair("b", "2"))
        let batch = append([Self.gauge("m", [.with { $0.attributes = [a, b] }, .with { $0.attributes = [b, a] }])])
            .batch
        #expect(batch.samples.seriesID[0] == batch.samples.seriesID[1])
        #expect(batch.series.rows == 1)
    }

    @Test func whateverTellsStreamsApartMakesAnotherSeries() {
        func point(_ attributes: [OTLPKeyValue] = []) -> OTLPNumberDataPoint { .with { $0.attributes = attributes } }
        let metrics: [OTLPMetric] = [
            Self.gauge("m", [point()]), Self.gauge("n", [point()]), Self.gauge("m", [point([Self.pair("a", "1")])]),
            Self.gauge("m", [point([Self.pair("a", "2")])]), Self.gauge("m", [point([Self.pair("b", "1")])]),
            Self.gauge(
                "m",
                [
                    point([
                        .with {
                            $0.key = "a"; $0.value.intValue = 1
                        }
                    ])
                ]),
            .with {
                $0.name = "m"; $0.unit = "s"; $0.gauge.dataPoints = [point()]
            },
            .with {
                $0.name = "m"; $0.sum.dataPoints = [point()]
            },
            .with {
                $0.name = "m"; $0.sum.isMonotonic = true; $0.sum.dataPoints = [point()]
            },
            .with {
                $0.name = "m"; $0.sum.aggregationTemporality = .delta; $0.sum.dataPoints = [point()]
            },
        ]
        let one = append(metrics, resource: Self.resource("one")).batch
        let two = append(metrics, resource: Self.resource("two")).batch
        let ids = one.samples.seriesID.array + two.samples.seriesID.array
        #expect(Set(ids).count == metrics.count * 2)
        #expect(one.series.rows == metrics.count)
    }

    /// Spec: the same section: the description does not identify a stream.
    @Test func theDescriptionMakesNoOtherSeries() {
        var described = Self.gauge("m", [OTLPNumberDataPoint()])
        described.description_p = "for people"
        let batch = append([Self.gauge("m", [OTLPNumberDataPoint()]), described]).batch
        #expect(batch.series.rows == 1)
        #expect(batch.samples.rows == 2)
    }

    // MARK: What rows refer to

    /// Pinned: ids name rows of stores on disk, so they depend neither on the process nor on the version.
    @Test func idsAreTheSameInEveryProcess() {
        let batch = append(
            [Self.gauge("m", [.with { $0.attributes = [Self.pair("k", "v")] }])], resource: Self.resource("shop")
        ).batch
        #expect(batch.resources.id[0] == 8_353_720_133_999_599_709, "\(batch.resources.id[0])")
        #expect(batch.scopes.id[0] == 13_973_643_940_957_206_311, "\(batch.scopes.id[0])")
        #expect(batch.series.id[0] == 306_194_438_701_008_422, "\(batch.series.id[0])")
    }

    @Test func aResourceAndAScopeAreWrittenOnceABatch() {
        var request = OTLPTraceRequest()
        request.resourceSpans = (0..<6).map { index in
            .with {
                $0.resource = Self.resource(index % 2 == 0 ? "even" : "odd")
                $0.scopeSpans = [.with { $0.spans = [Self.span] }]
            }
        }
        let appender = append { appender in
            appender.append(request)
            appender.append(request)
        }
        #expect(appender.batch.spans.rows == 12)
        #expect(appender.batch.resources.rows == 2)
        #expect(appender.batch.scopes.rows == 1)
    }

    @Test func whatABatchBroughtIsNotWrittenAgainOnTheSameDay() {
        var request = OTLPTraceRequest()
        request.resourceSpans = [
            .with {
                $0.resource = Self.resource("shop"); $0.scopeSpans = [.with { $0.spans = [Self.span] }]
            }
        ]
        var appender = ColumnAppender(batch: TelemetryBatch())
        func next(at time: Timestamp) -> TelemetryBatch {
            appender.batch = TelemetryBatch()
            appender.begin(receivedTime: time)
            appender.append(request)
            return appender.batch
        }
        #expect(next(at: Self.arrival).resources.rows == 1)
        let second = next(at: Self.arrival)
        #expect(second.spans.rows == 1)
        #expect(second.resources.rows == 0)
        #expect(second.scopes.rows == 0)
        // The next day they are written once more, so that retention does not take them from newer rows.
        let tomorrow = Timestamp(nanoseconds: Self.arrival.nanoseconds + 86_400_000_000_000)
        #expect(next(at: tomorrow).resources.rows == 1)
    }

    @Test func whateverAResourceHoldsMakesAnotherID() {
        var dropped = Self.resource("shop")
        dropped.droppedAttributesCount = 1
        var entity = Self.resource("shop")
        entity.entityRefs = [.with { $0.type = "host" }]
        var typed = OTLPResource()
        typed.attributes = [
            .with {
                $0.key = "service.name"; $0.value.bytesValue = Data("shop".utf8)
            }
        ]
        let resources = [OTLPResource(), Self.resource("shop"), Self.resource("stop"), dropped, entity, typed]
        var request = OTLPTraceRequest()
        request.resourceSpans =
            resources.map { resource in
                .with {
                    $0.resource = resource; $0.scopeSpans = [.with { $0.spans = [Self.span] }]
                }
            } + [
                .with {
                    $0.resource = Self.resource("shop"); $0.schemaURL = "s";
                    $0.scopeSpans = [.with { $0.spans = [Self.span] }]
                }
            ]
        let batch = append { $0.append(request) }.batch
        #expect(Set(batch.spans.resourceID.array).count == resources.count + 1)
        #expect(batch.resources.rows == resources.count + 1)
    }

    @Test func anUnknownNumberOfAnOpenEnumerationIsKept() {
        var span = Self.span
        span.kind = .UNRECOGNIZED(77)
        span.status.code = .UNRECOGNIZED(-3)
        let rows = append(span).batch.spans
        #expect(rows.kind[0] == 77)
        #expect(rows.statusCode[0] == -3)
    }

    /// Whatever decoders let through, every column of a block has one entry a row.
    @Test("all columns grow together", arguments: 0..<20)
    func columnsStayLevel(seed: UInt64) {
        var random = RandomOTLP(seed: seed)
        random.allowsNaN = true
        let requests = (random.traceRequest(), random.logsRequest(), random.metricsRequest())
        let appender = append { appender in
            appender.append(requests.0)
            appender.append(requests.1)
            appender.append(requests.2)
        }
        let batch = appender.batch
        // Sums of delta histograms have rows of their own.
        let derived = batch.nativeHistograms.rows
        #expect(batch.rows == appender.outcome.accepted + derived)
        let metrics: [any Block] = [
            batch.samples, batch.histograms, batch.exponentialHistograms, batch.nativeHistograms, batch.summaries,
            batch.targets,
        ]
        for block in metrics { #expect(block.columns.allSatisfy { $0.count == block.rows }) }
        let spans: [any Column] = [
            batch.spans.name, batch.spans.attributes.text, batch.spans.attributes.types, batch.spans.attributes.numbers,
            batch.spans.eventTimes, batch.spans.eventNames, batch.spans.eventAttributes.text,
            batch.spans.eventAttributes.types,
            batch.spans.linkTraceIDs, batch.spans.linkAttributes.text, batch.spans.linkAttributes.types,
            batch.spans.droppedLinks,
        ]
        #expect(spans.allSatisfy { $0.count == batch.spans.rows })
        #expect(batch.spans.eventAttributes.text.items.count == batch.spans.eventTimes.items.count)
        #expect(batch.spans.linkAttributes.types.items.count == batch.spans.linkSpanIDs.items.count)
        #expect(
            [batch.logs.body.count, batch.logs.attributes.text.count, batch.logs.bodyType.count]
                == [Int](repeating: batch.logs.rows, count: 3))
        #expect(batch.series.metadata.count == batch.series.rows)
        #expect(batch.exemplars.attributes.text.count == batch.exemplars.rows)
        #expect(batch.histograms.bounds.count == batch.histograms.rows)
    }
}

@Suite struct AppendOutcomeTests {
    @Test func theSentenceNamesEachReasonWithItsNumber() {
        var outcome = AppendOutcome()
        #expect(outcome.message(noun: "spans").isEmpty)
        outcome.reject(.invalidSpanID, count: 2)
        outcome.reject(.invalidTraceID)
        outcome.reject(.invalidTraceID)
        outcome.reject(.missingMetricName, count: 0)
        #expect(outcome.rejectedCount == 4)
        #expect(
            outcome.message(noun: "spans") == "2 spans with a trace id that is not 16 bytes or all zero; "
                + "2 spans with a span id that is not 8 bytes or all zero")
    }
}
