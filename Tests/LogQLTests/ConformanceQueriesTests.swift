import LogQL
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Queries of the conformance data beside the repository, where it is there.
@Suite struct ConformanceQueriesTests {
    @Test("Every query of the benchmarks parses, and prints as a query that means the same")
    func benchmarks() throws {
        let path = ConformanceData.folder + "/logql/bench-queries.json"
        guard let text = ConformanceData.text(of: path) else {
            print("skipped: no list at \(path)")
            return
        }
        var queries: [String] = []
        for line in text.split(separator: "\n") {
            guard let key = line.firstRange(of: "\"query\": \"") else { continue }
            queries.append(ConformanceData.unescaped(line[key.upperBound...]))
        }
        #expect(queries.count > 50)
        for query in queries {
            let filled = query.replacing("${SELECTOR}", with: "{app=\"x\"}").replacing("${RANGE}", with: "5m")
                .replacing("${LABEL_NAME}", with: "level").replacing("${LABEL_VALUE}", with: "error")
            expectParses(filled)
        }
    }

    @Test("Every query of the scripts parses that is not expected to fail")
    func scripts() throws {
        var count = 0
        for name in [
            "binary_operations", "conversions", "formatters", "functions", "label_filters", "line_filters", "parsers",
            "range_aggregations", "vector_aggregations",
        ] {
            let path = ConformanceData.folder + "/logql/\(name).logqltest"
            guard let text = ConformanceData.text(of: path) else {
                print("skipped: no script at \(path)")
                continue
            }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            for (index, line) in lines.enumerated() where line.hasPrefix("eval") {
                guard let query = ConformanceData.query(ofCommand: line) else {
                    Issue.record("no query in \(line)")
                    continue
                }
                count += 1
                let next = index + 1 < lines.count ? lines[index + 1].drop { $0 == " " } : ""
                if next.hasPrefix("expect fail") {
                    expectAnswer(query, failure: String(next))
                } else {
                    expectParses(query)
                }
            }
        }
        if count > 0 { #expect(count > 300) }
    }

    private func expectParses(_ text: String) {
        do throws(LogQLError) {
            let query = try LogQLParser.parse(text)
            guard !query.description.contains("Inf"), !query.description.contains("NaN") else { return }
            let again = try LogQLParser.parse(query.description)
            #expect(again == query, "\(text) prints as \(query)")
            let pretty = try LogQLParser.parse(query.prettyPrinted)
            #expect(pretty == query, "\(text) prints as \(query.prettyPrinted)")
        } catch {
            Issue.record("\(text): \(error)")
        }
    }

    /// A query that fails, if not here then where it is run, with a message that holds what is expected.
    private func expectAnswer(_ text: String, failure: String) {
        do throws(LogQLError) {
            _ = try LogQLParser.parse(text)
        } catch {
            guard let key = failure.firstRange(of: ": ") else { return }
            let expected = failure[key.upperBound...].replacing("\\\"", with: "\"")
            #expect(error.description.contains(expected), "\(text)")
        }
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

    /// What follows the times of `eval instant at 60s …` and `eval range from 0s to 60s step 10s …`.
    static func query(ofCommand line: String) -> String? {
        let words = line.split(separator: " ", maxSplits: 8, omittingEmptySubsequences: true)
        guard words.count > 4 else { return nil }
        if words[1] == "instant" {
            return line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: true).last.map(String.init)
        }
        return words.count == 9 ? String(words[8]) : nil
    }

    /// The rest of a string in JSON up to its quote.
    static func unescaped(_ text: Substring) -> String {
        var rest = text
        var result = ""
        while let character = rest.popFirst(), character != "\"" {
            guard character == "\\", let escape = rest.popFirst() else {
                result.append(character)
                continue
            }
            switch escape {
            case "n": result.append("\n")
            case "t": result.append("\t")
            case "u":
                let value = UInt32(rest.prefix(4), radix: 16) ?? 0xFFFD
                rest = rest.dropFirst(4)
                result.unicodeScalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
            default: result.append(escape)
            }
        }
        return result
    }
}
