import HTTPSurface
import HTTPTypes
import Hummingbird
import Logging
import Metrics
import NIOCore
import TelemetryModel

/// `/metrics` of Martlet itself.
enum SelfMetricsSurface {
    static func make(
        _ options: SurfaceOptions, registry: MetricsRegistry, startTime: Timestamp,
        ingestBytes: @escaping @Sendable () -> Int, logBytes: @escaping @Sendable () -> Int,
        beforePrint: @escaping @Sendable () -> Void,
        logger: Logger, onListening: @escaping @Sendable (Int) -> Void
    ) -> HTTPSurface {
        HTTPSurface(options, logger: logger, onListening: onListening) { router in
            router.head("/metrics") { _, _ in
                Response(status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"])
            }
            router.get("/metrics") { _, _ in
                Meter(label: "martlet_ingest_memory_bytes", factory: registry).set(ingestBytes())
                Meter(label: "martlet_log_bytes", factory: registry).set(logBytes())
                beforePrint()
                let text = registry.text() + processText(.read(), startTime: startTime)
                return Response(
                    status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: .init(byteBuffer: ByteBuffer(string: text)))
            }
        }
    }

    /// Read at the scrape, so they are not kept in the registry.
    private static func processText(_ facts: ProcessFacts, startTime: Timestamp) -> String {
        var text = ""
        func add(_ name: String, _ type: String, _ value: String) {
            text += "# HELP \(name) \(SelfMetricCatalog.help[name] ?? "")\n# TYPE \(name) \(type)\n\(name) \(value)\n"
        }
        text += "# HELP martlet_build_info \(SelfMetricCatalog.help["martlet_build_info"] ?? "")\n"
        text += "# TYPE martlet_build_info gauge\nmartlet_build_info{version=\"\(MartletVersion.current)\"} 1\n"
        add("process_cpu_seconds_total", "counter", MetricsRegistry.print(facts.cpuSeconds))
        if let bytes = facts.residentBytes { add("process_resident_memory_bytes", "gauge", "\(bytes)") }
        if let bytes = facts.privateBytes { add("process_private_memory_bytes", "gauge", "\(bytes)") }
        if let count = facts.openDescriptors { add("process_open_fds", "gauge", "\(count)") }
        if let count = facts.threads { add("process_threads", "gauge", "\(count)") }
        add("process_start_time_seconds", "gauge", MetricsRegistry.print(Double(startTime.nanoseconds) * 1e-9))
        return text
    }
}
