import LogFiles
import LogProcessing
import Receivers
import TelemetryModel
import Yams

/// The file that `logs.config_file` names: inputs of log files, each with what is done to its lines.
///
/// ```yaml
/// inputs:
///   - paths: ["/var/log/app/*.log"]
///     exclude: ["*.gz"]
///     service: api
///     fields: {environment: staging}
///     format: auto            # or json, logfmt, plain, rust, java, …
///     encoding: utf-8
///     timezone: Europe/Berlin
///     multiline: {pattern: '^\d{4}-', negate: true, match: after}
///     start: beginning        # or end
///     ignore_older: 72h
///     max_line_bytes: 1048576
///     keep_original: false
///     processors:
///       - mask: {}
///       - drop_event: {when: {equals: {log.level: DEBUG}}}
/// ```
struct LogInputsFile {
    let inputs: [LogFileInput]

    /// - Throws: `ServerError` that names file, place and problem.
    init(path: String) throws {
        guard let bytes = RunDirectory.read(path) else {
            throw ServerError("cannot read the inputs of log files: there is no readable file \(path)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw ServerError("\(path) is not UTF-8") }
        try self.init(text: text, name: path)
    }

    /// - Parameter name: how the file is called in messages.
    init(text: String, name: String) throws {
        let tree: ConfigurationTree
        do {
            guard let root = try compose(yaml: text, .basic, .default, .utf8) else {
                throw ServerError("\(name) has no inputs")
            }
            tree = Self.tree(root)
        } catch let error as YamlError {
            throw ServerError("\(name): \(error)")
        }
        do throws(LogProcessingError) {
            var map = try ConfigurationMap(tree, path: "logs", zones: Self.zones)
            var inputs: [LogFileInput] = []
            for item in try map.list("inputs") ?? [] { inputs.append(try Self.input(item)) }
            try map.finish()
            self.inputs = inputs
        } catch {
            throw ServerError("\(name):\(error)")
        }
        guard !inputs.isEmpty else { throw ServerError("\(name) has no inputs") }
    }

    private static func input(_ tree: ConfigurationTree) throws(LogProcessingError) -> LogFileInput {
        var map = try ConfigurationMap(tree, path: "input", zones: zones)
        guard let paths = try map.texts("paths"), !paths.isEmpty else {
            throw LogProcessingError("input: paths is missing", at: tree.position)
        }
        var input = LogFileInput(paths: paths)
        input.exclude = try map.texts("exclude") ?? []
        input.serviceName = try map.text("service")
        if let fields = map.tree("fields") {
            input.fields = try ConfigurationMap.fields(fields)
        }
        input.processing = try LineProcessorOptions(&map)
        if let multiline = map.tree("multiline") {
            input.multiline = try MultilineOptions(multiline)
            // Files that are followed are at hand: a second is enough, unless the file says otherwise.
            if !multiline.hasKey("timeout") { input.multiline.timeout = .seconds(1) }
        }
        input.multiline.encoding = input.processing.encoding
        if let start = try map.text("start") {
            guard let known = LogFileInput.Start(rawValue: start) else {
                throw LogProcessingError(
                    "input: start is beginning or end, not \(start)", at: map.tree("start")?.position)
            }
            input.start = known
        }
        if let text = try map.text("ignore_older") {
            guard let duration = try? DurationText.parse(text) else {
                throw LogProcessingError(
                    "input: ignore_older is no duration such as 72h: \(text)", at: map.tree("ignore_older")?.position)
            }
            input.ignoreOlder = duration
        }
        if let bytes = try map.integer("max_line_bytes", in: 1024...(64 << 20)) { input.lineBytesMax = bytes }
        try map.finish()
        return input
    }

    private static let zones = TimeZoneNames { name in RunDirectory.read("/usr/share/zoneinfo/\(name)") }

    private static func tree(_ node: Node) -> ConfigurationTree {
        let position = node.mark.map { ConfigurationTree.Position(line: $0.line, column: $0.column) }
        switch node {
        case .scalar(let scalar): return .scalar(scalar.string, position)
        case .sequence(let sequence): return .list(sequence.map(tree), position)
        case .mapping(let mapping):
            return .map(
                mapping.map { key, value in
                    ConfigurationTree.Member(
                        key.scalar?.string ?? "", tree(value),
                        at: key.mark.map { ConfigurationTree.Position(line: $0.line, column: $0.column) })
                }, position)
        // An anchor is resolved by the composer; nothing else is left.
        case .alias: return .scalar("", position)
        }
    }
}
