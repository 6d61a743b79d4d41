import Foundation
import OTLPMessages
import Testing

@testable import Codecs

/// The bodies of `conformance/otlp-edge` and `conformance/otlp-examples`, at the level of decoding.
///
/// A case that expects 200 only has to decode, one that expects 400 only must not; what may be both is decided by the
/// checks of the ingest pipeline and only must not trap here. Expectations: NOTICE files in those folders.
@Suite struct OTLPJSONConformanceTests {
    /// `shared` stands beside the repository and is not part of it.
    private static let conformance = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/conformance")

    private func contents(_ path: String) -> [UInt8]? {
        let url = Self.conformance.appending(path: path)
        guard let data = try? Data(contentsOf: url) else {
            print("SKIPPED: \(url.path(percentEncoded: false)) does not exist")
            return nil
        }
        return [UInt8](data)
    }

    private func decode(_ signal: String, _ body: [UInt8]) throws {
        var repairs = RepairCounts()
        switch signal {
        case "traces": _ = try OTLPJSONDecoder.decodeTraces(body, repairs: &repairs)
        case "metrics": _ = try OTLPJSONDecoder.decodeMetrics(body, repairs: &repairs)
        case "logs": _ = try OTLPJSONDecoder.decodeLogs(body, repairs: &repairs)
        default: Issue.record("unknown signal \(signal)")
        }
    }

    @Test func edgeCases() throws {
        guard let bytes = contents("otlp-edge/cases.json") else { return }
        let cases = try bytes.withUnsafeBufferPointer { try EdgeCase.read($0) }
        #expect(!cases.isEmpty)
        for edgeCase in cases where edgeCase.formats.contains("json") {
            let result = Result { try decode(edgeCase.signal, edgeCase.body) }
            switch (edgeCase.expectedStatus, result) {
            case ([400], .success): Issue.record("\(edgeCase.name): decoded, but has to be refused")
            case ([200], .failure(let error)): Issue.record("\(edgeCase.name): \(error)")
            default: break
            }
        }
    }

    @Test(arguments: [("trace", "traces"), ("metrics", "metrics"), ("logs", "logs"), ("events", "logs")])
    func examples(file: String, signal: String) throws {
        guard let bytes = contents("otlp-examples/\(file).json") else { return }
        try decode(signal, bytes)
    }
}

/// A case, with its body as it stands in the file: another parser could change what the body spells.
private struct EdgeCase {
    var name = ""
    var signal = ""
    var body: [UInt8] = []
    var formats: [String] = []
    var expectedStatus: [Int] = []

    static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws -> [EdgeCase] {
        // The file nests its bodies, one of which is as deep as the decoder's limit allows or deeper.
        var reader = JSONReader(bytes, depthMax: 1000)
        var cases: [EdgeCase] = []
        var elements = try reader.beginList()
        while try reader.nextElement(&elements) {
            cases.append(try EdgeCase(from: &reader, bytes))
        }
        return cases
    }

    private init(from reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>) throws {
        var members = try reader.beginObject()
        while let key = try reader.nextKey(&members) {
            switch try reader.withBytes(of: key, { String(decoding: $0, as: UTF8.self) }) {
            case "name": name = try reader.readString()
            case "signal": signal = try reader.readString()
            case "body":
                let start = reader.position
                try reader.skipValue()
                body = Array(bytes[start..<reader.position])
            case "formats":
                var elements = try reader.beginList()
                while try reader.nextElement(&elements) { formats.append(try reader.readString()) }
            case "expect_status":
                var elements = try reader.beginList()
                while try reader.nextElement(&elements) {
                    if case .value(let status, _) = try reader.readNumber().integer {
                        expectedStatus.append(Int(status))
                    }
                }
            default: try reader.skipValue()
            }
        }
    }
}
