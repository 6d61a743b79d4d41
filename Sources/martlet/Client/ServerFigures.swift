import MartletServer

/// Single figures of the running server's own metrics.
enum ServerFigures {
    /// The value of a metric without labels; nil when the port is off or does not answer, or the metric is missing.
    static func value(_ name: String, _ state: ServerState) async -> Double? {
        guard let url = state.url("self_metrics"),
            let answer = try? await HTTPCalls.send("GET", url + "/metrics", timeout: .seconds(5)), answer.status == 200
        else { return nil }
        return value(name, in: answer.text)
    }

    static func value(_ name: String, in text: String) -> Double? {
        for line in text.split(separator: "\n") where line.hasPrefix(name + " ") {
            return Double(line.dropFirst(name.utf8.count + 1))
        }
        return nil
    }
}
