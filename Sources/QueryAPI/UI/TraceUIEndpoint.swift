/// What the page can ask about traces, all of it with GET; `{id}` is a trace's id in hex.
enum TraceUIEndpoint: String, CaseIterable, Sendable {
    // One trace.
    case summary = "/api/ui/trace/{id}"
    case skeleton = "/api/ui/trace/{id}/skeleton"
    case spans = "/api/ui/trace/{id}/spans"
    case search = "/api/ui/trace/{id}/search"
    case criticalPath = "/api/ui/trace/{id}/critical-path"
    case flame = "/api/ui/trace/{id}/flame"
    case statistics = "/api/ui/trace/{id}/statistics"
    case statements = "/api/ui/trace/{id}/statements"
    // All traces that answer a query.
    case allFlame = "/api/ui/traces/flame"
    case allCriticalPaths = "/api/ui/traces/critical-path"
    case allOperations = "/api/ui/traces/operations"
    case allStatements = "/api/ui/traces/statements"
    case allRepeatedStatements = "/api/ui/traces/repeated-statements"
    // All services.
    case serviceGraph = "/api/ui/servicegraph"

    var path: String { rawValue }
}
