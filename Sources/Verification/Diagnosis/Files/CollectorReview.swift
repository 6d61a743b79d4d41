import Yams

/// Lines of a configuration of the OpenTelemetry Collector by which stacks failed.
struct CollectorReview {
    private let root: Node
    private let pipelines: [(key: String, keyNode: Node, value: Node)]

    init(_ root: Node) {
        self.root = root
        pipelines = root.at("service", "pipelines")?.members ?? []
    }

    func examine(_ notes: inout ReviewNotes) {
        unknownKeys(&notes)
        telemetry(&notes)
        components(&notes)
        exporters(&notes)
        processors(&notes)
        receivers(&notes)
        pipelines(&notes)
    }

    /// The type of a component: what stands before the slash of its name.
    private static func type(_ name: String) -> String { String(name.prefix { $0 != "/" }) }

    private func unknownKeys(_ notes: inout ReviewNotes) {
        let known: Set = ["receivers", "processors", "exporters", "connectors", "extensions", "service"]
        for member in root.members where !known.contains(member.key) {
            notes.add(
                .broken, member.keyNode, member.key,
                "the Collector knows no section \(member.key) and does not start with it")
        }
    }

    private func telemetry(_ notes: inout ReviewNotes) {
        if let address = root.at("service", "telemetry", "metrics", "address") {
            notes.add(
                .broken, address, "service.telemetry.metrics.address",
                "the key was taken away: since 0.128 Collectors end with \"has invalid keys: address\", and with them all "
                    + "of the stack. Martlet's own metrics are on 8888 without any configuration")
        }
    }

    /// What pipelines name must be there; what is there and in no pipeline does nothing.
    private func components(_ notes: inout ReviewNotes) {
        let connectors = Set(root.at("connectors")?.members.map(\.key) ?? [])
        for section in ["receivers", "processors", "exporters"] {
            let defined = root.at(section)?.members ?? []
            let names = Set(defined.map(\.key)).union(section == "processors" ? [] : connectors)
            var used: Set<String> = []
            for pipeline in pipelines {
                for item in pipeline.value.at(section)?.items ?? [] {
                    guard let name = item.word else { continue }
                    used.insert(name)
                    if !names.contains(name) {
                        notes.add(
                            .broken, item, "service.pipelines.\(pipeline.key).\(section)",
                            "\(name) is not defined under \(section): the Collector does not start")
                    }
                }
            }
            for member in defined where !used.contains(member.key) {
                notes.add(
                    .lossy, member.keyNode, "\(section).\(member.key)",
                    "no pipeline uses it, so it does nothing")
            }
        }
        let extensions = Set(root.at("service", "extensions")?.words ?? [])
        for member in root.at("extensions")?.members ?? [] where !extensions.contains(member.key) {
            notes.add(.lossy, member.keyNode, "extensions.\(member.key)", "service.extensions does not start it")
        }
    }

    private func exporters(_ notes: inout ReviewNotes) {
        let removed = [
            "jaeger": "removed in 0.86: send OTLP to Jaeger's port 4317",
            "logging": "removed in 0.111: its name is debug now",
            "jaeger_thrift": "removed in 0.86: send OTLP to Jaeger's port 4318",
            "opencensus": "deprecated; send OTLP",
        ]
        for member in root.at("exporters")?.members ?? [] {
            let path = "exporters.\(member.key)"
            let type = Self.type(member.key)
            if let why = removed[type] { notes.add(.broken, member.keyNode, path, why) }
            if let endpoint = member.value.at("endpoint"), let word = endpoint.word {
                self.endpoint(word, endpoint, type, path, &notes)
            }
            if type == "file" { file(member.value, member.keyNode, path, &notes) }
            if type == "prometheus", member.value.at("resource_to_telemetry_conversion", "enabled")?.isTrue != true {
                notes.add(
                    .note, member.keyNode, path,
                    "attributes of resources do not become labels (resource_to_telemetry_conversion is off); only job and "
                        + "instance tell services apart")
            }
            if type == "prometheus", member.value.at("const_labels", "service") != nil {
                notes.add(
                    .lossy, member.value.at("const_labels", "service"), "\(path).const_labels.service",
                    "every metric of every service gets this one service")
            }
        }
    }

    private func endpoint(_ word: String, _ node: Node, _ type: String, _ path: String, _ notes: inout ReviewNotes) {
        let port = word.split(separator: ":").last.map { $0.prefix { $0.isNumber } }.flatMap { Int($0) }
        if type == "otlp", port == 14250 {
            notes.add(
                .broken, node, "\(path).endpoint",
                "14250 is Jaeger's own protocol: it answers OTLP with Unimplemented (unknown service …TraceService), and no "
                    + "trace arrives. OTLP goes to 4317; Martlet takes both on both")
        }
        if type == "otlp", port == 4318 {
            notes.add(
                .broken, node, "\(path).endpoint", "the exporter otlp speaks gRPC, 4318 is HTTP: use otlphttp or 4317")
        }
        if type == "otlphttp", port == 4317 {
            notes.add(
                .broken, node, "\(path).endpoint", "the exporter otlphttp speaks HTTP, 4317 is gRPC: use otlp or 4318")
        }
        if type == "otlp", word.hasPrefix("http://") == false, word.hasPrefix("https://") == false,
            root.at("exporters", String(path.dropFirst("exporters.".count)), "tls", "insecure")?.isTrue != true
        {
            notes.add(
                .lossy, node, "\(path).endpoint",
                "without tls.insecure: true the exporter speaks TLS, which a plain port does not answer")
        }
    }

    private func file(_ exporter: Node, _ keyNode: Node, _ path: String, _ notes: inout ReviewNotes) {
        if exporter.at("append")?.isTrue != true, exporter.at("rotation") == nil {
            notes.add(
                .lossy, keyNode, path,
                "neither append nor rotation: the file is cut to nothing at each start. Martlet's mirror appends and rotates"
            )
        }
        if exporter.at("append")?.isTrue == true, exporter.at("rotation") != nil || exporter.at("compression") != nil {
            notes.add(.broken, keyNode, path, "append cannot be used with rotation or compression")
        }
        notes.add(
            .note, keyNode, path,
            "a file that is deleted while the Collector runs is written on under no name, and lost; the mirror makes it anew"
        )
    }

    private func processors(_ notes: inout ReviewNotes) {
        for member in root.at("processors")?.members ?? [] {
            let path = "processors.\(member.key)"
            switch Self.type(member.key) {
            case "attributes", "resource":
                let actions = member.value.at("actions")?.items ?? member.value.at("attributes")?.items ?? []
                for action in actions where action.at("key")?.word == "service.name" {
                    guard ["upsert", "update"].contains(action.at("action")?.word ?? "") else { continue }
                    notes.add(
                        .lossy, action, path,
                        "every span, point and log gets this service.name: telemetry of several services cannot be told "
                            + "apart any more. Martlet leaves service.name as the sender says it")
                }
            case "filter": filter(member.value, path, &notes)
            case "memory_limiter": break
            default: break
            }
        }
    }

    /// An include list of dotted names only admits nothing that is named with underscores.
    private func filter(_ filter: Node, _ path: String, _ notes: inout ReviewNotes) {
        guard let include = filter.at("metrics", "include") else { return }
        let names = include.at("metric_names")
        let patterns = names?.words ?? []
        let dotted = patterns.filter { $0.contains("\\.") || $0.contains(".") && !$0.hasSuffix(".*") }
        guard !patterns.isEmpty, dotted.count == patterns.count else { return }
        notes.add(
            .lossy, names ?? include, "\(path).metrics.include",
            "only metrics with dots in their names pass (\(patterns.joined(separator: ", "))): spacetimedb_database_… "
                + "and all others with underscores are dropped without a word. Martlet drops nothing by name")
    }

    private func receivers(_ notes: inout ReviewNotes) {
        let exposed = Set(
            (root.at("exporters")?.members ?? []).filter { Self.type($0.key) == "prometheus" }
                .compactMap { $0.value.at("endpoint")?.word?.split(separator: ":").last.map(String.init) })
        for member in root.at("receivers")?.members ?? [] {
            let path = "receivers.\(member.key)"
            switch Self.type(member.key) {
            case "prometheus":
                for job in member.value.at("config", "scrape_configs")?.items ?? [] {
                    for target in job.at("static_configs")?.items.flatMap({ $0.at("targets")?.items ?? [] }) ?? [] {
                        guard let word = target.word, let port = word.split(separator: ":").last,
                            exposed.contains(String(port))
                        else { continue }
                        notes.add(
                            .lossy, target, "\(path).config.scrape_configs",
                            "the Collector scrapes the page that it writes itself (\(word)): each metric comes back in, and "
                                + "again")
                    }
                }
            case "statsd":
                if member.value.at("is_monotonic_counter")?.isTrue != true {
                    notes.add(
                        .lossy, member.keyNode, path,
                        "counters become deltas that are not monotonic (is_monotonic_counter is off), and the Prometheus "
                            + "exporter drops those. Martlet adds counters up")
                }
            case "jaeger", "zipkin", "otlp": break
            default: break
            }
        }
    }

    private func pipelines(_ notes: inout ReviewNotes) {
        for pipeline in pipelines {
            let path = "service.pipelines.\(pipeline.key)"
            let exporters = pipeline.value.at("exporters")?.words ?? []
            if !exporters.isEmpty, exporters.allSatisfy({ ["debug", "logging", "nop"].contains(Self.type($0)) }) {
                notes.add(
                    .lossy, pipeline.keyNode, path,
                    "its only exporter is \(exporters.joined(separator: ", ")): what comes in is printed and gone")
            }
            let processors = pipeline.value.at("processors")?.words ?? []
            if let place = processors.firstIndex(where: { Self.type($0) == "memory_limiter" }), place > 0 {
                notes.add(
                    .lossy, pipeline.value.at("processors"), "\(path).processors",
                    "memory_limiter stands behind \(processors[0]): it belongs first, or what it should refuse is taken"
                )
            }
        }
        if pipelines.isEmpty {
            notes.add(
                .broken, root.at("service"), "service.pipelines", "there is no pipeline: the Collector does not start")
        }
    }
}
