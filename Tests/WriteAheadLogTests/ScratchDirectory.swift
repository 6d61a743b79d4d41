import Foundation
import Synchronization
import TelemetryModel

@testable import WriteAheadLog

/// A directory that goes with the test.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "wal-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var log: String { path + "/log" }

    func options(
        _ sync: SyncPolicy = .never, segmentBytes: Int = 64 << 20, bytesMax: Int = 1 << 30
    ) -> LogOptions {
        LogOptions(directory: log, sync: sync, segmentBytes: segmentBytes, bytesMax: bytesMax)
    }

    /// A copy of the log as it is now, as a crash would leave it.
    func copy() throws -> ScratchDirectory {
        let other = try ScratchDirectory()
        try FileManager.default.copyItem(atPath: log, toPath: other.log)
        return other
    }

    func segments() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: log).filter { $0.hasSuffix(".wal") }.sorted()
    }

    func read(_ segment: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: log + "/" + segment)))
    }

    func write(_ segment: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: log + "/" + segment))
    }

    func bytesOnDisk() throws -> Int {
        try segments().reduce(0) { try $0 + read($1).count }
    }
}

extension WriteAheadLog {
    /// Appends and waits for the completion.
    @discardableResult
    func store(_ body: [UInt8], tag: UInt8 = 1, time: Int64 = 7) async throws -> UInt64 {
        let sequence = Mutex<UInt64>(0)
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            do {
                let given = try append(tag: tag, time: Timestamp(nanoseconds: time), body: body) { result in
                    continuation.resume(with: result.mapError { $0 as any Error })
                }
                sequence.withLock { $0 = given }
            } catch {
                continuation.resume(throwing: error)
            }
        }
        return sequence.withLock { $0 }
    }

    func replayed() throws -> [LogEntry] {
        var entries: [LogEntry] = []
        try replay { entries.append($0) }
        return entries
    }
}

/// Calls again while the log still settles a failed write: a completion is called before the log lets anything in again.
@discardableResult
func onceSettled<Value>(_ body: () async throws -> Value) async throws -> Value {
    for _ in 0..<10_000 {
        do {
            return try await body()
        } catch let error as LogError where error.code == .diskFull || error.code == .inputOutput {
            try await Task.sleep(for: .microseconds(100))
        }
    }
    return try await body()
}

/// What completions said, in the order in which they were called.
final class CompletionRecord: Sendable {
    private let entries = Mutex<[(sequence: Int, result: Result<Void, LogError>)]>([])

    func add(_ number: Int, _ result: Result<Void, LogError>) {
        entries.withLock { $0.append((number, result)) }
    }

    var order: [Int] { entries.withLock { $0.map(\.sequence) } }
    var succeeded: [Int] {
        entries.withLock { entries in
            entries.compactMap { entry in if case .success = entry.result { entry.sequence } else { nil } }
        }
    }
    var codes: Set<LogError.Code> {
        entries.withLock { entries in
            Set(entries.compactMap { entry in if case .failure(let error) = entry.result { error.code } else { nil } })
        }
    }
}

/// The same numbers for the same seed (SplitMix64, Steele and others, "Fast splittable pseudorandom number
/// generators", 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
