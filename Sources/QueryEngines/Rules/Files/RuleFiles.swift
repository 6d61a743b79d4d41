#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
package import PromQL

/// Finds and reads the files of rules that a configuration names.
///
/// - Spec: Prometheus, "Configuration", `rule_files`: the last part of a path may be a pattern of `*`, `?` and `[…]`.
package enum RuleFiles {
    /// Of all patterns together.
    package static let filesMax = 10_000

    package struct Loaded: Sendable {
        /// In the order of files and, within, as written.
        package var groups: [RuleGroup]
        package var files: [String]
        /// Patterns that no file matches, which is no error.
        package var unmatchedPatterns: [String]
    }

    /// - Parameter directory: what paths that are not absolute are relative to; empty for the process' own.
    /// - Throws: all problems of all files.
    package static func load(
        _ patterns: [String], directory: String = "", options: ParserOptions = ParserOptions()
    ) throws(RuleFileError) -> Loaded {
        var loaded = Loaded(groups: [], files: [], unmatchedPatterns: [])
        var problems: [RuleFileProblem] = []
        var seen: Set<String> = []
        for pattern in patterns {
            do throws(RuleFileProblem) {
                let files = try find(pattern, directory: directory)
                if files.isEmpty { loaded.unmatchedPatterns.append(pattern) }
                loaded.files += files.filter { seen.insert($0).inserted }
            } catch {
                problems.append(error)
            }
        }
        if loaded.files.count > filesMax {
            problems.append(
                RuleFileProblem(
                    file: "rule_files", message: "patterns match \(loaded.files.count) files, limit is \(filesMax)"))
        } else {
            for file in loaded.files {
                do throws(RuleFileError) {
                    loaded.groups += try RuleFileReader.read(try bytes(of: file), file: file, options: options)
                } catch {
                    problems += error.problems
                }
            }
        }
        guard problems.isEmpty else { throw RuleFileError(problems) }
        return loaded
    }

    /// Files that a pattern stands for, sorted.
    static func find(_ pattern: String, directory: String) throws(RuleFileProblem) -> [String] {
        let path = directory.isEmpty || pattern.hasPrefix("/") ? pattern : "\(directory)/\(pattern)"
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(path[..<$0]) }
        let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        if let given = pattern.utf8.lastIndex(of: UInt8(ascii: "/")), pattern[..<given].contains("*") {
            throw RuleFileProblem(file: pattern, message: "invalid rule file path")
        }
        guard name.contains(where: { "*?[".contains($0) }) else { return access(path, F_OK) == 0 ? [path] : [] }
        guard let handle = opendir(folder.map { $0.isEmpty ? "/" : $0 } ?? ".") else { return [] }
        defer { closedir(handle) }
        var files: [String] = []
        while let entry = readdir(handle) {
            let found = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard found != ".", found != "..", fnmatch(name, found, 0) == 0 else { continue }
            files.append(folder.map { "\($0)/\(found)" } ?? found)
        }
        return files.sorted()
    }

    private static func bytes(of file: String) throws(RuleFileError) -> [UInt8] {
        let handle = open(file, O_RDONLY | O_CLOEXEC)
        guard handle >= 0 else { throw failure(file) }
        defer { close(handle) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(handle, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(file) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= RuleFileReader.fileBytesMax else {
                throw RuleFileError([
                    RuleFileProblem(file: file, message: "file is larger than \(RuleFileReader.fileBytesMax) bytes")
                ])
            }
        }
    }

    private static func failure(_ file: String) -> RuleFileError {
        RuleFileError([RuleFileProblem(file: file, message: String(cString: strerror(errno)))])
    }
}
