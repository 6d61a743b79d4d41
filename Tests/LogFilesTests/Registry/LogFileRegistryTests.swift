import TelemetryModel
import Testing

@testable import LogFiles

@Suite struct LogFileRegistryTests {
    private func entry(_ number: Int) -> RegistryEntry {
        var entry = RegistryEntry(
            path: "/var/log/ü \"\(number)\"\n.log", identity: FileIdentity(device: .max, inode: UInt64(number)),
            offset: number * 1000, time: Timestamp(nanoseconds: 1_700_000_000_123_456_789))
        entry.head = Fingerprint(bytes: min(number, 1024), hash: .max - UInt64(number))
        entry.intents = (0..<(number % 3)).map { index in
            BatchIntent(
                start: index, end: index + 300, probe: index + 1, since: Timestamp(nanoseconds: Int64.max - 1),
                tail: Fingerprint(bytes: 256, hash: 7))
        }
        return entry
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let rig = try LogFileRig()
        var registry = LogFileRegistry(path: rig.path("registry"))
        #expect(try registry.load() == nil)
        for number in 1...100 { registry[entry(number).identity] = entry(number) }
        registry[entry(50).identity] = nil
        try registry.write()
        try registry.write()
        #expect(registry.writes == 1)
        var other = LogFileRegistry(path: rig.path("registry"))
        #expect(try other.load() == nil)
        #expect(other.entries == registry.entries)
        #expect(other.count == 99)
    }

    @Test func aBrokenLineCostsOneEntry() throws {
        let lines = (1...3).map { RegistryText.encode(entry($0)) }
        let header = Array(RegistryText.header.utf8)
        // Every byte of the middle line, once.
        for place in lines[1].indices {
            var broken = lines[1]
            broken[place] ^= 0x01
            let decoded = RegistryText.decode(header + lines[0] + broken + lines[2])
            let entries = decoded?.entries ?? []
            #expect(entries.contains(entry(1)))
            #expect(entries.contains(entry(3)) || broken[place] != 0x0A)
            #expect(!entries.contains { $0.identity == entry(2).identity && $0 != entry(2) })
        }
        let whole = header + lines.joined()
        for length in 0..<whole.count { _ = RegistryText.decode(Array(whole[..<length])) }
    }

    @Test func anotherFileIsNone() throws {
        #expect(RegistryText.decode([]) == nil)
        #expect(RegistryText.decode(Array("[{}]\n".utf8)) == nil)
        #expect(RegistryText.decode(Array((RegistryText.header + "garbage\n\n{} 0\n").utf8))?.broken == 2)
    }
}
