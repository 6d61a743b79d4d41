/// Attributes whose values differ from run to run of the same program, by their key.
///
/// Values of all other attributes are looked through for ids, times and ports (`VolatileText`). `SnapshotOptions.kept`
/// takes an attribute off this list.
package enum VolatileAttributes {
    /// Masked whatever the value is.
    package static let keys: Set<String> = [
        // Of the process, the thread and the machine.
        "process.pid", "process.parent_pid", "process.creation.time", "process.command_args", "process.command_line",
        "process.executable.path", "process.owner", "process.real_user.id", "process.user.id", "process.vpid",
        "process.session_leader.pid", "process.group_leader.pid",
        "thread.id", "thread.name",
        "host.name", "host.id", "host.ip", "host.mac", "host.image.id", "os.build_id", "os.description", "os.version",
        "service.instance.id", "container.id", "container.name", "container.image.id", "container.runtime.version",
        "k8s.pod.name", "k8s.pod.uid", "k8s.pod.ip", "k8s.node.name", "k8s.node.uid", "k8s.replicaset.name",
        "k8s.replicaset.uid", "k8s.container.restart_count", "k8s.job.name", "cloud.account.id", "faas.instance",
        "faas.invocation_id", "aws.ecs.task.arn", "aws.ecs.task.id", "log.file.inode", "log.file.offset",
        // Of what the program is built with: an update of a library is no change of the program.
        "telemetry.sdk.version", "telemetry.distro.version", "telemetry.auto.version", "process.runtime.version",
        "process.runtime.description",
        // Of who calls from where.
        "client.address", "net.peer.ip", "net.host.ip", "net.sock.peer.addr", "net.sock.host.addr",
        "network.peer.address", "network.local.address",
        // Of the session of a person.
        "session.id", "session.previous_id",
        // Of lines in the source, which move when a line above is added.
        "code.lineno", "code.line.number", "code.column", "code.column.number", "exception.stacktrace",
        "code.stacktrace", "log.origin.file.line",
    ]

    /// Masked whatever the value is: ports, and times as text or number.
    package static let suffixes: [String] = [
        ".port", "_port", ".timestamp", "_timestamp", ".time_unix_nano", "_unix_nano", ".created_at", ".updated_at",
    ]

    /// Masked when the value is a number: what was measured. `timeout` and the like are settings and stay.
    package static let measuredSuffixes: [String] = [
        "_ms", "_us", "_ns", "_seconds", "_millis", "_micros", "_nanos", ".duration", "_duration", ".latency",
        "_latency", ".elapsed", "_elapsed", "_time", ".time",
    ]

    /// A measured name that is a setting all the same.
    private static let settings = ["timeout", "interval", "deadline", "delay", "ttl", "retention"]

    /// Whether the value of an attribute is masked because of its key.
    static func isMasked(_ key: String, isNumber: Bool) -> Bool {
        if keys.contains(key) { return true }
        if suffixes.contains(where: key.hasSuffix) { return true }
        guard isNumber, measuredSuffixes.contains(where: key.hasSuffix) else { return false }
        return !settings.contains { key.contains($0) }
    }
}
