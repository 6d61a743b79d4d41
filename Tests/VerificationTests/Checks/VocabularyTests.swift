import Recordings
import TelemetryModel
import Testing
import Verification

/// Each word of the vocabulary: over the sample it is fulfilled, is not, or had nothing to look at.
struct VocabularyTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var expectation: String
        var outcome: CheckReport.Outcome

        var testDescription: String { expectation.replacing("\n", with: " | ") + " is \(outcome)" }
    }

    /// A shop that takes an order and asks a payment service; the second order fails.
    static let sample: Recording = {
        var sample = SampleRecording()
        let version: [String: RecordedValue] = ["service.version": .string("1.2")]
        let order = sample.span(
            "POST /orders", resource: version, kind: .server, status: .ok, milliseconds: 100,
            attributes: [
                "http.response.status_code": .int(200), "user.id": .string("u1"), "url.path": .string("/orders/7"),
                "retries": .int(2), "share": .double(200), "cached": .bool(false),
                "tags": .array([.string("a"), .string("b")]), "port": .string("80"),
            ], events: [SampleRecording.event("validated", after: 5, ["rules": .int(3)])])
        let reserve = sample.span("reserve", parent: order, resource: version, milliseconds: 40, at: 10)
        sample.span("SELECT", parent: reserve, resource: version, kind: .client, milliseconds: 5, at: 12)
        sample.span("UPDATE", parent: reserve, resource: version, kind: .client, milliseconds: 8, at: 20)
        sample.span("UPDATE", parent: reserve, resource: version, kind: .client, milliseconds: 9, at: 30)
        let charge = sample.span(
            "charge", parent: order, service: "payments", kind: .server, milliseconds: 30, at: 55,
            links: [
                RecordedSpan.Link(
                    traceID: SampleRecording.trace(2), spanID: SpanID(value: 7),
                    attributes: SampleRecording.attributes(["why": .string("batch")]))
            ])
        sample.span(
            "POST /orders", trace: 2, resource: version, kind: .server, status: .error, message: "no stock",
            milliseconds: 300, at: 1000, attributes: ["http.response.status_code": .string("500")],
            events: [SampleRecording.event("exception", after: 1001, ["exception.type": .string("OutOfStock")])])
        sample.span("late", trace: 3, parent: SpanID(value: 99), service: "worker", milliseconds: 1)

        sample.log(.string("order taken"), trace: 1, span: order, attributes: ["order": .int(7)], eventName: "order")
        sample.log(.string("card charged"), service: "payments", trace: 1, span: charge)
        sample.log(.string("no stock for 8"), level: 17, trace: 2, span: SpanID(value: 7))
        sample.log(
            .map(SampleRecording.attributes(["message": .string("started"), "port": .int(80)])), level: 5)
        sample.log(.string("lost"), level: 13, trace: 77, span: SpanID(value: 77))

        sample.series(
            "orders", points: [.int(1), .int(3), .int(4)], attributes: ["state": .string("ok")], began: 500)
        sample.series("orders", points: [.int(0), .int(1)], attributes: ["state": .string("failed")])
        sample.series("queue", .gauge, points: [.double(2.5), .double(1.5)], isMonotonic: false)
        sample.series("broken", points: [.int(5), .int(3)])
        sample.series("changes", points: [.int(2), .int(3)], temporality: .delta)
        let histogram = RecordedPoint.Histogram(
            count: 10, sum: 20, min: 0.5, max: 7, bounds: [1, 2, 4], counts: [2, 4, 3, 1])
        sample.series(
            "latency", .histogram, points: [.histogram(histogram)], unit: "s",
            exemplars: [
                RecordedPoint.Exemplar(
                    time: SampleRecording.start, value: 1, traceID: SampleRecording.trace(1), spanID: order)
            ])
        return sample.recording
    }()

    static let spans: [Example] = table(
        passed: [
            "spans: POST /orders", "spans: {name: {starts_with: POST}}\nexists: true", "spans: nothing\nabsent: true",
            "spans: {name: {ends_with: orders}}\ncount: 2", "spans: {name: {in: [a, charge]}}",
            "spans: {name: {not_in: [a, charge]}}\ncount: 7", "spans: {name: {not_equals: charge}}\ncount: 7",
            "spans: {name: {matches: '^POST /[a-z]+$'}}", "spans: {name: {not_matches: '[a-z]'}}\ncount: 3",
            "spans: {name: {contains: ' /'}}\ncount: {at_least: 2, at_most: 2}",
            "spans: {kind: server}\ncount: {more_than: 2, less_than: 4}", "spans: {kind: [client, server]}\ncount: 6",
            "spans: {status: error}\ncount: {between: [1, 2]}", "spans: {status_message: no stock}",
            "spans: {service: payments}\ncount: {equals: 1}", "spans: {service: payments}\ncount: {not_equals: 3}",
            "spans: {attributes: {http.response.status_code: 200}}",
            "spans: {attributes: {http.response.status_code: 200.0}}", "spans: {attributes: {share: 200}}",
            "spans: {attributes: {http.response.status_code: '500'}}", "spans: {attributes: {cached: false}}",
            "spans: {attributes: {user.id: {present: true}}}",
            "spans: {attributes: {user.id: {present: false}}}\ncount: 7",
            "spans: {attributes: {url.path: {matches: '^/orders'}}}",
            "spans: {attributes: {url.path: {contains: orders, ends_with: '7', starts_with: /}}}",
            "spans: {attributes: {retries: {type: int, at_most: 3, more_than: 1}}}",
            "spans: {attributes: {share: {type: [int, double]}}}", "spans: {attributes: {share: {type: number}}}",
            "spans: {attributes: {retries: {in: [1, 2]}}}", "spans: {attributes: {retries: {not_in: [1, 3]}}}",
            "spans: {attributes: {retries: {not_equals: 3}}}", "spans: {attributes: {retries: {between: [2, 3]}}}",
            "spans: {attributes: {tags: {contains: a}}}", "spans: {attributes: {tags: [a, b]}}",
            "spans: {resource: {service.version: '1.2'}}\ncount: 6", "spans: {scope: sample}",
            "spans: {scope: {name: {matches: sam}, version: ''}}", "spans: {duration: {more_than: 250ms}}\ncount: 1",
            "spans: {duration: {between: [5ms, 8ms]}}\ncount: 2", "spans: {root: true}\ncount: 2",
            "spans: {orphan: true, name: late}", "spans: {name: charge, parent: POST /orders}",
            "spans: {name: SELECT, parent: {name: reserve, kind: internal}, ancestor: {kind: server}}",
            "spans: {name: reserve, children: [SELECT, {name: UPDATE, count: 2}]}",
            "spans: {name: reserve, children: {count: 3}}", "spans: {name: SELECT, children: {count: 0}}",
            "spans: {root: true, descendants: {kind: client, count: 3}}",
            "spans: {events: exception}",
            "spans: {events: {name: validated, attributes: {rules: 3}, after: {less_than: 6ms}}}",
            "spans: {name: charge, events: {count: 0}}",
            "spans: {links: {to: {status: error}, same_trace: false, attributes: {why: batch}}}",
            "spans: {status: error, logs: {severity: error}}",
            "spans: {trace: {error_count: 0, span_count: 6}}\ncount: 6",
            "spans: POST /orders\nduration: {p95: {at_least: 300ms}, p50: {equals: 100ms}, min: {less_than: 101ms}}",
            "spans: POST /orders\nduration: {max: {at_most: 300ms}, mean: {equals: 200ms}, total: {equals: 400ms}}",
            "spans: POST /orders\nduration: {p75: {equals: 300ms}, p90: {at_most: 1s}, p99: {at_most: 1s}}",
            "spans: charge\nduration: {p999: {less_than: 1s}}",
            "spans: POST /orders\nerror_share: 0.5", "spans: {kind: client}\nall: {parent: reserve}",
            "spans: {status: error}\nwithin: {service: payments}\nabsent: true", "spans: gone\nexists: false",
            "spans: {service: nobody}\nabsent: true\nallow_empty: true",
        ],
        failed: [
            "spans: POST /order", "spans: POST /orders\nabsent: true", "spans: charge\ncount: 2",
            "spans: {kind: consumer}", "spans: {name: charge, status: ok}", "spans: {attributes: {port: 80}}",
            "spans: {attributes: {user.id: {type: int}}}", "spans: {name: charge, attributes: {a: {not_equals: 1}}}",
            "spans: {attributes: {url.path: {matches: '^orders'}}}", "spans: {attributes: {tags: {contains: c}}}",
            "spans: {resource: {service.version: {present: false}}, service: shop}", "spans: {scope: other}",
            "spans: {duration: {more_than: 1s}}", "spans: {name: charge, root: true}",
            "spans: {name: charge, orphan: true}",
            "spans: {name: charge, parent: reserve}", "spans: {name: late, parent: {}}",
            "spans: {name: charge, ancestor: reserve}", "spans: {name: reserve, children: [SELECT, DELETE]}",
            "spans: {name: reserve, descendants: {count: 4}}", "spans: {name: charge, events: exception}",
            "spans: {events: {name: exception, attributes: {exception.type: Timeout}}}",
            "spans: {events: {name: validated, after: {more_than: 6ms}}}", "spans: {links: {same_trace: true}}",
            "spans: {links: {to: charge}}", "spans: {name: charge, logs: {severity: error}}",
            "spans: {name: charge, trace: {error_count: 1}}",
            "spans: POST /orders\nduration: {p95: {less_than: 200ms}}",
            "spans: POST /orders\nerror_share: {less_than: 0.1}", "spans: POST /orders\nall: {status: ok}",
            "spans: charge\nwithin: {service: shop}", "spans: charge\nexists: false",
        ],
        vacuous: [
            "spans: {service: nobody}", "spans: {service: nobody}\nabsent: true", "spans: {service: nobody}\ncount: 0",
            "spans: gone\nduration: {p95: {less_than: 1s}}", "spans: gone\nerror_share: 0", "spans: gone\nall: {}",
            "spans: {status: error}\nwithin: {name: gone}\nabsent: true",
        ])

    static let traces: [Example] = table(
        passed: [
            "trace: {root: POST /orders}\ncount: 2", "trace: {contains: [charge, {name: UPDATE, count: 2}]}",
            "trace: {id: '00000000000000000000000000000002'}", "trace: {duration: {at_least: 300ms}}",
            "trace: {span_count: 6, service_count: 2, error_count: 0, depth: 3, complete: true}",
            "trace: {services: [shop, payments]}", "trace: {complete: false}\ncount: 1",
            "trace: {shape: {contains: {name: reserve, children: [UPDATE, SELECT]}}}",
            tree("charge, {name: reserve, children: [SELECT, {name: UPDATE, count: 2}]}"),
            tree("charge, {name: reserve, children: [{kind: client}, UPDATE, UPDATE]}"),
            "trace: {shape: {exact: POST /orders}}\ncount: 1",
            "trace: {error_count: {more_than: 0}}\nall: {span_count: 1}",
            "trace: {root: POST /orders}\nduration: {max: {equals: 300ms}}",
            "trace: {error_count: 1}\nwithin: {service: payments}\nabsent: true", "trace: {root: gone}\nexists: false",
        ],
        failed: [
            "trace: {root: GET /}", "trace: {contains: DELETE}", "trace: {depth: 9}", "trace: {services: [nobody]}",
            "trace: {shape: {contains: {name: reserve, children: [SELECT, SELECT]}}}",
            "trace: {shape: {exact: {name: POST /orders, children: [charge, reserve]}}}",
            "trace: {shape: {exact: {name: POST /orders, children: [charge]}}}",
            "trace: {root: POST /orders}\nall: {error_count: 0}",
            "trace: {root: POST /orders}\nduration: {max: {less_than: 300ms}}",
            "trace: {complete: false}\nabsent: true",
        ],
        vacuous: [
            "trace: {root: POST /orders}\nwithin: {service: nobody}", "trace: {root: gone}\nall: {complete: true}",
            "trace: {root: gone}\nduration: {p50: {less_than: 1s}}",
        ])

    static let logs: [Example] = table(
        passed: [
            "logs: {body: order taken}", "logs: {body: {contains: stock}}", "logs: {body: {matches: 'for [0-9]$'}}",
            "logs: {body: {contains: started}}", "logs: {body_fields: {message: started, port: {type: int}}}",
            "logs: {severity: error}\ncount: 1", "logs: {severity: {at_least: warn}}\ncount: 2",
            "logs: {severity: {at_most: debug}}\ncount: 1", "logs: {severity: {in: [debug, warn]}}\ncount: 2",
            "logs: {severity: 17}", "logs: {severity_text: ''}\ncount: 5", "logs: {event_name: order}",
            "logs: {attributes: {order: 7}}", "logs: {service: payments}\ncount: 1",
            "logs: {linked_to_span: true}\ncount: 3", "logs: {linked_to_span: false}\ncount: 2",
            "logs: {severity: error, linked_to_span: {status: error}}", "logs: {linked_to_trace: true}\ncount: 3",
            "logs: {has_trace_id: false}\ncount: 1", "logs: {severity: fatal}\nabsent: true",
            "logs: {severity: {at_least: error}}\nall: {linked_to_span: true}", "logs: {scope: sample}",
            "logs: {severity: error}\nwithin: {service: payments}\nabsent: true",
        ],
        failed: [
            "logs: {body: order}", "logs: {severity: fatal}", "logs: {severity: error}\nabsent: true",
            "logs: {body: lost, linked_to_span: true}", "logs: {body: lost, linked_to_trace: true}",
            "logs: {severity: error, linked_to_span: {name: charge}}",
            "logs: {has_trace_id: true}\nall: {linked_to_span: true}",
            "logs: {body_fields: {port: '80'}}", "logs: {event_name: other}", "logs: {}\ncount: {at_most: 4}",
        ],
        vacuous: [
            "logs: {service: nobody, severity: error}\nabsent: true",
            "logs: {severity: fatal}\nall: {linked_to_span: true}",
            "logs: {}\nwithin: {body: gone}\nabsent: true",
        ])

    static let metrics: [Example] = table(
        passed: [
            "metric: orders", "metric: orders\ncount: 2", "metric: {name: {matches: ^ord}, kind: sum, unit: '1'}",
            "metric: {name: latency, kind: [histogram, summary], unit: s}",
            "metric: {temporality: delta, name: changes}",
            "metric: {name: queue, monotonic: false}", "metric: {name: orders, attributes: {state: ok}}",
            "metric: {name: orders, attributes: {state: ok}}\nvalue: 4", "metric: orders\nvalue: {at_least: 1}",
            "metric: orders\nvalue: 5\nacross: sum", "metric: orders\nvalue: 4\nacross: any",
            "metric: queue\nvalue: {between: [1, 2]}", "metric: queue\nevery_value: {less_than: 3}",
            "metric: {name: orders, attributes: {state: ok}}\nincrease: 4",
            "metric: {name: orders, attributes: {state: failed}}\nincrease: 1", "metric: changes\nincrease: 5",
            "metric: orders\nincrease: {equals: 5}\nacross: sum", "metric: orders\npoints: 5",
            "metric: orders\nnever_decreases: true", "metric: broken\nnever_decreases: false",
            "metric: orders\ninterval: {equals: 1s}", "metric: latency\nexemplars: 1",
            "metric: latency\nhistogram: {count: 10, sum: 20, mean: 2, min: 0.5, max: 7}",
            "metric: latency\nhistogram: {p50: {between: [1, 2]}, p90: {equals: 4}, p99: 7}",
            "metric: latency\nincrease: 10\nallow_empty: true", "metric: gone\nabsent: true",
            "metric: orders\nall: {monotonic: true}", "metric: {service: shop, scope: sample}\ncount: 6",
        ],
        failed: [
            "metric: order", "metric: {name: orders, kind: gauge}", "metric: {name: orders, temporality: delta}",
            "metric: {name: queue, monotonic: true}", "metric: {name: latency, unit: ms}", "metric: orders\nvalue: 4",
            "metric: orders\nvalue: {more_than: 4}\nacross: any", "metric: orders\nvalue: 4\nacross: sum",
            "metric: queue\nevery_value: {less_than: 2}", "metric: orders\nincrease: {at_least: 2}",
            "metric: broken\nnever_decreases: true", "metric: orders\npoints: {more_than: 5}",
            "metric: orders\ninterval: {less_than: 1s}", "metric: latency\nexemplars: 2",
            "metric: latency\nhistogram: {p50: {more_than: 2}}", "metric: latency\nhistogram: {count: 9}",
            "metric: {}\nall: {unit: '1'}", "metric: orders\nabsent: true",
        ],
        vacuous: [
            "metric: {service: nobody}\nabsent: true", "metric: gone\nvalue: 1", "metric: gone\nnever_decreases: true",
            "metric: latency\nnever_decreases: true", "metric: latency\nvalue: 1",
            "metric: latency\ninterval: {less_than: 1s}",
            "metric: orders\nhistogram: {count: 1}", "metric: latency\nincrease: 10", "metric: gone\nall: {unit: s}",
            "metric: gone\nincrease: {at_least: 0}", "metric: gone\npoints: 0", "metric: gone\nexemplars: 0",
        ])

    static let resources: [Example] = table(
        passed: [
            "resource: {service: shop}\ncount: 2", "resource: {attributes: {service.version: '1.2'}, signals: traces}",
            "resource: {service: payments, signals: [traces, logs]}", "resource: {schema_url: ''}",
            "resource: {service: gone}\nwithin: {}\nabsent: true", "resource: {}\nall: {service: {matches: .}}",
        ],
        failed: [
            "resource: {service: shop}\nall: {attributes: {service.version: {present: true}}}",
            "resource: {service: payments, signals: metrics}", "resource: {service: payments, schema_url: x}",
        ],
        vacuous: ["resource: {service: nobody}", "resource: {service: gone}\nwithin: {}\nall: {signals: logs}"])

    @Test(arguments: spans + traces + logs + metrics + resources)
    func overTheSample(_ example: Example) async throws {
        let report = try await check(example.expectation, Self.sample)
        #expect(report.outcome == example.outcome, "\(report)")
        // A check that fails says of what, and one that passes has looked at something.
        if example.outcome == .failed {
            #expect(!report.evidence.isEmpty || !report.nearestMisses.isEmpty, "\(report)")
        }
        if example.outcome == .passed, !example.expectation.contains("allow_empty") { #expect(report.examined > 0) }
    }

    @Test(arguments: (spans + traces + logs + metrics + resources).filter { !$0.expectation.contains("allow_empty") })
    func everythingIsVacuousOverNothing(_ example: Example) async throws {
        let report = try await check(example.expectation, Recording())
        #expect(report.outcome == .vacuous, "\(report)")
    }

    private static func tree(_ children: String) -> String {
        "trace: {shape: {exact: {name: POST /orders, children: [\(children)]}}}"
    }

    private static func table(passed: [String], failed: [String], vacuous: [String]) -> [Example] {
        passed.map { Example(expectation: $0, outcome: .passed) }
            + failed.map { Example(expectation: $0, outcome: .failed) }
            + vacuous.map { Example(expectation: $0, outcome: .vacuous) }
    }
}
