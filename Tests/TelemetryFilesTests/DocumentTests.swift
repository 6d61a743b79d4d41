import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryFiles
import TelemetryModel
import Testing

@Suite struct DocumentTests {
    private let folder = Folder()

    /// White space wherever JSON allows it.
    private func laidOut(_ json: [UInt8]) -> String {
        var (text, inString, isEscaped) = ("", false, false)
        for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
            text.unicodeScalars.append(scalar)
            if inString {
                if isEscaped {
                    isEscaped = false
                } else if scalar == "\\" {
                    isEscaped = true
                } else if scalar == "\"" {
                    inString = false
                }
            } else if scalar == "\"" {
                inString = true
            } else if "{[,:".unicodeScalars.contains(scalar) {
                text += "\n  "
            }
        }
        return text
    }

    @Test func aDocumentOverSeveralLinesIsRead() throws {
        for request in [
            OTLPJSONEncoder.encode(Fixture.spans(3)), OTLPJSONEncoder.encode(Fixture.logs(2)),
            OTLPJSONEncoder.encode(Fixture.points(4)),
        ] {
            let text = laidOut(request)
            // Documents behind each other, too.
            let reading = try Reading(folder.write("a.json", text + "\n" + text))
            #expect(reading.form == .document)
            #expect(reading.requests.count == 2)
            #expect(reading.problems.isEmpty)
        }
    }

    @Test func aListOfDocumentsIsRead() throws {
        let line = String(decoding: OTLPJSONEncoder.encode(Fixture.spans(3)), as: UTF8.self)
        for text in ["[\n\(line),\n\(line)\n]\n", "[\(line),\(line)]"] {
            let reading = try Reading(folder.write("a.json", text))
            #expect(reading.items == [.traces: 6])
            #expect(reading.problems.isEmpty)
        }
    }

    @Test(arguments: [
        "{\"batches\":GROUPS}", "{\"trace\":{\"resourceSpans\":GROUPS},\"metrics\":{}}",
        "{\"result\":{\"resourceSpans\":GROUPS}}", "{\"n\":[1,{\"a\":\"}\"}],\n\"resource_spans\":GROUPS}",
    ])
    func answersOfOthersAreRead(_ template: String) throws {
        let groups = String(decoding: OTLPJSONEncoder.encode(Fixture.spans(3)), as: UTF8.self)
            .dropFirst("{\"resourceSpans\":".count).dropLast()
        for newline in ["", "\n"] {
            let text = template.replacingFirst("GROUPS", with: groups).replacingFirst("{", with: "{\(newline)")
            let reading = try Reading(folder.write("a.json", text))
            #expect(reading.items == [.traces: 3], "\(text.prefix(60))")
            #expect(reading.problems.isEmpty)
        }
    }

    @Test func whatIsCutShortIsReportedBehindWhatIsWhole() throws {
        var request = Fixture.spans(1)
        request.resourceSpans += Fixture.spans(1).resourceSpans
        let text = laidOut(OTLPJSONEncoder.encode(request))
        let reading = try Reading(folder.write("a.json", String(text.dropLast(30))))
        #expect(reading.items == [.traces: 1])
        #expect(reading.problems.count == 1)
    }

    @Test func placesAreLines() throws {
        let reading = try Reading(folder.write("a.json", "{\n\"resourceSpans\": [\n{\"scopeSpans\": 1},\n{}\n]\n}\n"))
        #expect(reading.problems.map(\.position.number) == [3])
    }
}

extension String {
    fileprivate func replacingFirst(_ text: String, with other: some StringProtocol) -> String {
        let parts = split(separator: text, maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) + String(other) + String(parts[1]) : self
    }
}
