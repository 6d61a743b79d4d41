import PrometheusModel
import TelemetryModel

extension MultilineOptions {
    private static let types = ["stack_traces", "pattern", "count", "while_pattern", "none"]

    /// Reads the value of `multiline`: `none` or `stack_traces` alone, or a map with Filebeat's keys `type`, `pattern`,
    /// `negate`, `match`, `flush_pattern`, `count_lines`, `max_lines`, `max_bytes`, `timeout`.
    package init(_ tree: ConfigurationTree) throws(LogProcessingError) {
        self.init()
        if case .scalar(let name, let position) = tree {
            mode = try Self.mode(named: name, at: position)
            return
        }
        var map = try ConfigurationMap(tree, path: "multiline")
        let pattern = try map.text("pattern")
        let type = try map.text("type") ?? (pattern == nil ? "stack_traces" : "pattern")
        let negate = try map.flag("negate") ?? false
        let flush = try map.text("flush_pattern")
        let matchName = try map.text("match") ?? Match.after.rawValue
        let count = try map.integer("count_lines", in: 1...100_000)
        if let lines = try map.integer("max_lines", in: 1...100_000) { linesMax = lines }
        if let bytes = try map.integer("max_bytes", in: 1...(64 << 20)) { bytesMax = bytes }
        if let text = try map.text("timeout") {
            guard let duration = try? DurationText.parse(text), duration > .zero else {
                throw LogProcessingError("multiline: timeout is no duration", at: map.tree("timeout")?.position)
            }
            timeout = duration
        }
        let position = map.tree("type")?.position ?? tree.position
        try map.finish()
        switch type {
        case "pattern", "while_pattern":
            guard let pattern else { throw LogProcessingError("multiline: pattern is missing", at: tree.position) }
            let compiled = try PatternText.compile(pattern, "multiline: pattern", at: tree.position)
            guard type == "pattern" else {
                mode = .whilePattern(compiled, negate: negate)
                return
            }
            guard let match = Match(rawValue: matchName) else {
                throw LogProcessingError("multiline: match is neither after nor before", at: tree.position)
            }
            var last: Pattern?
            if let flush { last = try PatternText.compile(flush, "multiline: flush_pattern", at: tree.position) }
            mode = .pattern(compiled, negate: negate, match: match, flush: last)
        case "count":
            guard let count else { throw LogProcessingError("multiline: count_lines is missing", at: tree.position) }
            mode = .count(count)
        default: mode = try Self.mode(named: type, at: position)
        }
    }

    private static func mode(
        named name: String, at position: ConfigurationTree.Position?
    ) throws(LogProcessingError) -> Mode {
        switch name {
        case "stack_traces", "": return .stackTraces
        case "none", "false": return .none
        default:
            throw LogProcessingError(
                "multiline: unknown type \(name)\(Suggestion.text(for: name, among: types))", at: position)
        }
    }
}
