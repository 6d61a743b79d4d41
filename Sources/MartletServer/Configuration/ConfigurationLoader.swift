import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A configuration, and which source set each part of it.
package struct LoadedConfiguration: Sendable, Equatable {
    package var configuration: Configuration
    /// Where each setting comes from, by path; one entry per setting.
    package var origins: [String: SettingOrigin]
    /// The file that was read, if one was.
    package var file: String?

    package var sources: [String: SettingSource] { origins.mapValues(\.source) }
}

/// Makes the configuration out of its sources, in rising precedence: defaults, file, environment variables, flags.
///
/// This is the only place of the configuration that opens a file; nothing in it reads the process environment.
package enum ConfigurationLoader {
    package static let defaultFile = "martlet.yaml"
    /// A file above this is not a configuration: a full one with all comments has about 5 KiB.
    package static let fileBytesMax = ByteSize.mebibytes(1)

    /// Variables that begin with `MARTLET_` but belong to the build, the tests or other programs, not to this table.
    ///
    /// The addresses are for commands of `martlet run`, which may call `martlet` themselves.
    package static let ignoredVariables: Set<String> = [
        "MARTLET_CACHE", "MARTLET_API_URL", "MARTLET_OTLP_HTTP_URL", "MARTLET_OTLP_GRPC_URL", "MARTLET_PROMETHEUS_URL",
        "MARTLET_TEMPO_URL", "MARTLET_LOKI_URL", "MARTLET_CLICKHOUSE_URL", "MARTLET_JAEGER_URL", "MARTLET_ZIPKIN_URL",
        "MARTLET_HEALTH_URL",
    ]
    package static let ignoredVariablePrefixes = ["MARTLET_BENCH", "MARTLET_TEST"]

    /// Loads the configuration.
    ///
    /// - Parameters:
    ///   - file: the file to read; nil for `defaultFile`, if it exists.
    ///   - environment: all variables: those that begin with `MARTLET_` set something, and `${NAME}` in the file
    ///     refers to any of them.
    ///   - flags: paths of settings with their values; of two with the same path the later one counts.
    ///   - defaultFile: what stands in for a file that is not named; for tests.
    /// - Throws: all problems of all sources at once. A value that another source overrides must be right, too.
    package static func load(
        file: String?, environment: [String: String], flags: [(path: String, value: String)],
        defaultFile: String = defaultFile
    ) throws(ConfigurationError) -> LoadedConfiguration {
        let name = file ?? defaultFile
        guard file != nil || FileManager.default.fileExists(atPath: defaultFile) else {
            return try load(text: nil, name: name, environment: environment, flags: flags)
        }
        let text: String
        do throws(ConfigurationProblem.Unreadable) {
            text = try read(name)
        } catch {
            let origin = SettingOrigin.file(name: name, line: 0, column: 0)
            var draft = Draft()
            draft.problems.append(
                ConfigurationProblem(code: .unreadableFile, origin: origin, message: error.message))
            draft.read(environment: environment)
            draft.read(flags: flags)
            throw ConfigurationError(problems: draft.problems)
        }
        return try load(text: text, name: name, environment: environment, flags: flags)
    }

    /// Loads the configuration from values alone.
    ///
    /// - Parameters:
    ///   - text: the text of the file, nil when there is none.
    ///   - name: how the file is called in messages.
    package static func load(
        text: String?, name: String = defaultFile, environment: [String: String] = [:],
        flags: [(path: String, value: String)] = []
    ) throws(ConfigurationError) -> LoadedConfiguration {
        var draft = Draft()
        if let text { draft.read(ConfigurationFile(text: text, name: name, environment: environment)) }
        draft.read(environment: environment)
        draft.read(flags: flags)
        draft.check()
        guard draft.problems.isEmpty else { throw ConfigurationError(problems: draft.problems) }
        return LoadedConfiguration(
            configuration: draft.configuration, origins: draft.origins, file: text == nil ? nil : name)
    }

    private static func read(_ path: String) throws(ConfigurationProblem.Unreadable) -> String {
        let data: Data
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            if attributes[.type] as? FileAttributeType == .typeDirectory {
                throw ConfigurationProblem.Unreadable(message: "is a directory, expected a file")
            }
            // Asked before reading, so that a wrong path to a huge file does not fill the memory.
            if let bytes = attributes[.size] as? UInt64, bytes > fileBytesMax {
                let limit = ByteSize.print(fileBytesMax)
                throw ConfigurationProblem.Unreadable(message: "file has \(bytes) bytes, limit is \(limit)")
            }
            data = try Data(contentsOf: URL(filePath: path))
        } catch let error as ConfigurationProblem.Unreadable {
            throw error
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            throw ConfigurationProblem.Unreadable(message: "file does not exist")
        } catch let error as CocoaError where error.code == .fileReadNoPermission {
            throw ConfigurationProblem.Unreadable(message: "no permission to read the file")
        } catch {
            throw ConfigurationProblem.Unreadable(message: "file cannot be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationProblem.Unreadable(message: "file is not UTF-8")
        }
        return text
    }
}

extension ConfigurationProblem {
    fileprivate struct Unreadable: Error {
        let message: String
    }
}

/// A configuration in the making: sources are read into it one after the other, the weakest first.
private struct Draft {
    var configuration = Configuration()
    var origins = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.path, SettingOrigin.default) })
    var problems: [ConfigurationProblem] = []
    /// Settings whose value is not known because some source has it wrong or seems to misspell its name.
    var unknownPaths: Set<String> = []

    mutating func read(_ file: ConfigurationFile) {
        problems += file.problems
        unknownPaths.formUnion(file.unknownPaths)
        for entry in file.entries { set(entry.setting, entry.value, from: entry.origin) }
    }

    mutating func read(environment: [String: String]) {
        // Sorted, so that the same mistakes give the same report.
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where isOurs(name) {
            let origin = SettingOrigin.environment(name: name)
            if let setting = Setting.byEnvironmentName[name] {
                set(setting, .text(value), from: origin)
            } else {
                let candidates = Setting.all.map(\.environmentName)
                let suggestion = Suggestion.nearest(
                    to: String(name.dropFirst(Setting.environmentPrefix.count)),
                    in: candidates.map { String($0.dropFirst(Setting.environmentPrefix.count)) }, separator: "_")
                let suggestedName = suggestion.map { Setting.environmentPrefix + $0 }
                if let meant = suggestedName.flatMap({ Setting.byEnvironmentName[$0] }) {
                    unknownPaths.insert(meant.path)
                }
                let message = ConfigurationProblem.unknown("variable", name, suggestion: suggestedName)
                problems.append(ConfigurationProblem(code: .unknownKey, origin: origin, message: message))
            }
        }
    }

    mutating func read(flags: [(path: String, value: String)]) {
        for flag in flags {
            let origin = SettingOrigin.flag(path: flag.path)
            if let setting = Setting.byPath[flag.path] {
                set(setting, .text(flag.value), from: origin)
            } else {
                let suggestion = Suggestion.nearest(to: flag.path, in: Setting.all.map(\.path), separator: ".")
                if let suggestion { unknownPaths.insert(suggestion) }
                let message = ConfigurationProblem.unknown("key", flag.path, suggestion: suggestion)
                problems.append(ConfigurationProblem(code: .unknownKey, origin: origin, message: message))
            }
        }
    }

    /// Looks for settings that contradict each other, among those whose values are known.
    mutating func check() {
        for conflict in configuration.conflicts where unknownPaths.isDisjoint(with: conflict.paths) {
            // The first one that somebody set, since defaults do not contradict each other.
            let origin = conflict.paths.compactMap { origins[$0] }.first { $0 != .default } ?? .default
            problems.append(ConfigurationProblem(code: .conflict, origin: origin, message: conflict.message))
        }
    }

    private mutating func set(_ setting: Setting, _ value: RawSettingValue, from origin: SettingOrigin) {
        do throws(SettingValueError) {
            try setting.write(value, &configuration)
            origins[setting.path] = origin
        } catch {
            unknownPaths.insert(setting.path)
            let message = ConfigurationProblem.wrongValue(
                of: setting, problem: describe(error, value, isSecret: setting.isSecret))
            problems.append(ConfigurationProblem(code: .wrongValue, origin: origin, message: message))
        }
    }

    private func describe(_ error: SettingValueError, _ value: RawSettingValue, isSecret: Bool) -> String {
        let quoted =
            switch value {
            case .text(let text) where isSecret: text.isEmpty ? "nothing" : "the value"
            case .text(""): "nothing"
            case .text(let text): "`\(text.prefix(100))`"
            case .list: "the list"
            }
        switch (error, value) {
        case (.malformed, .list): return "got a list"
        case (.malformed, _): return "got \(quoted)"
        case (.invalid(let problem), _): return "but \(quoted) \(problem)"
        }
    }

    private func isOurs(_ name: String) -> Bool {
        name.hasPrefix(Setting.environmentPrefix) && !ConfigurationLoader.ignoredVariables.contains(name)
            && !ConfigurationLoader.ignoredVariablePrefixes.contains(where: name.hasPrefix)
    }
}
