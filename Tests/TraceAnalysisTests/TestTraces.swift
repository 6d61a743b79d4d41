import TelemetryModel

@testable import TraceAnalysis

/// A span of a test: a small id, times without a base.
struct TestSpan {
    var id: UInt64
    var parent: UInt64 = 0
    var start: Int64
    var duration: Int64
    var service = "api"
    var operation = ""
    var kind: UInt8 = 1
    var status: UInt8 = 0

    init(
        _ id: UInt64, _ parent: UInt64 = 0, _ start: Int64 = 0, _ duration: Int64 = 100, service: String = "api",
        operation: String? = nil, kind: UInt8 = 1, status: UInt8 = 0
    ) {
        self.id = id
        self.parent = parent
        self.start = start
        self.duration = duration
        self.service = service
        self.operation = operation ?? "op\(id)"
        self.kind = kind
        self.status = status
    }
}

func tree(_ spans: [TestSpan]) -> TraceTree {
    var builder = TraceSkeletonBuilder()
    for span in spans {
        builder.add(
            id: SpanID(value: span.id), parent: SpanID(value: span.parent), start: span.start,
            duration: span.duration, service: span.service, operation: span.operation, kind: span.kind,
            status: span.status)
    }
    return TraceTree(builder.finish())
}

/// A skeleton of columns computed by row, for many spans.
func skeleton(
    _ count: Int, parent: (Int) -> UInt64, start: (Int) -> Int64, duration: (Int) -> Int64
) -> TraceSkeleton {
    TraceSkeleton(
        spanIDs: (0..<count).map { SpanID(value: UInt64($0) + 1) },
        parentIDs: (0..<count).map { SpanID(value: parent($0)) }, starts: (0..<count).map(start),
        durations: (0..<count).map(duration), services: Array(repeating: 0, count: count),
        operations: Array(repeating: 0, count: count), kinds: Array(repeating: 1, count: count),
        statuses: Array(repeating: 0, count: count), serviceNames: ["api"], operationNames: ["op"])
}

/// The same numbers on each run.
struct TestRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension TestRandom {
    /// Few ids and times, so that duplicates, circles, missing parents, equal times and overlaps are frequent.
    mutating func tangle() -> [TestSpan] {
        let count = Int.random(in: 1...14, using: &self)
        return (0..<count).map { _ in
            TestSpan(
                UInt64.random(in: 1...12, using: &self),
                Bool.random(using: &self) ? 0 : .random(in: 1...14, using: &self),
                .random(in: 0...40, using: &self), .random(in: -3...30, using: &self),
                service: "s\(Int.random(in: 0...2, using: &self))",
                operation: "o\(Int.random(in: 0...3, using: &self))",
                kind: .random(in: 1...5, using: &self), status: .random(in: 0...2, using: &self))
        }
    }
}
