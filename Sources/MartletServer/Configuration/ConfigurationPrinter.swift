/// Prints a whole configuration as a file, every key with a comment.
///
/// The text loads again to an equal configuration. Secrets are masked, and a masked secret is refused when it is loaded:
/// it must be given again, in the file or by a source of higher precedence.
package enum ConfigurationPrinter {
    /// Prints the configuration with the source of every value that is not the default.
    package static func print(_ loaded: LoadedConfiguration) -> String {
        print(loaded.configuration, origins: loaded.origins)
    }

    /// - Parameter origins: where each setting comes from, by path; those not in it are shown without source.
    package static func print(_ configuration: Configuration, origins: [String: SettingOrigin] = [:]) -> String {
        var lines: [String] = []
        var section: Substring = ""
        for setting in Setting.all {
            if setting.section != section {
                section = setting.section
                lines += ["", "\(section):"]
            }
            let indent = section.isEmpty ? "" : "    "
            lines.append("\(indent)# \(comment(setting, origin: origins[setting.path] ?? .default))")
            lines.append("\(indent)\(setting.key): \(value(of: setting, in: configuration))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func comment(_ setting: Setting, origin: SettingOrigin) -> String {
        let defaultText = setting.defaultText.isEmpty ? "empty" : setting.defaultText
        var comment = "\(setting.documentation). Default: \(defaultText). Variable: \(setting.environmentName)."
        if origin != .default {
            // A file name may hold anything, and a line break would end the comment.
            let source = String(String.UnicodeScalarView(origin.description.unicodeScalars.map(\.orSpaceIfControl)))
            comment += " Set by \(source)."
        }
        return comment
    }

    private static func value(of setting: Setting, in configuration: Configuration) -> String {
        switch setting.read(configuration) {
        case .text(let text) where setting.isSecret && !text.isEmpty: quote(Configuration.secretMask)
        case .text(let text) where setting.printsPlain: text
        case .text(let text): quote(text)
        case .list(let elements): "[" + elements.map(quote).joined(separator: ", ") + "]"
        }
    }

    /// A double-quoted YAML scalar, the one style that can hold any text on one line.
    private static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in Interpolation.escape(text).unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.needsEscape:
                let digits = String(scalar.value, radix: 16)
                result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Unicode.Scalar {
    /// What YAML 1.1 does not allow in a text as it is (section 5.1, printable characters), and what breaks lines.
    fileprivate var needsEscape: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    fileprivate var orSpaceIfControl: Unicode.Scalar { needsEscape ? " " : self }
}
