import Codecs
import Foundation
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import TestSupport
import Testing

/// The decoders that read protobuf in place against the generated messages: the same bytes give the same columns, or are
/// refused for the same reason.
@Suite struct WireAppenderTests {
    private static let arrival = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    private func wire(_ body: [UInt8], _ signal: Signal) -> Result<ColumnAppender, DecodeError> {
        var appender = ColumnAppender(batch: TelemetryBatch())
        appender.begin(receivedTime: Self.arrival)
        do throws(DecodeError) {
            try body.withUnsafeBufferPointer { (bytes) throws(DecodeError) in
                try appender.append(protobuf: bytes, signal)
            }
            return .success(appender)
        } catch {
            // What was taken back is taken back whole.
            #expect(ColumnText.ofTelemetry(appender.batch).isEmpty)
            return .failure(error)
        }
    }

    private func messages(_ body: [UInt8], _ signal: Signal) -> Result<ColumnAppender, DecodeError> {
        var appender = ColumnAppender(batch: TelemetryBatch())
        appender.begin(receivedTime: Self.arrival)
        do throws(DecodeError) {
            try GeneratedDecoder.append(body, signal, to: &appender)
            return .success(appender)
        } catch {
            return .failure(error)
        }
    }

    /// - Parameter exactly: whether the reasons of a refusal must be equal, too; a body that is broken in two places may
    ///   be refused for either.
    /// - Returns: whether the body was accepted.
    @discardableResult
    private func compare(_ body: [UInt8], _ signal: Signal, exactly: Bool = true, _ comment: String) -> Bool {
        switch (wire(body, signal), messages(body, signal)) {
        case (.success(let mine), .success(let theirs)):
            let (left, right) = (ColumnText.of(mine.batch), ColumnText.of(theirs.batch))
            if left != right {
                for (table, rows) in right where left[table] != rows {
                    let mineRows = left[table] ?? []
                    let row = rows.indices.first { $0 >= mineRows.count || mineRows[$0] != rows[$0] } ?? 0
                    let columns = zip(row < mineRows.count ? mineRows[row] : [], rows[row]).enumerated()
                        .filter { $0.element.0 != $0.element.1 }
                    let text = columns.map {
                        "\($0.offset): \($0.element.0.debugDescription) not \($0.element.1.debugDescription)"
                    }
                    Issue.record(
                        "\(comment): \(table), \(mineRows.count) of \(rows.count) rows, row \(row) differs in \(text)")
                }
                for table in left.keys where right[table] == nil { Issue.record("\(comment): \(table) too many") }
            }
            #expect(mine.outcome == theirs.outcome, "\(comment)")
            return true
        case (.failure(let mine), .failure(let theirs)):
            if exactly { #expect(mine.code == theirs.code, "\(comment)") }
        case (.success, .failure(let error)):
            Issue.record(
                "\(comment): accepted, but the messages refuse it: \(error); \(Data(body).base64EncodedString())")
        case (.failure(let error), .success):
            Issue.record("\(comment): refused, \(error); \(Data(body).base64EncodedString())")
        }
        return false
    }

    private static func request(_ random: inout RandomOTLP, _ signal: Signal) throws -> [UInt8] {
        switch signal {
        case .traces: try random.traceRequest().serializedBytes()
        case .metrics: try random.metricsRequest().serializedBytes()
        case .logs: try random.logsRequest().serializedBytes()
        }
    }

    @Test(arguments: Signal.allCases)
    func randomRequestsGiveTheSameColumns(_ signal: Signal) throws {
        for seed in 0..<300 {
            var random = RandomOTLP(seed: UInt64(seed))
            random.allowsNaN = true
            let body = try Self.request(&random, signal)
            #expect(compare(body, signal, "seed \(seed)"))
        }
    }

    /// The example bodies of opentelemetry-proto (`conformance/otlp-examples`), as protobuf.
    @Test(arguments: [("trace", Signal.traces), ("metrics", .metrics), ("logs", .logs), ("events", .logs)])
    func exampleBodiesGiveTheSameColumns(name: String, signal: Signal) throws {
        // `shared` stands beside the repository and is not part of it.
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared/conformance/otlp-examples/\(name).json")
        guard let json = try? Data(contentsOf: file) else {
            print("SKIPPED: \(file.path(percentEncoded: false)) does not exist")
            return
        }
        var repairs = RepairCounts()
        let body: [UInt8] =
            switch signal {
            case .traces: try OTLPJSONDecoder.decodeTraces([UInt8](json), repairs: &repairs).serializedBytes()
            case .metrics: try OTLPJSONDecoder.decodeMetrics([UInt8](json), repairs: &repairs).serializedBytes()
            case .logs: try OTLPJSONDecoder.decodeLogs([UInt8](json), repairs: &repairs).serializedBytes()
            }
        #expect(!body.isEmpty)
        #expect(compare(body, signal, name))
    }

    @Test(arguments: Signal.allCases)
    func unusualEncodingsGiveTheSameColumns(_ signal: Signal) throws {
        var accepted = 0
        for seed in 0..<1500 {
            var random = RandomOTLP(seed: UInt64(seed))
            let body = try Self.request(&random, signal)
            var mutator = WireMutator(seed: UInt64(seed), signal)
            if compare(mutator.mutate(body), signal, exactly: false, "seed \(seed)") { accepted += 1 }
        }
        #expect(accepted > 700)
    }

    @Test(arguments: Signal.allCases)
    func damagedBodiesAreRefusedAlike(_ signal: Signal) throws {
        var refused = 0
        for seed in 0..<40 {
            var random = RandomOTLP(seed: UInt64(seed))
            let body = try Self.request(&random, signal)
            guard !body.isEmpty else { continue }
            for round in 0..<60 {
                var damaged = body
                for _ in 0...random.below(3) { damaged[random.below(body.count)] = UInt8(random.below(256)) }
                if !compare(damaged, signal, exactly: false, "seed \(seed), round \(round)") { refused += 1 }
            }
        }
        #expect(refused > 500)
    }

    @Test(arguments: Signal.allCases)
    func aBodyCutShortAnywhereIsRefusedAlike(_ signal: Signal) throws {
        var random = RandomOTLP(seed: 3)
        var body: [UInt8] = []
        while !(300..<3000).contains(body.count) { body = try Self.request(&random, signal) }
        for length in 0..<body.count { compare(Array(body[..<length]), signal, "cut at \(length)") }
    }

    @Test(arguments: [
        [] as [UInt8],
        [0x0A],  // a field without its length
        [0x0A, 0x05, 0x00],  // a length past the end
        [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],  // a length of 2^64 - 1
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],  // a tag of 11 bytes
        [0x8A, 0x80, 0x80, 0x80, 0x00, 0x00],  // tag 10 in five bytes
        [0x00, 0x00],  // field number 0
        [0x0F, 0x00],  // wire type 7
        [0x0C],  // the end of a group that did not begin
        [0x0B, 0x0C],  // an empty group
        [0x0B, 0x14],  // a group that ends as another
        [0x0B],  // a group without an end
        [0xA3, 0x06, 0x08, 0x01, 0xA4, 0x06],  // group 100 with a varint
        Array("{\"resourceSpans\":[]}".utf8),
    ])
    func garbageIsTreatedAlike(bytes: [UInt8]) {
        for signal in Signal.allCases { compare(bytes, signal, "\(bytes) as \(signal)") }
    }

    /// A message that occurs twice is both, one after the other; but each has to be whole. Found by fuzzing.
    @Test func aCutTagIsNotCompletedByTheNextOccurrence() {
        // A resource that ends within a tag of two bytes, then one that begins with what would be its second.
        let first: [UInt8] = [0x20, 0x01, 0xA2]
        let second: [UInt8] = [0x01, 0x01, 0x61]
        compare(field(1, field(1, first) + field(1, second)), .traces, "resource")
        compare(field(1, field(2, field(1, first) + field(1, second))), .logs, "scope")
        compare(field(1, field(2, field(2, field(5, first) + field(5, second)))), .logs, "body")
    }

    /// Levels up to the limit of 100 are accepted, in each of the places where values nest.
    @Test(arguments: [1, 10, 45, 46, 47, 48, 49, 60, 2000])
    func nestingIsBoundedAlike(arrays: Int) {
        for isArray in [true, false] {
            // Written from the inside: AnyValue.array_value = 5 with values = 1, kvlist_value = 6 with values = 1 and in
            // those value = 2.
            var value: [UInt8] = [0x10, 0x01]
            for _ in 0..<arrays {
                value = isArray ? field(5, field(1, value)) : field(6, field(1, field(2, value)))
            }
            let attribute = field(1, Array("deep".utf8)) + field(2, value)
            let bodies: [(Signal, [UInt8])] = [
                (.logs, field(1, field(1, field(1, attribute)))),
                (.logs, field(1, field(2, field(2, field(5, value))))),
                (.logs, field(1, field(2, field(2, field(6, attribute))))),
                (.traces, field(1, field(2, field(2, Self.ids + field(9, attribute))))),
                (.traces, field(1, field(2, field(2, Self.ids + field(11, field(3, attribute)))))),
                (.metrics, field(1, field(2, field(2, field(1, [0x6D]) + field(5, field(1, field(7, attribute))))))),
            ]
            for (signal, body) in bodies { compare(body, signal, "\(arrays) levels, \(signal)") }
        }
    }

    @Test(
        arguments: [
            [0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        ]
            as [[UInt8]])
    func stringsThatAreNotUTF8AreRefused(text: [UInt8]) {
        let padded = Array("eight or more bytes ".utf8) + text
        for text in [text, padded, text + Array("after".utf8)] {
            for content in [
                field(5, text), field(3, text), field(9, field(1, text)), field(9, field(2, field(1, text))),
                field(9, field(2, field(5, field(1, field(1, text))))), field(15, field(2, text)),
                field(11, field(2, text)), field(13, field(3, text)),
            ] {
                let body = field(1, field(2, field(2, Self.ids + content)))
                compare(body, .traces, "\(text)")
                guard case .failure(let error) = wire(body, .traces) else {
                    Issue.record("accepted \(text)")
                    continue
                }
                #expect(error.code == .malformed && error.message == "a protobuf string is not UTF-8")
            }
        }
    }

    @Test func everyCodePointsTextIsAccepted() {
        for scalar in stride(from: UInt32(0), through: 0x10FFFF, by: 251).compactMap(Unicode.Scalar.init) {
            let body = field(1, field(2, field(2, Self.ids + field(5, Array(String(Character(scalar)).utf8)))))
            guard case .success(let appender) = wire(body, .traces) else {
                Issue.record("U+\(String(scalar.value, radix: 16)) is refused")
                continue
            }
            #expect(appender.batch.spans.name.string(at: 0).unicodeScalars.elementsEqual([scalar]))
        }
    }

    /// One appender for many requests: hints and caches of one never show in another.
    @Test(arguments: Signal.allCases)
    func requestsDoNotTouchEachOther(_ signal: Signal) throws {
        var mine = ColumnAppender(batch: TelemetryBatch())
        var theirs = ColumnAppender(batch: TelemetryBatch())
        for seed in 0..<200 {
            // Few seeds, so that resources and series come again.
            var random = RandomOTLP(seed: UInt64(seed % 40))
            var body = try Self.request(&random, signal)
            if seed % 5 == 4, !body.isEmpty { body.removeLast() }
            mine.begin(receivedTime: Self.arrival)
            theirs.begin(receivedTime: Self.arrival)
            let error = try? body.withUnsafeBufferPointer { try mine.append(protobuf: $0, signal) }
            let theirError = try? GeneratedDecoder.append(body, signal, to: &theirs)
            #expect((error == nil) == (theirError == nil))
        }
        #expect(ColumnText.ofTelemetry(mine.batch) == ColumnText.ofTelemetry(theirs.batch))
        // A refused request may leave names behind; none may be missing.
        for (table, rows) in ColumnText.of(theirs.batch) {
            #expect(Set(rows).isSubset(of: Set(ColumnText.of(mine.batch)[table] ?? [])))
        }
    }

    /// 2 bytes of an empty record become 112 of columns: refused before they fill the memory.
    @Test func aBodyThatWouldTakeFarMoreMemoryThanItHasIsRefused() {
        let empty = [UInt8](repeating: 0, count: 3_000_000).enumerated().map { $0.offset % 2 == 0 ? 0x12 : 0 as UInt8 }
        let body = field(1, field(2, empty))
        guard case .failure(let error) = wire(body, .logs) else {
            Issue.record("accepted")
            return
        }
        #expect(error.code == .tooLarge)
    }

    @Test func aResourceOfTooManyAttributesIsRefused() {
        let attributes = [UInt8](repeating: 0, count: 200_000).enumerated().map {
            $0.offset % 2 == 0 ? 0x0A : 0 as UInt8
        }
        guard case .failure(let error) = wire(field(1, field(1, attributes)), .logs) else {
            Issue.record("accepted")
            return
        }
        #expect(error.code == .tooLarge)
    }

    /// A trace id and a span id.
    private static let ids: [UInt8] = [0x0A, 16] + (1...16).map { UInt8($0) } + [0x12, 8] + (1...8).map { UInt8($0) }

    private func field(_ number: UInt32, _ content: [UInt8]) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.field(number, content)
        return writer.bytes
    }
}
