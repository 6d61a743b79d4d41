package import TelemetryModel

/// Where an event comes from: a file as the tailer knows it, or another input.
package struct LogSource: Sendable {
    /// Of the file; empty for inputs that have none.
    package let path: String
    /// The file's inode; nil when there is none.
    package let inode: UInt64?
    let inodeText: String?
    /// `log` for a tailed file, as in Filebeat.
    package let inputType: String
    package let hostName: String
    /// `service.name` by configuration; nil: the line names it, else the file's name does.
    package let serviceName: String?
    /// Set by configuration for all events of the source: attributes of the resource, hence labels of the stream.
    package let fields: [LogAttribute]
    /// Overrules the processor's encoding, for files with a byte order mark.
    package let encoding: TextEncoding?
    /// The resource of an event whose line names no service.
    package let resource: [LogAttribute]

    package init(
        path: String, inode: UInt64? = nil, inputType: String = "log", hostName: String = "",
        serviceName: String? = nil, fields: [LogAttribute] = [], encoding: TextEncoding? = nil
    ) {
        self.path = path
        self.inode = inode
        inodeText = inode.map { "\($0)" }
        self.inputType = inputType
        self.hostName = hostName
        self.serviceName = serviceName
        self.fields = fields
        self.encoding = encoding
        resource = Self.resource(
            path: path, hostName: hostName, serviceName: serviceName ?? ServiceName.ofFile(path), fields: fields)
    }

    /// `service.name` first, as the seeds' readers look for it there.
    private static func resource(
        path: String, hostName: String, serviceName: String, fields: [LogAttribute]
    ) -> [LogAttribute] {
        var resource = [LogAttribute("service.name", .string(serviceName))]
        func add(_ name: String, _ value: LogValue) {
            if let place = resource.firstIndex(where: { $0.name == name }) {
                resource[place].value = value
            } else {
                resource.append(LogAttribute(name, value))
            }
        }
        if !hostName.isEmpty { add("host.name", .string(hostName)) }
        if !path.isEmpty {
            add("log.file.path", .string(path))
            let name = path.split(separator: "/").last.map(String.init) ?? path
            add("log.file.name", .string(name))
        }
        for field in fields { add(field.name, field.value) }
        return resource
    }
}
