import Testing

@testable import Codecs

/// Lines with bytes changed, cut and doubled: whatever comes, parsing ends in a result or a problem, and every place in
/// a result lies inside the line.
@Suite struct StatsDMutationTests {
    private static let seeds = [
        "a.b:1|c|@0.5|#x:1,y:2|c:ci|T16|e:q|card:low", "a:1:2:3|h", "a:1|c:2|ms|@0.1:3|g", "a;b=c;d=e:1|ms",
        "a,b=c:x|s", "_e{5,4}:title|text|d:1|t:error|#a:b", "_sc|name|1|d:1|h:x|#a:b|m:text", "a:+1e300|g", ":::|||###",
    ].map { Array($0.utf8) }
    private static let telling = Array(":|@#,;=_e{}sc\n\r\\m0123456789-+.eT".utf8)

    @Test func randomBytesNeverTrap() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<60_000 {
            var bytes = Self.seeds.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 0...4) {
                let place = Int.random(in: 0...bytes.count)
                switch Int.random(in: 0..<5) {
                case 0: bytes.insert(Self.telling.randomElement() ?? 0, at: place)
                case 1: bytes.insert(UInt8.random(in: 0...255), at: place)
                case 2: if place < bytes.count { bytes.remove(at: place) }
                case 3: bytes.removeSubrange(place...)
                default: bytes += bytes[..<place]
                }
            }
            check(bytes)
        }
    }

    private func check(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { buffer in
            StatsDParser.forEachLine(buffer) { line in
                if StatsDParser.isEvent(line) { _ = try? StatsDEvent.parse(line, receivedTime: 0) }
                if StatsDParser.isServiceCheck(line) { _ = try? StatsDServiceCheck.parse(line, receivedTime: 0) }
                guard let parsed = try? StatsDParser.parse(line) else { return }
                _ = StatsDTags.read(line, parsed)
                var count = 0
                parsed.forEachValue(in: line) { _, value, _, rate, range in
                    count += 1
                    #expect(value.isFinite && rate > 0)
                    #expect(range.lowerBound >= 0 && range.upperBound <= line.count)
                }
                #expect(count > 0)
            }
        }
    }
}
