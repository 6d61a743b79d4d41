import Yams

/// Lines of Grafana's provisioned data sources by which stacks failed.
struct DatasourcesReview {
    private let root: Node

    init(_ root: Node) { self.root = root }

    func examine(_ notes: inout ReviewNotes) {
        let sources = root.at("datasources")?.items ?? []
        let ids = Set(sources.compactMap { $0.at("uid")?.word })
        for source in sources {
            let path = "datasources.\(source.at("name")?.word ?? "")"
            let type = source.at("type")?.word ?? ""
            if let url = source.at("url"), let word = url.word, type == "prometheus",
                [":8889", ":8888", ":9464", ":9102", ":9100"].contains(where: {
                    word.hasSuffix($0) || word.contains("\($0)/")
                })
            {
                notes.add(
                    .broken, url, "\(path).url",
                    "\(word) is a page of metrics, not the API of Prometheus: every panel fails. Martlet answers PromQL on "
                        + "9090")
            }
            for key in [
                "tracesToLogs", "tracesToLogsV2", "tracesToMetrics", "lokiSearch", "serviceMap", "tracesToProfiles",
            ] {
                guard let link = source.at("jsonData", key), let target = link.at("datasourceUid") else { continue }
                let word = target.word ?? ""
                if word.isEmpty || word == "null" || word == "~" {
                    notes.add(.lossy, target, "\(path).jsonData.\(key)", "no data source: the link does nothing")
                } else if !ids.contains(word) {
                    notes.add(
                        .broken, target, "\(path).jsonData.\(key)",
                        "there is no data source with the uid \(word) in this file: the link leads nowhere")
                } else if key == "serviceMap",
                    sources.first(where: { $0.at("uid")?.word == word })?.at("type")?.word != "prometheus"
                {
                    notes.add(
                        .broken, target, "\(path).jsonData.serviceMap",
                        "the service graph is read from Prometheus, and \(word) is none")
                }
            }
        }
    }
}
