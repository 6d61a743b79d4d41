import Yams

/// Lines of a Tempo configuration by which stacks failed.
struct TempoReview {
    private let root: Node

    init(_ root: Node) { self.root = root }

    func examine(_ notes: inout ReviewNotes) {
        // At the line of the key: a block begins below it.
        for section in root.members where ["ingester", "compactor"].contains(section.key) {
            notes.add(
                .broken, section.keyNode, section.key,
                "Tempo 3 knows no section \(section.key) and does not start with it (field \(section.key) not found); an "
                    + "image :latest is Tempo 3")
        }
        if let retention = root.at("compactor", "compaction", "block_retention") {
            notes.add(
                .note, retention, "compactor.compaction.block_retention",
                "in Martlet: retention.traces: \(retention.word ?? "")")
        }
        let processors =
            root.at("metrics_generator", "processor") ?? root.at(
                "overrides", "defaults", "metrics_generator", "processors")
            ?? root.at("overrides", "metrics_generator_processors")
        let storage = root.at("metrics_generator", "storage", "remote_write")
        if let processors, storage == nil || storage?.items.isEmpty == true {
            notes.add(
                .lossy, processors, "metrics_generator",
                "span metrics are made and sent nowhere: metrics_generator.storage.remote_write is missing. Martlet has them "
                    + "in PromQL without any configuration")
        }
        if let local = root.at("storage", "trace", "local", "path"), let path = local.word, path.hasPrefix("/var/tempo")
        {
            notes.add(
                .note, local, "storage.trace.local.path",
                "traces are gone with the container unless a volume is mounted at \(path)")
        }
        if root.at("distributor", "receivers") == nil {
            notes.add(.broken, root.at("distributor") ?? root, "distributor.receivers", "nothing is received")
        }
        for name in ["grpc", "http"] {
            guard let node = root.at("distributor", "receivers", "otlp", "protocols", name) else { continue }
            if node.at("endpoint") == nil {
                notes.add(
                    .lossy, node, "distributor.receivers.otlp.protocols.\(name)",
                    "without an endpoint it listens on localhost, which other containers cannot reach")
            }
        }
    }
}
