/// Puts environment variables into texts of the file: `${NAME}`, `${NAME:-default}`; `$${` stands for `${`.
///
/// As in a shell, a default also stands in for an empty variable. What a variable holds is not looked at again, so a
/// secret may contain `${`. Defaults do not nest.
enum Interpolation {
    enum Failure: Error, Equatable {
        case undefined(String)
        case malformed(String)
    }

    static func expand(_ text: String, environment: [String: String]) throws(Failure) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else { throw .malformed("`${` without `}`") }
                result += try value(of: rest[rest.index(dollar, offsetBy: 2)..<end], environment: environment)
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// Makes a text that `expand` turns back into the given one.
    static func escape(_ text: String) -> String {
        text.split(separator: "${", omittingEmptySubsequences: false).joined(separator: "$${")
    }

    /// - Parameter reference: what stands between the braces.
    private static func value(of reference: Substring, environment: [String: String]) throws(Failure) -> String {
        let parts = reference.split(separator: ":-", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard isName(name) else { throw .malformed("`\(name)` is not the name of a variable") }
        let value = environment[name]
        guard parts.count == 2 else {
            guard let value else { throw .undefined(name) }
            return value
        }
        guard !parts[1].contains("${") else { throw .malformed("the default of `${\(name)}` contains another `${`") }
        return value.flatMap { $0.isEmpty ? nil : $0 } ?? String(parts[1])
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.first, !first.isDecimalDigit else { return false }
        return name.allSatisfy { $0 == "_" || ($0.isASCII && $0.isLetter) || $0.isDecimalDigit }
    }
}
