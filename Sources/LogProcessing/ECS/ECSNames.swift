/// ECS's names of attributes that have others in a record.
enum ECSNames {
    static func name(of attribute: String) -> String { names[attribute] ?? attribute }

    /// Defined as `long` or `integer` by ECS.
    static func isNumber(_ name: String) -> Bool { numbers.contains(name) }

    /// Defined as a list ("Note: this field should contain an array of values").
    static func isList(_ name: String) -> Bool { name == "tags" || name == "log.flags" }

    /// OpenTelemetry's names, and the short ones of the seeds' lines.
    private static let names: [String: String] = [
        "code.file.path": "log.origin.file.name", "code.filepath": "log.origin.file.name",
        "code.line.number": "log.origin.file.line", "code.lineno": "log.origin.file.line",
        "code.function.name": "log.origin.function", "code.function": "log.origin.function",
        "thread.name": "process.thread.name", "thread.id": "process.thread.id",
        "exception.type": "error.type", "exception.message": "error.message",
        "exception.stacktrace": "error.stack_trace", "error": "error.message",
        "log.record.original": "event.original", "client.address": "source.address",
        "http.response.body.size": "http.response.body.bytes", "http.request.body.size": "http.request.body.bytes",
        "http.request.header.referer": "http.request.referrer", "network.protocol.name": "network.protocol",
        "network.protocol.version": "http.version", "database": "database.name", "database_name": "database.name",
        "deployment.environment": "service.environment", "deployment.environment.name": "service.environment",
        "log.iostream": "stream",
    ]

    private static let numbers: Set<String> = [
        "log.offset", "log.origin.file.line", "process.pid", "process.parent.pid", "process.thread.id",
        "http.response.status_code", "http.response.body.bytes", "http.response.bytes", "http.request.body.bytes",
        "http.request.bytes", "event.duration", "event.severity", "event.sequence", "source.port", "client.port",
        "server.port", "destination.port", "url.port", "file.size", "host.uptime",
    ]
}
