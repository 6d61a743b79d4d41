import Testing

@testable import Codecs

/// A metric line as text, so that tables can show it.
private struct Parsed: Equatable, CustomStringConvertible {
    var name: String
    var values: [String]
    var tags: [String] = []

    init(_ name: String, _ values: [String], tags: [String] = []) {
        self.name = name
        self.values = values
        self.tags = tags
    }

    init(line: String) throws(StatsDProblem) {
        let bytes = Array(line.utf8)
        let result = bytes.withUnsafeBufferPointer { bytes in
            Result { () throws(StatsDProblem) -> Parsed in
                let line = try StatsDParser.parse(bytes)
                var values: [String] = []
                line.forEachValue(in: bytes) { type, value, isSigned, rate, range in
                    let text = type == .set ? StatsDTags.text(bytes, range) : "\(value)"
                    values.append("\(type) \(isSigned && value >= 0 ? "+" : "")\(text)\(rate == 1 ? "" : " @\(rate)")")
                }
                return Parsed(
                    StatsDTags.text(bytes, line.name), values,
                    tags: StatsDTags.read(bytes, line).map { "\($0.key)=\($0.value)" })
            }
        }
        self = try result.get()
    }

    var description: String { "\(name) \(values) \(tags)" }
}

@Suite struct StatsDParserTests {
    @Test(arguments: [
        ("a.b:1|c", Parsed("a.b", ["counter 1.0"])),
        ("a:-3|c", Parsed("a", ["counter -3.0"])),
        ("a:1.5|c", Parsed("a", ["counter 1.5"])),
        ("a:1e3|c", Parsed("a", ["counter 1000.0"])),
        ("a:333|g", Parsed("a", ["gauge 333.0"])),
        ("a:+4|g", Parsed("a", ["gauge +4.0"])),
        ("a:-4|g", Parsed("a", ["gauge -4.0"])),
        ("a:320|ms", Parsed("a", ["timer 320.0"])),
        ("a:320|ms|@0.1", Parsed("a", ["timer 320.0 @0.1"])),
        ("a:-1|h", Parsed("a", ["histogram -1.0"])),
        ("a:1|d", Parsed("a", ["distribution 1.0"])),
        ("a:bob|s", Parsed("a", ["set bob"])),
        ("a:10:20|s", Parsed("a", ["set 10:20"])),
        ("a:1|c|#", Parsed("a", ["counter 1.0"])),
        ("a:1|c|#b:x,c:y", Parsed("a", ["counter 1.0"], tags: ["b=x", "c=y"])),
        ("a:1|c|#b:x|@0.5", Parsed("a", ["counter 1.0 @0.5"], tags: ["b=x"])),
        ("a:1|c|@0.5|#b:x", Parsed("a", ["counter 1.0 @0.5"], tags: ["b=x"])),
        ("a:1|c|#url:http://x:80/y", Parsed("a", ["counter 1.0"], tags: ["url=http://x:80/y"])),
        ("a:1|c|#urgent,b:x", Parsed("a", ["counter 1.0"], tags: ["urgent=true", "b=x"])),
        ("a:1|c|#b:,:x,,c:1", Parsed("a", ["counter 1.0"], tags: ["b=", "c=1"])),
        ("a:1|c|#b:x, c:y ", Parsed("a", ["counter 1.0"], tags: ["b=x", "c=y"])),
        ("a:1|c|c:ci-83c0|T1656581400|e:it-false,cn-n|card:low|#b:x", Parsed("a", ["counter 1.0"], tags: ["b=x"])),
        ("a:1|c|zz|x:y|", Parsed("a", ["counter 1.0"])),
        ("a:1:2:32|d", Parsed("a", ["distribution 1.0", "distribution 2.0", "distribution 32.0"])),
        ("a:1:-2|g|#b:x", Parsed("a", ["gauge 1.0", "gauge -2.0"], tags: ["b=x"])),
        ("a:1|c:2|ms", Parsed("a", ["counter 1.0", "timer 2.0"])),
        ("a:1|c|@0.5:2:3|ms|@0.1:x|s", Parsed("a", ["counter 1.0 @0.5", "timer 2.0 @0.1", "timer 3.0 @0.1", "set x"])),
        ("a:1|c:2|ms|#b:x", Parsed("a", ["counter 1.0", "timer 2.0"], tags: ["b=x"])),
        ("a;b=x;c=y:1|c|#d:z", Parsed("a", ["counter 1.0"], tags: ["b=x", "c=y", "d=z"])),
        ("a,b=x:1|c", Parsed("a", ["counter 1.0"], tags: ["b=x"])),
        ("a;b:1|c", Parsed("a;b", ["counter 1.0"])),
        ("a,b:1|c", Parsed("a,b", ["counter 1.0"])),
        ("a;=x:1|c", Parsed("a;=x", ["counter 1.0"])),
        ("a b/c:1|c", Parsed("a b/c", ["counter 1.0"])),
        ("Zürich:1|c|#city:Zürich", Parsed("Zürich", ["counter 1.0"], tags: ["city=Zürich"])),
    ])
    fileprivate func goodLines(_ line: String, _ expected: Parsed) throws {
        let parsed = try Parsed(line: line)
        #expect(parsed == expected)
    }

    @Test(arguments: [
        ("", StatsDProblem.noValue), ("a", .noValue), ("a|c", .noValue), ("a|c|#b:c", .noValue),
        (":1|c", .emptyName), ("\u{0}\u{1}a:1|c", .badName), ("\u{0}\u{1}\u{2}garbage", .badName),
        ("a:1", .noType), ("a:1|", .noType), ("a:", .noType), ("a:1||c", .noType),
        ("a:1|zz", .unknownType), ("a:1|C", .unknownType), ("a:1|cc", .unknownType), ("a:1|c:2|zz", .unknownType),
        ("a:|c", .badNumber), ("a:abc|c", .badNumber), ("a:1:x|h", .badNumber), ("a:1:|h", .badNumber),
        ("a:nan|g", .badNumber), ("a:inf|g", .badNumber), ("a:0x10|g", .badNumber), ("a:1e999|g", .badNumber),
        ("a: 1|c", .badNumber), ("a:--1|g", .badNumber), ("a:|s", .badNumber), ("a:1|c:|ms", .badNumber),
        ("a:-1|ms", .negativeTimer), ("a:1:-1|ms", .negativeTimer),
        ("a:1|c|@x", .badRate), ("a:1|c|@", .badRate), ("a:1|c|@0", .badRate), ("a:1|c|@-1", .badRate),
        ("a:1|c|#b:x|@nan", .badRate),
    ])
    func badLines(_ line: String, _ problem: StatsDProblem) {
        #expect(throws: problem) { _ = try Parsed(line: line) }
    }

    @Test func lengthsAreBounded() {
        let longest = String(repeating: "a", count: StatsDLimits.nameBytesMax)
        #expect(throws: Never.self) { _ = try Parsed(line: longest + ":1|c") }
        #expect(throws: StatsDProblem.tooLong) { _ = try Parsed(line: longest + "a:1|c") }
        let tags = String(repeating: "t", count: StatsDLimits.tagBytesMax + 1)
        #expect(throws: StatsDProblem.tooLong) { _ = try Parsed(line: "a:1|c|#" + tags) }
    }

    @Test(arguments: [
        ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]), ("\n\n", []), ("", []), ("a\n\n\nb", ["a", "b"]),
        ("\r\n", []), ("a\rb\n", ["a\rb"]),
    ])
    func linesEndWithNewlines(_ text: String, _ expected: [String]) {
        var lines: [String] = []
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            StatsDParser.forEachLine(bytes) { lines.append(String(decoding: $0, as: UTF8.self)) }
        }
        #expect(lines == expected)
    }

    @Test func containerAndTimeAreRead() throws {
        let bytes = Array("a:1|c|c:ci-1|T1656581400".utf8)
        let (container, time) = try bytes.withUnsafeBufferPointer { bytes in
            let line = try StatsDParser.parse(bytes)
            return (StatsDTags.text(bytes, line.container), line.time)
        }
        #expect(container == "ci-1")
        #expect(time == 1_656_581_400)
    }
}
