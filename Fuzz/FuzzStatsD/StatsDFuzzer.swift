import Codecs
import FuzzSupport

/// Parses a datagram: every place lies inside its line, every number is the one that the standard library reads, and a
/// line with another field behind it, which parsers have to skip, says the same.
struct StatsDFuzzer {
    func seeds() -> [[UInt8]] {
        [
            "a.b:1|c", "a:-3.25e-2|g|@0.5|#x:1,y,z:", "a:1:2:32|d|#a:b", "a:1|c:2|ms|@0.1:x:y|s", "a;b=c;d=e:1|ms",
            "a,b=c:320|h|c:ci-1|T1656581400|e:it-false,cn-n|card:low", "a:1|c\r\nb:2|g\n\nbad\n:1|c\nc:1|zz",
            "_e{5,4}:title|text|d:1|h:x|k:y|p:low|s:z|t:error|#a:b,c|c:ci", "_sc|name|2|d:1|h:x|#a:b|m:a\\nm\\:b",
            "a:123456789012345678901234567890.5|g", "a:9007199254740993e-22|g", "a:4.9e-324|g",
        ].map { Array($0.utf8) }
    }

    func test(_ input: UnsafeBufferPointer<UInt8>) {
        var bytesInLines = 0
        StatsDParser.forEachLine(input) { line in
            bytesInLines += line.count
            if line.isEmpty || line.contains(UInt8(ascii: "\n")) { LibFuzzer.fail("a line is empty or holds another") }
            if StatsDParser.isEvent(line) {
                _ = try? StatsDEvent.parse(line, receivedTime: 0)
            } else if StatsDParser.isServiceCheck(line) {
                _ = try? StatsDServiceCheck.parse(line, receivedTime: 0)
            }
            testMetric(line)
        }
        if bytesInLines > input.count { LibFuzzer.fail("lines have more bytes than the datagram") }
    }

    private func testMetric(_ line: UnsafeBufferPointer<UInt8>) {
        guard let (name, values) = parse(line) else { return }
        if name.isEmpty || values.isEmpty { LibFuzzer.fail("a good line has no name or no value") }
        (Array(line) + Array("|zz:1,2".utf8)).withUnsafeBufferPointer { longer in
            guard let again = parse(longer) else { LibFuzzer.fail("an unknown field makes a line bad") }
            if again.name != name || again.values != values { LibFuzzer.fail("an unknown field changes a line") }
        }
    }

    private struct Value: Equatable {
        var type: StatsDType
        var value: Double
        var rate: Double
    }

    private func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> (name: String, values: [Value])? {
        guard let line = try? StatsDParser.parse(bytes) else { return nil }
        _ = StatsDTags.read(bytes, line)
        var values: [Value] = []
        line.forEachValue(in: bytes) { type, value, isSigned, rate, range in
            guard value.isFinite, rate > 0, rate.isFinite else { LibFuzzer.fail("value \(value), rate \(rate)") }
            values.append(Value(type: type, value: value, rate: rate))
            let text = StatsDTags.text(bytes, range)
            guard type != .set else { return }
            // The range of a packed section's first number is the whole section.
            let number = text.prefix { $0 != ":" }
            if Double(number) != value { LibFuzzer.fail("\(number) is read as \(value)") }
            if isSigned != (number.hasPrefix("-") || number.hasPrefix("+")) { LibFuzzer.fail("sign of \(number)") }
        }
        return (StatsDTags.text(bytes, line.head), values)
    }
}
