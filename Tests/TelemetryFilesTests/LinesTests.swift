import Codecs
import OTLPMessages
import TelemetryFiles
import TelemetryModel
import Testing

@Suite struct LinesTests {
    private let folder = Folder()

    private var mixed: [UInt8] {
        Fixture.line(Fixture.spans(3)) + Fixture.line(Fixture.logs(2)) + Fixture.line(Fixture.points(4))
    }

    @Test func linesOfAllSignalsAreRead() throws {
        let reading = try Reading(folder.write("a.jsonl", mixed))
        #expect(reading.form == .otlpLines)
        #expect(reading.items == [.traces: 3, .logs: 2, .metrics: 4])
        #expect(reading.problems.isEmpty)
    }

    @Test(arguments: [FileCompression.gzip, .zstd])
    func packedFilesAreReadWhateverTheirName(_ compression: FileCompression) throws {
        let packed = compression == .gzip ? Fixture.gzip(mixed) : Fixture.zstd(mixed)
        // Several members or frames behind each other are one file.
        let reading = try Reading(folder.write("a.jsonl", packed + packed))
        #expect(reading.compression == compression)
        #expect(reading.items == [.traces: 6, .logs: 4, .metrics: 8])
        #expect(reading.problems.isEmpty)
    }

    @Test func oneObjectWithSeveralSignalsIsReadWhole() throws {
        let spans = String(decoding: OTLPJSONEncoder.encode(Fixture.spans(2)).dropLast(), as: UTF8.self)
        let logs = String(decoding: OTLPJSONEncoder.encode(Fixture.logs(1)).dropFirst(), as: UTF8.self)
        let reading = try Reading(folder.write("a.jsonl", "\(spans),\(logs)\n"))
        #expect(reading.items == [.traces: 2, .logs: 1])
    }

    @Test func aBadLineIsReportedWithItsPlaceAndPassedOver() throws {
        let file = folder.write(
            "traces.jsonl",
            Fixture.line(Fixture.spans(1)) + Array("{\"resourceSpans\":[{]}\n\n".utf8) + Fixture.line(Fixture.spans(1))
                + Array("{\"other\":1}\nnot json\n".utf8) + Fixture.line(Fixture.spans(1)))
        let reading = try Reading(file)
        #expect(reading.items == [.traces: 3])
        #expect(reading.problems.map(\.position.number) == [2, 5, 6])
        #expect(reading.problems[0].description.hasPrefix("\(file):2: "))
        #expect(reading.problems[0].signal == .traces)
    }

    @Test func theLastLineMayBeWithoutItsEnd() throws {
        let reading = try Reading(folder.write("a.jsonl", Array(mixed.dropLast())))
        #expect(reading.items == [.traces: 3, .logs: 2, .metrics: 4])
        #expect(reading.problems.isEmpty)
    }

    @Test func aLastLineThatIsCutShortIsReported() throws {
        let reading = try Reading(folder.write("a.jsonl", Array(mixed.dropLast(20))))
        #expect(reading.items == [.traces: 3, .logs: 2])
        #expect(reading.problems.count == 1)
        #expect(reading.problems[0].reason.contains("without its end"))
    }

    @Test func aFileThatBeginsInTheMiddleOfALineIsReadFromTheNext() throws {
        let start = Array("\"value\":{\"stringValue\":\"x\"}}]}]}]}\n".utf8)
        let reading = try Reading(folder.write("a.jsonl", start + mixed))
        #expect(reading.items == [.traces: 3, .logs: 2, .metrics: 4])
        #expect(reading.problems.map(\.position.number) == [1])
    }

    @Test func aFirstLineThatIsCutShortDoesNotMakeADocument() throws {
        let start = Array(Fixture.line(Fixture.spans(1)).dropLast(12)) + [0x0A]
        let reading = try Reading(folder.write("a.jsonl", start + mixed))
        #expect(reading.form == .otlpLines)
        #expect(reading.items == [.traces: 3, .logs: 2, .metrics: 4])
    }

    @Test func endsOfWindowsAndAByteOrderMarkDoNotHurt() throws {
        let line = Fixture.line(Fixture.spans(1)).dropLast()
        let reading = try Reading(
            folder.write("a.jsonl", [0xEF, 0xBB, 0xBF] + line + [0x0D, 0x0A] + line + [0x0D, 0x0A]))
        #expect(reading.items == [.traces: 2])
        #expect(reading.problems.isEmpty)
    }

    @Test func repairsAreCounted() throws {
        let line =
            #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"07070707-0707-0707-0707-070707070707","#
            + #""spanId":"0000000000000001","name":"a","kind":"SPAN_KIND_SERVER"}]}]}]}"#
        let reader = try TelemetryFileReader(folder.write("a.jsonl", line + "\n"))
        let event = try reader.next()
        guard case .request(let request, let position, let bytes) = event else {
            Issue.record("no request")
            return
        }
        #expect(request.items == 1)
        #expect(position.number == 1)
        #expect(bytes == line.utf8.count)
        #expect(reader.repairs[.traceIDUUID] == 1)
        #expect(reader.repairs[.enumName] == 1)
    }

    @Test func anEmptyFileHoldsNothing() throws {
        for (name, bytes) in [("a.jsonl", []), ("b.jsonl", Array("\n \n".utf8)), ("c.jsonl", Fixture.gzip([]))] {
            let reading = try Reading(folder.write(name, bytes))
            #expect(reading.form == .empty)
            #expect(reading.requests.isEmpty)
            #expect(reading.problems.isEmpty)
        }
    }

    @Test func packedDataThatIsCutShortIsReportedBehindWhatIsWhole() throws {
        let many = (0..<2_000).flatMap { Fixture.line(Fixture.spans(1, first: $0)) }
        for packed in [Fixture.gzip(many), Fixture.zstd(many)] {
            let reading = try Reading(folder.write("a.jsonl", Array(packed.dropLast(packed.count / 3))))
            #expect((reading.items[.traces] ?? 0) > 0)
            let last = try #require(reading.problems.last)
            #expect(last.reason.contains("cut short"))
        }
    }

    @Test func whatIsNoTelemetryIsToldOnce() throws {
        let cases: [(String, [UInt8])] = [
            ("app.jsonl", Array("{\"level\":\"info\",\"message\":\"x\"}\n{\"level\":\"info\"}\n".utf8)),
            ("app.log", Array("2026-01-01 started\n".utf8)), ("zeros", [UInt8](repeating: 0, count: 4_096)),
            ("text", Array("hello".utf8)), ("binary", (0..<255).map { UInt8(255 - $0) }),
        ]
        for (name, bytes) in cases {
            let file = folder.write(name, bytes)
            let error = #expect(throws: TelemetryFileError.self) { try TelemetryFileReader(file) }
            #expect(error?.code == .unknownForm, "\(name)")
        }
    }

    @Test func formsThatAreNotReadAreNamed() throws {
        let cases: [(String, [UInt8], String)] = [
            ("a.parquet", Array("PAR1....".utf8), "Parquet"), ("a.xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 1], "xz"),
            ("metrics.prom", Array("# HELP a b\n# TYPE a counter\na 1\n".utf8), "Prometheus"),
        ]
        for (name, bytes, word) in cases {
            let file = folder.write(name, bytes)
            let error = #expect(throws: TelemetryFileError.self) { try TelemetryFileReader(file) }
            #expect(error?.code == .unsupported)
            #expect(error?.reason.contains(word) == true)
        }
    }

    @Test func whatIsNotThereIsAnError() throws {
        let error = #expect(throws: TelemetryFileError.self) { try TelemetryFileReader("/nowhere/traces.jsonl") }
        #expect(error?.code == .unreadable)
        let path = folder.path
        let other = #expect(throws: TelemetryFileError.self) { try TelemetryFileReader(path) }
        #expect(other?.code == .unreadable)
    }

    @Test func nestingWithoutEndIsABadLine() throws {
        let deep = Array("{\"resourceSpans\":".utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 100_000) + [0x0A]
        let reading = try Reading(folder.write("a.jsonl", Fixture.line(Fixture.spans(1)) + deep + mixed))
        #expect(reading.problems.map(\.position.number) == [2])
        #expect(reading.items[.traces] == 4)
    }

    @Test func invalidUTF8AndZerosAreNotTrusted() throws {
        var line = Fixture.line(Fixture.spans(1))
        if let place = line.firstIndex(of: UInt8(ascii: "p")) { line[place] = 0xFF }
        let zeros = [UInt8](repeating: 0, count: 100) + [0x0A]
        let reading = try Reading(folder.write("a.jsonl", Fixture.line(Fixture.spans(1)) + line + zeros))
        #expect(reading.requests.count + reading.problems.count >= 2)
        #expect(reading.problems.contains { $0.position.number == 3 })
    }
}
