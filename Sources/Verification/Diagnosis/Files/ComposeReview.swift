import Yams

/// Lines of a Docker Compose file by which stacks of telemetry failed.
struct ComposeReview {
    private let root: Node

    init(_ root: Node) { self.root = root }

    func examine(_ notes: inout ReviewNotes) {
        for service in root.at("services")?.members ?? [] {
            let path = "services.\(service.key)"
            guard let imageNode = service.value.at("image"), let image = imageNode.word else { continue }
            if image.hasSuffix(":latest") || !(image.split(separator: "/").last ?? "").contains(":") {
                notes.add(
                    .lossy, imageNode, "\(path).image",
                    "\(image) is another version tomorrow: Collector 0.128 and Tempo 3 refuse configurations that older "
                        + "ones took")
            }
            let check = service.value.at("healthcheck", "test")
            if image.contains("opentelemetry-collector"), let check,
                check.words.contains(where: { $0.contains("curl") })
            {
                notes.add(
                    .broken, check, "\(path).healthcheck",
                    "the image has no curl and no shell: the container is never healthy, and what depends on it never "
                        + "starts")
            }
            let environment = service.value.at("environment")
            let names =
                environment?.mapping == nil
                ? environment?.words.map { String($0.prefix { $0 != "=" }) } ?? []
                : environment?.members.map(\.key) ?? []
            if image.hasPrefix("statsd/statsd"), names.contains("STATSD_CONFIG_FILE") {
                notes.add(
                    .lossy, environment, "\(path).environment.STATSD_CONFIG_FILE",
                    "the image does not read it: it runs config.js of its working directory")
            }
            if image.contains("grafana/tempo"),
                (service.value.at("volumes")?.words ?? []).allSatisfy({
                    !$0.contains("/var/tempo")
                })
            {
                notes.add(
                    .lossy, imageNode, "\(path).volumes",
                    "no volume at /var/tempo: traces are gone with the container")
            }
            if image.contains("grafana/grafana"), names.contains("GF_INSTALL_PLUGINS") {
                notes.add(
                    .note, environment, "\(path).environment.GF_INSTALL_PLUGINS",
                    "plugins are fetched at each first start; without the internet Grafana starts without them")
            }
        }
        for network in root.at("networks")?.members ?? [] where network.value.at("external")?.isTrue == true {
            notes.add(
                .note, network.keyNode, "networks.\(network.key)",
                "external: it must be made before (docker network create), or nothing starts")
        }
    }
}
