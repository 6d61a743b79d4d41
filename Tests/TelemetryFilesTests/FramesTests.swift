import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryFiles
import TelemetryModel
import Testing

@Suite struct FramesTests {
    private let folder = Folder()

    private func messages() throws -> [[UInt8]] {
        [
            try Fixture.spans(3).serializedBytes(), try Fixture.logs(2).serializedBytes(),
            try Fixture.points(4).serializedBytes(),
        ]
    }

    @Test func theMessageItselfTellsItsSignal() throws {
        let reading = try Reading(folder.write("data.bin", try messages().flatMap(Fixture.frame)))
        #expect(reading.form == .otlpFrames)
        #expect(reading.items == [.traces: 3, .logs: 2, .metrics: 4])
        #expect(reading.problems.isEmpty)
    }

    // The Collector's file exporter with `compression: zstd` packs each message, of either format.
    @Test func messagesPackedEachAreRead() throws {
        let json = [
            OTLPJSONEncoder.encode(Fixture.spans(3)), OTLPJSONEncoder.encode(Fixture.logs(2)),
            OTLPJSONEncoder.encode(Fixture.points(4)),
        ]
        for messages in [try messages(), json] {
            let reading = try Reading(folder.write("data", messages.map(Fixture.zstd).flatMap(Fixture.frame)))
            #expect(reading.form == .otlpFrames)
            #expect(reading.items == [.traces: 3, .logs: 2, .metrics: 4])
        }
        let reading = try Reading(folder.write("data", json.flatMap(Fixture.frame)))
        #expect(reading.items == [.traces: 3, .logs: 2, .metrics: 4])
    }

    @Test func filesOfMessagesMayBePackedAsAWhole() throws {
        let bytes = try messages().flatMap(Fixture.frame)
        for packed in [Fixture.gzip(bytes), Fixture.zstd(bytes)] {
            let reading = try Reading(folder.write("data.pb.zst", packed))
            #expect(reading.form == .otlpFrames)
            #expect(reading.items == [.traces: 3, .logs: 2, .metrics: 4])
        }
    }

    @Test func whereAMessageDoesNotTellTheNameDoes() throws {
        var request = Fixture.spans(1)
        request.resourceSpans[0].scopeSpans[0].spans[0] = .with { $0.name = "a" }
        let frame = Fixture.frame(try request.serializedBytes())
        #expect(try Reading(folder.write("traces.pb", frame)).items == [.traces: 1])
        let unnamed = try Reading(folder.write("data.pb", frame))
        #expect(unnamed.requests.isEmpty)
        #expect(unnamed.problems.count == 1)
        #expect(try Reading(folder.write("data2.pb", frame), signal: .traces).items == [.traces: 1])
    }

    @Test func emptyMessagesHoldNothing() throws {
        let bytes = Fixture.frame([]) + Fixture.frame(try Fixture.spans(1).serializedBytes()) + Fixture.frame([])
        let reading = try Reading(folder.write("traces.pb", bytes))
        #expect(reading.items == [.traces: 1])
        #expect(reading.problems.isEmpty)
    }

    @Test func aMessageThatIsCutShortIsReported() throws {
        let bytes = try messages().flatMap(Fixture.frame)
        let reading = try Reading(folder.write("data.bin", Array(bytes.dropLast(5))))
        #expect(reading.items == [.traces: 3, .logs: 2])
        #expect(reading.problems.map(\.position.number) == [3])
        #expect(reading.problems[0].position.unit == .message)
        let again = try Reading(folder.write("data.bin", bytes + [0, 0]))
        #expect(again.problems.map(\.position.number) == [4])
    }

    @Test func aLengthWithoutMeasureEndsTheFileAndTakesNoMemory() throws {
        let bytes = Fixture.frame(try Fixture.spans(1).serializedBytes()) + [0xFF, 0xFF, 0xFF, 0xFF] + [1, 2, 3]
        let reading = try Reading(folder.write("data.bin", bytes))
        #expect(reading.items == [.traces: 1])
        #expect(reading.problems.count == 1)
        #expect(reading.problems[0].reason.contains("4294967295 bytes"))
    }

    @Test func aBrokenMessageIsPassedOver() throws {
        var broken = try Fixture.spans(2).serializedBytes() as [UInt8]
        broken[1] ^= 0x7F
        let good: [UInt8] = try Fixture.spans(1).serializedBytes()
        let reading = try Reading(
            folder.write("traces.bin", Fixture.frame(good) + Fixture.frame(broken) + Fixture.frame(good)))
        #expect(reading.items == [.traces: 2])
        #expect(reading.problems.map(\.position.number) == [2])
    }
}
