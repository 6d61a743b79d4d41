import Codecs
import Foundation
package import TelemetryModel
import TestSupport

/// Decodes a body in place and by the generated messages, and compares: the same columns and outcome, or both refuse.
///
/// A second appender lives on from body to body, as that of a server's queue does: what it appends for a body has to be
/// what the generated messages give a new one.
package struct RequestFuzzer {
    private let signal: Signal
    private let kind: OTLPGrammar.Kind
    // Emptied for each body, because making their columns costs more than filling them.
    private let myBatch = TelemetryBatch()
    private let theirBatch = TelemetryBatch()
    private var kept = KeptAppender()
    /// The bodies that `kept` has seen, to be written down when it differs.
    private var history: [[UInt8]] = []

    private static let arrival = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
    /// Bodies to a kept appender; each is kept in `history`.
    private static let keptBodiesMax = 400
    /// Up to here no limit of messages or of memory is within reach: the smallest messages take two bytes, so there are
    /// 32768 at most, of 240 bytes of columns (`Limits`, `WireScratch.messagesBetweenChecks`).
    private static let bodyBytesWithinLimits = 64 << 10

    package init(_ signal: Signal) {
        self.signal = signal
        kind =
            switch signal {
            case .traces: .traces
            case .metrics: .metrics
            case .logs: .logs
            }
    }

    package func seeds() -> [[UInt8]] {
        (0..<200).map { (seed: UInt64) in
            var random = RandomRequest(seed: seed)
            return random.request(kind)
        }
    }

    /// Tests one body; ends the process when something differs.
    package mutating func test(_ body: UnsafeBufferPointer<UInt8>) {
        let copy = Array(body)
        var theirs = Self.appender(theirBatch)
        let theirError = Self.error { () throws(DecodeError) in
            try GeneratedDecoder.append(copy, signal, to: &theirs)
        }
        let theirText = theirError == nil ? ColumnText.of(theirs.batch) : [:]
        var mine = Self.appender(myBatch)
        let myError = Self.error { () throws(DecodeError) in try mine.append(protobuf: body, signal) }
        compare(mine, myError, body: copy, theirs.outcome, theirText, theirError, "a new appender")
        testKept(body, copy, theirs.outcome, theirText, isRefused: theirError != nil || myError != nil)
    }

    private func compare(
        _ mine: ColumnAppender, _ myError: DecodeError?, body: [UInt8], _ theirOutcome: AppendOutcome,
        _ theirText: [String: [[String]]], _ theirError: DecodeError?, _ name: String
    ) {
        switch (myError, theirError) {
        case (nil, nil):
            if let difference = Self.difference(ColumnText.of(mine.batch), theirText) {
                fail("\(name): \(difference)", body)
            }
            if mine.outcome != theirOutcome { fail("\(name): \(mine.outcome) is not \(theirOutcome)", body) }
        case (nil, let theirs?): fail("\(name) accepts what the generated messages refuse: \(theirs)", body)
        case (let mine?, nil):
            if mine.code == .tooLarge, body.count > Self.bodyBytesWithinLimits { return }
            fail("\(name) refuses what the generated messages accept: \(mine)", body)
        case (let error?, _?):
            if error.code == .tooLarge, body.count <= Self.bodyBytesWithinLimits {
                fail("\(name): \(error), which no body of \(body.count) bytes is", body)
            }
            let left = ColumnText.ofTelemetry(mine.batch)
            if !left.isEmpty { fail("\(name) refuses and leaves \(left)", body) }
        }
    }

    private mutating func testKept(
        _ body: UnsafeBufferPointer<UInt8>, _ copy: [UInt8], _ outcome: AppendOutcome,
        _ theirText: [String: [[String]]], isRefused: Bool
    ) {
        if history.count >= Self.keptBodiesMax {
            kept = KeptAppender()
            history.removeAll(keepingCapacity: true)
        }
        history.append(copy)
        if let difference = kept.append(body, signal, theirText, outcome, isRefused: isRefused, at: Self.arrival) {
            let directory = writeHistory()
            fail(
                "an appender that has read \(history.count - 1) other bodies: \(difference)\n"
                    + "run the target with \(directory)/* to see it again", copy)
        }
    }

    private func writeHistory() -> String {
        let directory = "history-\(signal)-\(UInt32.random(in: .min ... .max))"
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for (number, body) in history.enumerated() {
            let digits = String(number)
            let name = String(repeating: "0", count: 4 - digits.count) + digits
            try? Data(body).write(to: URL(filePath: "\(directory)/\(name)"))
        }
        return directory
    }

    private func fail(_ message: String, _ body: [UInt8]) -> Never {
        LibFuzzer.fail("\(signal), \(body.count) bytes: \(message)")
    }

    private static func appender(_ batch: TelemetryBatch) -> ColumnAppender {
        batch.reset()
        var appender = ColumnAppender(batch: batch)
        appender.begin(receivedTime: arrival)
        return appender
    }

    private static func error(_ body: () throws(DecodeError) -> Void) -> DecodeError? {
        do throws(DecodeError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    /// The first row that differs; nil when there is none.
    static func difference(_ mine: [String: [[String]]], _ theirs: [String: [[String]]]) -> String? {
        guard mine != theirs else { return nil }
        for table in Set(mine.keys).union(theirs.keys).sorted() {
            let (left, right) = (mine[table] ?? [], theirs[table] ?? [])
            for row in 0..<max(left.count, right.count) {
                let leftRow = row < left.count ? left[row] : []
                let rightRow = row < right.count ? right[row] : []
                guard leftRow != rightRow else { continue }
                let columns = (0..<max(leftRow.count, rightRow.count)).compactMap { column -> String? in
                    let value = column < leftRow.count ? leftRow[column] : "MISSING"
                    let expected = column < rightRow.count ? rightRow[column] : "MISSING"
                    return value == expected
                        ? nil : "column \(column) is \(value.debugDescription), not \(expected.debugDescription)"
                }
                return "\(table), \(left.count) of \(right.count) rows, row \(row): "
                    + columns.joined(separator: ", ")
            }
        }
        return "other tables"
    }
}
