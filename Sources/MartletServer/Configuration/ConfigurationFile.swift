import TelemetryModel
import Yams

/// The text of a configuration file, taken apart into settings with their places.
struct ConfigurationFile {
    /// What the file says about one setting.
    struct Entry {
        let setting: Setting
        let value: RawSettingValue
        let origin: SettingOrigin
    }

    private(set) var entries: [Entry] = []
    private(set) var problems: [ConfigurationProblem] = []
    /// Settings that the file seems to mean but has wrong; all of them when it is not valid YAML.
    private(set) var unknownPaths: Set<String> = []

    private let name: String
    private let environment: [String: String]

    /// - Parameters:
    ///   - name: how the file is called in messages.
    ///   - environment: the variables that `${NAME}` refers to.
    init(text: String, name: String, environment: [String: String]) {
        self.name = name
        self.environment = environment
        do {
            // The basic resolver leaves every scalar a text, so that `off` and `1_000` reach the kinds as written. The
            // encoding is named because Yams' default reads (and prints) an environment variable. Nesting is bounded
            // by libyaml, which refuses more than 1000 levels.
            if let root = try compose(yaml: text, .basic, .default, .utf8) { readRoot(root) }
        } catch {
            unknownPaths.formUnion(Setting.byPath.keys)
            problems.append(Self.problem(error, name: name))
        }
    }

    private mutating func readRoot(_ root: Node) {
        if let mapping = root.mapping {
            read(mapping, section: nil)
        } else if !isNothing(root) {
            report(.syntax, root, "expected keys and values, as in `bind: 127.0.0.1`, got \(describe(root))")
        }
    }

    private mutating func read(_ mapping: Node.Mapping, section: String?) {
        for (keyNode, value) in mapping {
            guard let key = keyNode.scalar?.string else {
                report(.unknownKey, keyNode, "expected a key, got \(describe(keyNode))")
                continue
            }
            let path = section.map { "\($0).\(key)" } ?? key
            // A dot inside a key does not nest: were it read so, one setting could be written in two places.
            let isDotted = key.contains(".")
            if let setting = Setting.byPath[path], !isDotted {
                readValue(value, of: setting)
            } else if section == nil, Setting.sections.contains(Substring(key)) {
                readSection(value, section: key)
            } else if isDotted, Setting.byPath[path] != nil {
                let parts = path.split(separator: ".")
                unknownPaths.insert(path)
                report(
                    .unknownKey, keyNode,
                    "unknown key `\(key)`, keys are nested: write `\(parts[1])` in a section `\(parts[0])`")
            } else {
                let candidates = Setting.all.map(\.path) + Setting.sections.map(String.init).sorted()
                let suggestion = Suggestion.nearest(to: path, in: candidates, separator: ".")
                if let suggestion { unknownPaths.formUnion(Setting.paths(under: suggestion)) }
                report(.unknownKey, keyNode, ConfigurationProblem.unknown("key", path, suggestion: suggestion))
            }
        }
    }

    private mutating func readSection(_ node: Node, section: String) {
        if let mapping = node.mapping {
            read(mapping, section: section)
        } else if !isNothing(node), let first = Setting.all.first(where: { $0.section == section }) {
            // A section whose keys are all commented out is nothing, and fine.
            unknownPaths.formUnion(Setting.paths(under: section))
            report(
                .wrongValue, node,
                "`\(section)` is a section: expected keys below it, such as `\(first.key): \(first.example)`, "
                    + "got \(describe(node))")
        }
    }

    private mutating func readValue(_ node: Node, of setting: Setting) {
        let origin = origin(of: node)
        switch node {
        case .scalar(let scalar) where !isNothing(node):
            guard let text = expand(scalar, of: setting) else { return }
            entries.append(Entry(setting: setting, value: .text(text), origin: origin))
        case .sequence(let sequence) where sequence.allSatisfy({ $0.scalar != nil }):
            let elements = sequence.compactMap(\.scalar).compactMap { expand($0, of: setting) }
            guard elements.count == sequence.count else { return }
            entries.append(Entry(setting: setting, value: .list(elements), origin: origin))
        default:
            unknownPaths.insert(setting.path)
            report(.wrongValue, node, ConfigurationProblem.wrongValue(of: setting, problem: "got \(describe(node))"))
        }
    }

    /// - Returns: nil when a problem was reported instead.
    private mutating func expand(_ scalar: Node.Scalar, of setting: Setting) -> String? {
        do throws(Interpolation.Failure) {
            return try Interpolation.expand(scalar.string, environment: environment)
        } catch {
            let message =
                switch error {
                case .undefined(let variable):
                    "`\(setting.path)` needs the environment variable \(variable), which is not set "
                        + "(`${\(variable):-…}` gives a default)"
                case .malformed(let problem):
                    "`\(setting.path)`: \(problem) (write `$${` for a plain `${`)"
                }
            unknownPaths.insert(setting.path)
            report(.interpolation, .scalar(scalar), message)
            return nil
        }
    }

    /// A value that was left out, or YAML's null. A quoted empty text is not nothing.
    private func isNothing(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private func describe(_ node: Node) -> String {
        switch node {
        case .scalar: isNothing(node) ? "nothing" : "a single value"
        case .mapping: "keys and values"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    private func origin(of node: Node) -> SettingOrigin {
        .file(name: name, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
    }

    private mutating func report(_ code: ConfigurationProblem.Code, _ node: Node, _ message: String) {
        problems.append(ConfigurationProblem(code: code, origin: origin(of: node), message: message))
    }

    private static func problem(_ error: any Error, name: String) -> ConfigurationProblem {
        func problem(_ code: ConfigurationProblem.Code, _ mark: Mark?, _ message: String) -> ConfigurationProblem {
            let origin = SettingOrigin.file(name: name, line: mark?.line ?? 0, column: mark?.column ?? 0)
            return ConfigurationProblem(code: code, origin: origin, message: message)
        }
        switch error as? YamlError {
        case .scanner(_, let message, let mark, _), .parser(_, let message, let mark, _),
            .composer(_, let message, let mark, _):
            return problem(.syntax, mark, "not valid YAML: \(message)")
        case .duplicatedKeysInMapping(let keys, let context):
            // Yams gives up at the first mapping with duplicates, and knows the place of the first key only.
            let keys = keys.map { "`\($0)`" }.joined(separator: ", ")
            return problem(.duplicateKey, context.mark, "duplicate key \(keys)")
        case .reader(let message, _, _, _):
            return problem(.syntax, nil, "not valid YAML: \(message)")
        default:
            return problem(.syntax, nil, "not valid YAML")
        }
    }
}
