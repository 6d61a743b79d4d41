import Testing

@testable import TraceAnalysis

/// Reads a page as the documentation says, without anything of the encoder.
private struct DecodedPage {
    var base: Int64 = 0
    var total = 0, firstRow = 0, count = 0, duration = 0.0
    var services: [String] = []
    var operations: [String] = []
    var starts: [Double] = []
    var durations: [Double] = []
    var parents: [UInt32] = []
    var operationIndexes: [Int] = []
    var serviceIndexes: [Int] = []
    var flags: [UInt8] = []
    var statuses: [UInt8] = []
    var kinds: [UInt8] = []

    init(_ bytes: [UInt8]) throws {
        var at = 48
        func number(_ place: Int, _ size: Int) -> UInt64 {
            (0..<size).reduce(0) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
        }
        func align() { at = (at + 7) / 8 * 8 }
        func column<Value>(_ size: Int, _ value: (UInt64) -> Value) -> [Value] {
            align()
            defer { at += size * count }
            return (0..<count).map { value(number(at + $0 * size, size)) }
        }
        func name() -> String {
            let length = Int(number(at, 4))
            defer { at += 4 + length }
            return String(decoding: bytes[(at + 4)..<(at + 4 + length)], as: UTF8.self)
        }
        try #require(bytes.count >= 48 && Array(bytes[0..<4]) == Array("MTSK".utf8) && number(4, 2) == 1)
        base = Int64(bitPattern: number(8, 8))
        (total, firstRow, count) = (Int(number(16, 4)), Int(number(20, 4)), Int(number(24, 4)))
        duration = Double(bitPattern: number(40, 8))
        services = (0..<Int(number(28, 4))).map { _ in name() }
        operations = (0..<Int(number(32, 4))).map { _ in name() }
        try #require(at == 48 + Int(number(36, 4)))
        starts = column(8) { Double(bitPattern: $0) }
        durations = column(8) { Double(bitPattern: $0) }
        parents = column(4) { UInt32($0) }
        operationIndexes = column(4) { Int($0) }
        serviceIndexes = column(Int(number(6, 2))) { Int($0) }
        flags = column(1) { UInt8($0) }
        statuses = column(1) { UInt8($0) }
        kinds = column(1) { UInt8($0) }
        align()
        try #require(at == bytes.count)
    }
}

@Suite struct TraceSkeletonEncoderTests {
    @Test func `a page reads back as its spans`() throws {
        let base: Int64 = 1_700_000_000_000_000_000
        let tree = tree([
            TestSpan(1, 0, base, 5_000_000, service: "wëb", operation: "GET", kind: 2),
            TestSpan(2, 1, base + 7, 20, service: "db", operation: "", kind: 3, status: 2),
            TestSpan(3, 9, base + 8, -4, service: "wëb", operation: "GET"),
        ])
        let page = try DecodedPage(TraceSkeletonEncoder().encode(tree))
        #expect(page.base == base && page.total == 3 && page.firstRow == 0 && page.count == 3)
        #expect(page.duration == 5_000_000)
        #expect(page.services == ["wëb", "db"] && page.operations == ["GET", ""])
        #expect(page.starts == [0, 7, 8] && page.durations == [5_000_000, 20, -4])
        #expect(page.parents == [.max, 0, .max])
        #expect(page.operationIndexes == [0, 1, 0] && page.serviceIndexes == [0, 1, 0])
        #expect(page.flags == [1, 64, 1 | 2 | 32] && page.statuses == [0, 2, 0] && page.kinds == [2, 3, 1])
        // Rows in the whole trace, names of the page alone.
        let second = try DecodedPage(TraceSkeletonEncoder().encode(tree, 1..<9))
        #expect(second.firstRow == 1 && second.count == 2 && second.parents == [0, .max])
        #expect(second.services == ["db", "wëb"] && second.base == base && second.starts == [7, 8])
    }

    @Test func `an empty page has a head`() throws {
        let page = try DecodedPage(TraceSkeletonEncoder().encode(tree([])))
        #expect(page.count == 0 && page.total == 0)
        let beyond = try DecodedPage(TraceSkeletonEncoder().encode(tree([TestSpan(1)]), 5..<9))
        #expect(beyond.count == 0 && beyond.total == 1)
    }

    @Test func `pages of tangles together are the trace`() throws {
        var random = TestRandom(state: 7)
        for _ in 0..<300 {
            let tree = tree(random.tangle())
            let size = Int.random(in: 1...5, using: &random)
            var row = 0
            for first in stride(from: 0, to: tree.count, by: size) {
                let page = try DecodedPage(TraceSkeletonEncoder().encode(tree, first..<min(first + size, tree.count)))
                for index in 0..<page.count {
                    #expect(page.base + Int64(page.starts[index]) == tree.skeleton.starts[row])
                    #expect(Int64(page.durations[index]) == tree.skeleton.durations[row])
                    #expect(page.services[page.serviceIndexes[index]] == tree.skeleton.serviceName(of: row))
                    #expect(page.operations[page.operationIndexes[index]] == tree.skeleton.operationName(of: row))
                    #expect(page.parents[index] == tree.parent(of: row).map(UInt32.init) ?? .max)
                    #expect(page.flags[index] == tree.flags[row].rawValue)
                    row += 1
                }
            }
            #expect(row == tree.count)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `more services than two bytes can name, and names beyond the tables`() throws {
        var wide = skeleton(70_000, parent: { _ in 0 }, start: { Int64($0) }, duration: { _ in 1 })
        wide.services = (0..<70_000).map { UInt32($0) }
        wide.serviceNames = (0..<69_999).map { "s\($0)" }
        let page = try DecodedPage(TraceSkeletonEncoder().encode(TraceTree(wide)))
        #expect(page.services.count == 70_000 && page.serviceIndexes[69_998] == 69_998)
        #expect(page.services[69_999] == "" && page.services[69_998] == "s69998")
    }

    @Test(.timeLimit(.minutes(5)))
    func `spans take some 29 bytes each`() {
        let tree = TraceTree(
            skeleton(100_000, parent: { UInt64($0) / 2 }, start: { Int64($0) }, duration: { _ in 5 }))
        let bytes = TraceSkeletonEncoder().encode(tree)
        #expect(bytes.count > 2_900_000 && bytes.count < 2_900_200)
    }
}
