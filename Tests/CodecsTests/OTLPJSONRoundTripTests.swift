import Foundation
import OTLPMessages
import TestSupport
import Testing

@testable import Codecs

/// Properties over random requests and over broken ones.
@Suite struct OTLPJSONRoundTripTests {
    @Test(arguments: 0..<8)
    func decodingWhatWasEncodedGivesTheSame(block: UInt64) throws {
        for seed in block * 20..<block * 20 + 20 {
            var random = RandomOTLP(seed: seed)
            var repairs = RepairCounts()
            let traces = random.traceRequest()
            #expect(
                try OTLPJSONDecoder.decodeTraces(OTLPJSONEncoder.encode(traces), repairs: &repairs) == traces,
                "seed \(seed)")
            let metrics = random.metricsRequest()
            #expect(
                try OTLPJSONDecoder.decodeMetrics(OTLPJSONEncoder.encode(metrics), repairs: &repairs) == metrics,
                "seed \(seed)")
            let logs = random.logsRequest()
            #expect(
                try OTLPJSONDecoder.decodeLogs(OTLPJSONEncoder.encode(logs), repairs: &repairs) == logs, "seed \(seed)")
            #expect(repairs.isEmpty, "seed \(seed)")
        }
    }

    /// NaN equals nothing, so the texts are compared; and Foundation's parser confirms that they are JSON.
    @Test func encodingIsStableAndValidJSON() throws {
        for seed in UInt64(1000)..<1020 {
            var random = RandomOTLP(seed: seed)
            random.allowsNaN = true
            var repairs = RepairCounts()
            let bytes = OTLPJSONEncoder.encode(random.metricsRequest())
            let again = OTLPJSONEncoder.encode(try OTLPJSONDecoder.decodeMetrics(bytes, repairs: &repairs))
            #expect(bytes == again, "seed \(seed)")
            #expect(String(validating: bytes, as: UTF8.self) != nil)
            #expect((try? JSONSerialization.jsonObject(with: Data(bytes))) != nil, "seed \(seed)")
        }
    }

    @Test func truncatedDocumentsAreRefused() {
        for decode in Self.decoders {
            let bytes = decode.sample
            for end in bytes.indices {
                #expect(throws: DecodeError.self) { try decode.run(Array(bytes[..<end])) }
            }
        }
    }

    /// Changes every byte of a sample in several ways; the decoder answers with a value or an error and never traps.
    @Test func changedBytesNeverTrap() {
        var outcomes = (values: 0, errors: 0)
        for decode in Self.decoders {
            for index in decode.sample.indices {
                for replacement in Array(#"{}[]":,\-9eut"#.utf8) + [0x00, 0x20, 0x80, 0xFF] {
                    var bytes = decode.sample
                    bytes[index] = replacement
                    count(decode, bytes, &outcomes)
                }
                for bit in 0..<8 {
                    var bytes = decode.sample
                    bytes[index] ^= 1 << UInt8(bit)
                    count(decode, bytes, &outcomes)
                }
                var shorter = decode.sample
                shorter.remove(at: index)
                count(decode, shorter, &outcomes)
            }
        }
        #expect(outcomes.values > 0)
        #expect(outcomes.errors > 0)
    }

    private func count(_ decoder: Decoder, _ bytes: [UInt8], _ outcomes: inout (values: Int, errors: Int)) {
        do {
            try decoder.run(bytes)
            outcomes.values += 1
        } catch {
            outcomes.errors += 1
            // The text is made as well, as it looks at the path.
            if error.message.isEmpty { Issue.record("error without a message") }
        }
    }

    struct Decoder {
        let sample: [UInt8]
        let run: ([UInt8]) throws(DecodeError) -> Void
    }

    private static var decoders: [Decoder] {
        // Seeds whose requests have a few hundred bytes with most kinds of fields.
        func sample(_ make: (inout RandomOTLP) -> [UInt8]) -> [UInt8] {
            for seed in UInt64(0)... {
                var random = RandomOTLP(seed: seed)
                let bytes = make(&random)
                if (500...900).contains(bytes.count) { return bytes }
            }
            return []
        }
        return [
            Decoder(sample: sample { OTLPJSONEncoder.encode($0.traceRequest()) }) { (bytes) throws(DecodeError) in
                var repairs = RepairCounts()
                _ = try OTLPJSONDecoder.decodeTraces(bytes, repairs: &repairs)
            },
            Decoder(sample: sample { OTLPJSONEncoder.encode($0.metricsRequest()) }) { (bytes) throws(DecodeError) in
                var repairs = RepairCounts()
                _ = try OTLPJSONDecoder.decodeMetrics(bytes, repairs: &repairs)
            },
            Decoder(sample: sample { OTLPJSONEncoder.encode($0.logsRequest()) }) { (bytes) throws(DecodeError) in
                var repairs = RepairCounts()
                _ = try OTLPJSONDecoder.decodeLogs(bytes, repairs: &repairs)
            },
        ]
    }
}
