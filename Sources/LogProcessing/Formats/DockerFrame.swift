import TelemetryModel

/// A line of Docker's `json-file` driver: `{"log":"text\n","stream":"stdout","time":"…"}`.
struct DockerFrame {
    var line: String
    var stream: String
    var time: LogValue?
    /// What else stands there: `attrs`, and labels that the driver was told to add.
    var attributes: [LogAttribute]
}

extension FieldCollector {
    /// Nil when the fields are not those of Docker.
    func dockerFrame() -> DockerFrame? {
        guard let (name, value) = messageField, name == "log", case .string(let line) = value,
            let place = attributes.firstIndex(where: { $0.name == "stream" }),
            case .string(let stream) = attributes[place].value, stream == "stdout" || stream == "stderr"
        else { return nil }
        var rest = attributes
        rest.remove(at: place)
        return DockerFrame(line: line, stream: stream, time: timeValue, attributes: rest)
    }
}
