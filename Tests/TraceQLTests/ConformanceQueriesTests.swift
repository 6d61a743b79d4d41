import Testing
import TraceQL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Lists of queries of the conformance data beside the repository, where it is there.
@Suite struct ConformanceQueriesTests {
    @Test("Every valid query parses, and prints as a query that means the same")
    func valid() throws {
        for text in try queries("valid") {
            do throws(TraceQLError) {
                let query = try TraceQLParser.parse(text)
                let again = try TraceQLParser.parse(query.description)
                #expect(again == query, "\(text) prints as \(query)")
                #expect(again.description == query.description)
            } catch {
                Issue.record("\(text): \(error)")
            }
        }
    }

    @Test("Every query that is no TraceQL is refused as such")
    func parseFails() throws {
        for text in try queries("parse_fails") {
            do throws(TraceQLError) {
                let query = try TraceQLParser.parse(text)
                Issue.record("\(text) parses as \(query)")
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test("Every query whose types do not go together is refused after parsing")
    func validateFails() throws {
        for text in try queries("validate_fails") {
            do throws(TraceQLError) {
                let query = try TraceQLParser.parse(text)
                Issue.record("\(text) parses as \(query)")
            } catch {
                #expect(error.kind != .parse, "\(text): \(error)")
            }
        }
    }

    @Test("What Tempo parses and does not support parses, and is supported unless it has no meaning")
    func unsupported() throws {
        for text in try queries("unsupported") {
            do throws(TraceQLError) {
                let query = try TraceQLParser.parse(text)
                let again = try TraceQLParser.parse(query.description)
                #expect(again == query, "\(text) prints as \(query)")
            } catch {
                #expect(error.kind == .unsupported, "\(text): \(error)")
            }
        }
    }

    private func queries(_ name: String) throws -> [String] {
        let path = ConformanceData.folder + "/traceql/test_examples.json"
        guard let text = ConformanceData.text(of: path) else {
            print("skipped: no list at \(path)")
            return []
        }
        let queries = StringLists.list(name, in: text)
        #expect(queries.count > 10)
        return queries
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
}

/// Reads `"name": ["…", …]` of an object in JSON whose other members are lists of strings too.
enum StringLists {
    static func list(_ name: String, in text: String) -> [String] {
        var strings: [String] = []
        var isInList = false
        var rest = Substring(text)
        while let character = rest.popFirst() {
            switch character {
            case "\"":
                let string = string(&rest)
                if isInList {
                    strings.append(string)
                } else if string == name {
                    isInList = true
                }
            case "]": if isInList { return strings }
            default: break
            }
        }
        return strings
    }

    /// The rest of a string after its first quote.
    private static func string(_ rest: inout Substring) -> String {
        var result = ""
        while let character = rest.popFirst(), character != "\"" {
            guard character == "\\", let escape = rest.popFirst() else {
                result.append(character)
                continue
            }
            switch escape {
            case "n": result.append("\n")
            case "t": result.append("\t")
            case "r": result.append("\r")
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
