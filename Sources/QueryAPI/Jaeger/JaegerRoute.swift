/// What a method and a path ask for.
enum JaegerRoute: Equatable, Sendable {
    case root
    case services
    case operationNames(service: String)
    case operations
    case search
    case trace(String)
    case archive(String)
    case dependencies
    case metric(JaegerMetric)
    case minimumStep
    case transform
    case v3Services
    case v3Operations
    case v3Dependencies
    case v3Trace(String)
    case v3Search
    case v3Summaries

    var readsSpans: Bool {
        switch self {
        case .root, .minimumStep, .transform: false
        default: true
        }
    }

    static func isV3(_ path: String) -> Bool { path == "/api/v3" || path.hasPrefix("/api/v3/") }

    /// - Throws: 404 for an unknown path, 405 for a known one with another method.
    init(method: String, path: String) throws(JaegerFailure) {
        var parts: [String] = []
        for part in path.split(separator: "/") {
            guard let text = try? FormParameters.decodedPathPart(part) else {
                throw JaegerFailure(400, "the path has an invalid escape")
            }
            parts.append(text)
        }
        let (route, methods) = try Self.find(parts, method: method, path: path)
        guard methods.contains(method == "HEAD" ? "GET" : method) else {
            throw JaegerFailure(
                405, "method \(method) is not allowed, \(path) takes \(methods.joined(separator: ", "))")
        }
        self = route
    }

    private static func find(
        _ parts: [String], method: String, path: String
    ) throws(JaegerFailure) -> (JaegerRoute, methods: [String]) {
        if parts.isEmpty { return (.root, ["GET"]) }
        guard parts[0] == "api" else { throw unknown(path) }
        switch parts.count {
        case 2:
            switch parts[1] {
            case "services": return (.services, ["GET"])
            case "operations": return (.operations, ["GET"])
            case "traces": return (.search, ["GET"])
            case "dependencies": return (.dependencies, ["GET"])
            case "transform": return (.transform, ["POST"])
            default: throw unknown(path)
            }
        case 3:
            switch (parts[1], parts[2]) {
            case ("traces", let id): return (.trace(id), ["GET"])
            case ("archive", let id): return (.archive(id), ["POST"])
            case ("metrics", "minstep"): return (.minimumStep, ["GET"])
            case ("metrics", let name):
                guard let metric = JaegerMetric(rawValue: name) else { throw unknown(path) }
                return (.metric(metric), ["GET"])
            case ("v3", "services"): return (.v3Services, ["GET"])
            case ("v3", "operations"): return (.v3Operations, ["GET"])
            case ("v3", "dependencies"): return (.v3Dependencies, ["GET"])
            case ("v3", "traces"): return (.v3Search, ["GET", "POST"])
            case ("v3", "trace-summaries"): return (.v3Summaries, ["GET", "POST"])
            default: throw unknown(path)
            }
        case 4:
            switch (parts[1], parts[2], parts[3]) {
            case ("services", let service, "operations"): return (.operationNames(service: service), ["GET"])
            case ("v3", "traces", let id): return (.v3Trace(id), ["GET"])
            default: throw unknown(path)
            }
        default: throw unknown(path)
        }
    }

    private static func unknown(_ path: String) -> JaegerFailure {
        JaegerFailure(404, "the Jaeger API has no path \(path)")
    }
}
