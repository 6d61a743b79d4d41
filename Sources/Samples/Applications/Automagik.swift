import OTLPMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Four projects that report through the automagik-telemetry SDK, two in Python and two in TypeScript.
///
/// The telemetry has the SDK's own habits (version 0.1.4), because they are what a receiver has to cope with:
/// - each event is a trace of a single INTERNAL span that takes no time, and its status is OK even for an error;
/// - every number is a double;
/// - a counter is called cumulative, but each point is an increment whose start is its own time;
/// - a histogram point is one value without buckets;
/// - a log carries its trace and span id as attributes only.
///
/// Only the ids differ: the SDK's trace ids have 64 digits, which OTLP messages cannot hold.
struct AutomagikSampler: ApplicationSampler {
    private struct Project {
        let name: String
        let version: String
        let isPython: Bool
        let user: String
        let session: String

        var resource: OTLPResource {
            OTLPResource([
                ("service.name", .string(name)), ("service.version", .string(version)),
                ("project.name", .string(name)), ("project.version", .string(version)),
                ("service.organization", "namastex"), ("user.id", .string(user)), ("session.id", .string(session)),
                ("telemetry.sdk.name", "automagik-telemetry"), ("telemetry.sdk.version", "0.1.4"),
            ])
        }

        var scope: OTLPScope { OTLPScope(name: "\(name).telemetry", version: version) }

        /// The attributes that the SDK puts on every signal in TypeScript and on spans only in Python.
        var system: SampleAttributes {
            [
                ("system.os", "Linux"), ("system.os_version", "6.8.0"),
                isPython ? ("system.python_version", "3.12.4") : ("system.node_version", "v22.4.0"),
                ("system.architecture", "x86_64"), ("system.is_docker", .bool(!isPython)),
                ("system.project_name", .string(name)), ("system.project_version", .string(version)),
                ("system.organization", "namastex"),
            ]
        }
    }

    private struct Event {
        let name: String
        let attributes: SampleAttributes
        let metric: OTLPMetric?
        let log: OTLPLogRecord?
    }

    private let projects: [Project]

    init(random: inout RandomSource) {
        // One person at one machine uses all projects; each run of a project is a session of its own.
        let user = random.uuid()
        var projects: [Project] = []
        for (name, version, isPython) in [
            ("automagik-hive", "0.3.2", true), ("automagik-omni", "0.5.0", true),
            ("automagik-forge", "1.2.1", false), ("automagik-genie", "2.0.0", false),
        ] {
            projects.append(
                Project(name: name, version: version, isPython: isPython, user: user, session: random.uuid()))
        }
        self.projects = projects
    }

    mutating func sample(traces: Int, in window: TimeWindow, random: inout RandomSource) -> SampleTelemetry {
        var spans: [[OTLPSpan]] = projects.map { _ in [] }
        var metrics: [[OTLPMetric]] = projects.map { _ in [] }
        var logs: [[OTLPLogRecord]] = projects.map { _ in [] }
        var traceIDs: [String] = []
        for time in window.moments(traces, &random) {
            let index = random.below(projects.count)
            let project = projects[index]
            let event = Self.event(of: project, at: time, random: &random)

            var trace = TraceRecorder(random: &random)
            let handle = trace.begin(event.name, .internal, project.system + event.attributes, random: &random)
            // Python reads the clock twice, some microseconds apart; TypeScript uses one reading for both.
            if project.isPython { trace.work(UInt64(random.from(1_000...9_000))) }
            trace.succeed(handle)
            trace.finish(at: time)
            spans[index] += trace.spans
            traceIDs.append(trace.traceID.lowercaseHex)

            if let metric = event.metric { metrics[index].append(metric) }
            if var log = event.log {
                log.attributes += [OTLPKeyValue]([
                    ("trace_id", .string(trace.traceID.lowercaseHex)),
                    ("span_id", .string(trace.span(handle).spanID.lowercaseHex)),
                ])
                logs[index].append(log)
            }
        }
        return SampleTelemetry(
            traces: OTLPTraceRequest(projects.indices.map { (projects[$0].resource, projects[$0].scope, spans[$0]) }),
            metrics: OTLPMetricsRequest(
                projects.indices.map { (projects[$0].resource, projects[$0].scope, metrics[$0]) }),
            logs: OTLPLogsRequest(projects.indices.map { (projects[$0].resource, projects[$0].scope, logs[$0]) }),
            traceIDs: traceIDs)
    }

    // MARK: The six standard events

    private static func event(of project: Project, at time: UInt64, random: inout RandomSource) -> Event {
        let signalAttributes = project.isPython ? [] : project.system
        func counter(_ name: String, _ attributes: SampleAttributes) -> OTLPMetric {
            .counter(
                name: name,
                [OTLPNumberDataPoint(.asDouble(1), at: time, since: time, signalAttributes + attributes)])
        }
        func gauge(_ name: String, _ value: Double, unit: String) -> OTLPMetric {
            .gauge(
                name: name, unit: unit, [OTLPNumberDataPoint(.asDouble(value), at: time, signalAttributes)])
        }
        func histogram(_ name: String, _ value: Double, _ attributes: SampleAttributes) -> OTLPMetric {
            var point = OTLPHistogramDataPoint()
            point.timeUnixNano = time
            point.startTimeUnixNano = time
            point.attributes = [OTLPKeyValue](signalAttributes + attributes)
            point.count = 1
            point.sum = value
            // TypeScript sends a single bucket without bounds, Python neither.
            if !project.isPython { point.bucketCounts = [1] }
            return .histogram(name: name, unit: project.isPython ? "" : "ms", [point])
        }
        func log(_ severity: OTLPSeverityNumber, _ text: String, _ body: String) -> OTLPLogRecord {
            OTLPLogRecord(severity, text, body: body, at: time, signalAttributes)
        }

        switch random.below(100) {
        case ..<25:
            let feature = random.pick(["agent_run", "workflow_create", "whatsapp_send", "mcp_tool_call", "task_split"])
            let attributes: SampleAttributes = [("feature_name", .string(feature)), ("feature_category", "core")]
            return Event(
                name: "automagik.feature.used", attributes: attributes,
                metric: counter("automagik.features.used", [("feature_name", .string(feature))]),
                log: log(.info, "INFO", "feature \(feature) used"))
        case ..<50:
            let endpoint = random.pick(["/api/v1/agents", "/api/v1/runs", "/api/v1/messages", "/api/v1/health"])
            let status = random.chance(0.05) ? 500.0 : 200.0
            let latency = random.logNormal(median: 40)
            return Event(
                name: "automagik.api.request",
                attributes: [
                    ("endpoint", .string(endpoint)), ("method", "POST"), ("status", .double(status)),
                    ("duration_ms", .double(latency)),
                ],
                metric: histogram("automagik.api.latency", latency, [("endpoint", .string(endpoint))]),
                log: status == 200 ? nil : log(.warn, "WARN", "POST \(endpoint) answered 500"))
        case ..<65:
            let command = random.pick(["init", "run", "deploy", "logs"])
            return Event(
                name: "automagik.cli.command",
                attributes: [("command", .string(command)), ("exit_code", 0.0), ("args_count", 2.0)],
                metric: counter("automagik.cli.commands", [("command", .string(command))]),
                log: log(.debug, "DEBUG", "command \(command) finished"))
        case ..<80:
            let operation = random.pick(["llm_call", "embedding", "db_query"])
            let latency = random.logNormal(median: operation == "db_query" ? 8 : 600)
            return Event(
                name: "automagik.performance.latency",
                attributes: [("operation", .string(operation)), ("latency_ms", .double(latency))],
                metric: histogram("automagik.performance.latency_ms", latency, [("operation", .string(operation))]),
                log: nil)
        case ..<90:
            let (type, message) = random.pick([
                ("TimeoutError", "model did not answer within 30 s"),
                ("ValidationError", "field 'agent_id' is required"),
                ("ConnectionError", "connection refused by localhost:5432"),
            ])
            let isFatal = random.chance(0.1)
            var record = log(isFatal ? .fatal : .error, isFatal ? "FATAL" : "ERROR", "\(type): \(message)")
            record.attributes += [OTLPKeyValue]([
                ("exception.type", .string(type)), ("exception.message", .string(message)),
            ])
            return Event(
                name: "automagik.error",
                attributes: [("error_type", .string(type)), ("error_message", .string(message))],
                metric: counter("automagik.errors", [("error_type", .string(type))]), log: record)
        default:
            let memory = Double(random.from(120...480))
            return Event(
                name: "automagik.health",
                attributes: [
                    ("status", "healthy"), ("memory_mb", .double(memory)),
                    ("uptime_s", .double(Double(random.from(60...86_400)))),
                ],
                metric: gauge("automagik.memory.usage", memory, unit: project.isPython ? "" : "MB"), log: nil)
        }
    }
}
