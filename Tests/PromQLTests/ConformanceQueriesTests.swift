import PromQL
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Queries of the conformance data beside the repository, where it is there: those that are to be evaluated parse, and
/// print stably.
@Suite struct ConformanceQueriesTests {
    @Test("Every query that Prometheus 3.5 evaluates in its test scripts parses, and prints stably")
    func scripts() {
        let folder = ConformanceData.folder + "/promqltest/3.5"
        guard let names = ConformanceData.files(in: folder) else {
            print("skipped: no scripts in \(folder)")
            return
        }
        var count = 0
        for name in names where name.hasSuffix(".test") {
            for (line, query, mayFail) in ScriptQueries.all(in: ConformanceData.text(of: "\(folder)/\(name)") ?? "") {
                count += 1
                check(query, "\(name):\(line)", mayFail: mayFail)
            }
        }
        #expect(count > 900)
    }

    @Test("Every query of the compliance list parses unless it is meant to fail, and prints stably")
    func compliance() {
        let path = ConformanceData.folder + "/promql-compliance/queries.json"
        guard let text = ConformanceData.text(of: path) else {
            print("skipped: no list at \(path)")
            return
        }
        // One member in a line; what JSON escapes here are quotes and backslashes.
        var query: String?
        var count = 0
        for line in text.split(separator: "\n") {
            if let value = member("query", of: line) {
                query = ScriptQueries.unescaped(String(value.dropFirst().dropLast()))
            } else if let value = member("should_fail", of: line), let text = query {
                count += 1
                check(text, "compliance", mayFail: value == "true")
                query = nil
            }
        }
        #expect(count > 300)
    }

    private func member(_ name: String, of line: Substring) -> Substring? {
        let line = line.drop { $0 == " " }
        let key = "\"\(name)\": "
        guard line.hasPrefix(key) else { return nil }
        let value = line.dropFirst(key.count)
        return value.hasSuffix(",") ? value.dropLast() : value
    }

    private func check(_ query: String, _ place: String, mayFail: Bool) {
        do throws(ParseError) {
            let expression = try PromQLParser.parse(query)
            let printed = expression.description
            let again = try PromQLParser.parse(printed)
            #expect(again.description == printed, "\(place): \(query)")
            let pretty = try PromQLParser.parse(expression.prettyPrinted(columns: 30))
            #expect(pretty.description == printed, "\(place): \(query)")
        } catch {
            if !mayFail { Issue.record("\(place): \(query): \(error)") }
        }
    }
}

/// The queries of a script in the language of Prometheus' tests.
enum ScriptQueries {
    static func all(in text: String) -> [(line: Int, query: String, mayFail: Bool)] {
        var queries: [(line: Int, query: String, mayFail: Bool)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            // What is expected of the query before.
            if line.drop(while: { $0 == "\t" || $0 == " " }).hasPrefix("expect fail"), !queries.isEmpty {
                queries[queries.count - 1].mayFail = true
            }
            guard let command = words.first, command == "eval" || command.hasPrefix("eval_"), words.count > 3 else {
                continue
            }
            // eval instant at T query · eval range from T to T step T query
            let skipped = words[1] == "range" ? 8 : 4
            guard words.count > skipped else { continue }
            let query = String(line[words[skipped].startIndex...])
            queries.append((index + 1, query, command == "eval_fail"))
        }
        return queries
    }

    /// With the escapes of JSON that stand for quotes, backslashes and line breaks replaced.
    static func unescaped(_ text: String) -> String {
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                result.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}

/// The data that is shared beside the repository.
enum ConformanceData {
    static var folder: String {
        if let path = getenv("MARTLET_SHARED") { return String(cString: path) + "/conformance" }
        // The package's folder is three above this file.
        let parts = #filePath.split(separator: "/").dropLast(4)
        return "/" + parts.joined(separator: "/") + "/shared/conformance"
    }

    static func files(in folder: String) -> [String]? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names.sorted()
    }

    static func text(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
