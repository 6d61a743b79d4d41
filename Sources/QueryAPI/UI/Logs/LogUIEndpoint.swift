/// What the page can ask about logs, all of it with GET; `{id}` is a trace's id.
enum LogUIEndpoint: String, CaseIterable, Sendable {
    case logs = "/api/ui/logs"
    case patterns = "/api/ui/logs/patterns"
    case ofTrace = "/api/ui/trace/{id}/logs"

    /// Server-sent events, so served by its own handler.
    static let tailPath = "/api/ui/logs/tail"

    var path: String { rawValue }
}
