import Foundation
import FuzzSupport
import Synchronization
import TelemetryModel
import WriteAheadLog

/// A well-formed log of a few segments, the same in every process: written in two openings, with intents and commits.
struct LogTemplate {
    struct Segment {
        let name: String
        let bytes: [UInt8]
        /// Of its name: what the frames' checksums cover besides their bytes.
        let first: UInt64
        let frames: [SegmentFrame]
    }

    let segments: [Segment]
    /// All records through this one are said to be stored.
    let committed: UInt64 = 2

    static let identity: UInt64 = 0x1D

    init(directory: String) throws {
        let first = try WriteAheadLog(Self.options(directory), identity: Self.identity, epoch: 0xE1)
        for _ in 0..<5 { try Self.append(to: first) }
        _ = try Self.wait { try await first.intend(first: 1, last: 2) }
        try Self.wait { try await first.commit(through: 2) }
        _ = try Self.wait { try await first.intend(first: 3, last: 4) }
        for _ in 0..<4 { try Self.append(to: first) }
        try Self.wait { await first.close() }
        let second = try WriteAheadLog(Self.options(directory), epoch: 0xE2)
        for _ in 0..<3 { try Self.append(to: second) }
        _ = try Self.wait { try await second.intend(first: 5, last: 7) }
        try Self.append(to: second)
        try Self.wait { await second.close() }
        segments = try FileManager.default.contentsOfDirectory(atPath: directory).sorted().map { name in
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(directory)/\(name)")))
            let first = UInt64(name.prefix(20)) ?? 0
            return Segment(name: name, bytes: bytes, first: first, frames: SegmentFrame.all(in: bytes, first: first))
        }
    }

    static func options(_ directory: String) -> LogOptions {
        LogOptions(directory: directory, sync: .never, segmentBytes: 800, bytesMax: 1 << 30)
    }

    /// What the record of a sequence has for a body.
    static func body(of sequence: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: sequence)
        // Some are full of what a frame begins with.
        if sequence % 4 == 0 { return (0..<20).flatMap { _ in [UInt8]("MWAL".utf8) + [1, 2, 0] } }
        return (0..<Int(sequence % 190) * 37 % 190).map { _ in random.byte() }
    }

    static func tag(of sequence: UInt64) -> UInt8 { UInt8(sequence % 7) }

    static func time(of sequence: UInt64) -> Timestamp { Timestamp(nanoseconds: Int64(clamping: sequence) / 2 - 5) }

    /// Appends the next record and waits for it.
    @discardableResult
    static func append(to log: WriteAheadLog) throws -> UInt64 {
        let next = log.status.nextSequence
        let done = DispatchSemaphore(value: 0)
        let failure = Mutex<LogError?>(nil)
        let sequence = try log.append(tag: tag(of: next), time: time(of: next), body: body(of: next)) { result in
            if case .failure(let error) = result { failure.withLock { $0 = error } }
            done.signal()
        }
        done.wait()
        if let error = failure.withLock({ $0 }) { throw error }
        return sequence
    }

    /// libFuzzer's thread is none of the cooperative pool's, so it may wait for them.
    @discardableResult
    static func wait<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<Value, any Error>?>(nil)
        Task {
            do {
                let value = try await body()
                result.withLock { $0 = .success(value) }
            } catch {
                result.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        done.wait()
        guard let value = result.withLock({ $0 }) else { LibFuzzer.fail("a task ended without a result") }
        return try value.get()
    }
}
