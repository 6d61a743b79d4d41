import PrometheusModel
import TestSupport
import Testing

@testable import Codecs

/// Requests are read back by a decoder of the test's own.
@Suite struct RemoteWriteBuilderTests {
    /// A message: its fields by number, in their order; numbers as they stand, anything longer as bytes.
    private struct Message {
        enum Value: Equatable {
            case number(UInt64)
            case bytes([UInt8])
        }

        var fields: [(number: UInt64, value: Value)] = []

        init(_ bytes: [UInt8]) throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                let tag = try Self.varint(&rest)
                switch tag & 7 {
                case 0: fields.append((tag >> 3, .number(try Self.varint(&rest))))
                case 1:
                    try #require(rest.count >= 8)
                    let bits = rest.prefix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
                    fields.append((tag >> 3, .number(bits)))
                    rest = rest.dropFirst(8)
                default:
                    try #require(tag & 7 == 2)
                    let length = Int(try Self.varint(&rest))
                    try #require(length <= rest.count)
                    fields.append((tag >> 3, .bytes(Array(rest.prefix(length)))))
                    rest = rest.dropFirst(length)
                }
            }
        }

        static func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
                guard let byte = rest.popFirst() else { break }
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
            }
            throw CancellationError()
        }

        func bytes(_ number: UInt64) -> [[UInt8]] {
            fields.compactMap { field in
                if field.number == number, case .bytes(let bytes) = field.value { return bytes }
                return nil
            }
        }

        func number(_ number: UInt64) -> UInt64? {
            for field in fields { if field.number == number, case .number(let value) = field.value { return value } }
            return nil
        }

        func double(_ number: UInt64) -> Double? { self.number(number).map { Double(bitPattern: $0) } }

        func messages(_ number: UInt64) throws -> [Message] { try bytes(number).map { try Message($0) } }

        func packed(_ number: UInt64) throws -> [UInt64] {
            var values: [UInt64] = []
            for bytes in bytes(number) {
                var rest = bytes[...]
                while !rest.isEmpty { values.append(try Self.varint(&rest)) }
            }
            return values
        }

        func doubles(_ number: UInt64) -> [Double] {
            bytes(number).flatMap { bytes in
                stride(from: 0, to: bytes.count, by: 8).map { start in
                    Double(bitPattern: bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
                }
            }
        }
    }

    private func symbols(_ request: Message) -> [String] {
        request.bytes(4).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func seriesReferToTheirSymbols() throws {
        var builder = RemoteWriteBuilder()
        builder.add(
            ["__name__": "a_total", "job": "x"],
            metadata: MetricMetadata(type: .counter, help: "H", unit: "s"), startTime: 1_700_000_000_000,
            samples: [.init(time: 1_700_000_000_123, value: 1.5), .init(time: -5, value: 0)],
            exemplars: [Exemplar(labels: ["trace_id": "x"], value: -0.0, time: 7)])
        builder.add(["__name__": "b", "job": "x", "le": "1"], samples: [.init(time: 1, value: -0.0)])
        #expect(builder.sampleCount == 3)
        #expect(builder.byteCount > 0)
        let request = try Message(builder.finish())
        #expect(symbols(request) == ["", "__name__", "a_total", "job", "x", "trace_id", "H", "s", "b", "le", "1"])
        let series = try request.messages(5)
        #expect(try series.map { try $0.packed(1) } == [[1, 2, 3, 4], [1, 8, 3, 4, 9, 10]])
        #expect(series[0].number(6) == 1_700_000_000_000)
        let samples = try series[0].messages(2)
        #expect(samples.map { $0.double(1) } == [1.5, nil])
        #expect(samples.map { $0.number(2) } == [1_700_000_000_123, UInt64(bitPattern: -5)])
        #expect(samples.map { $0.number(3) } == [1_700_000_000_000, 1_700_000_000_000])
        let exemplar = try #require(try series[0].messages(4).first)
        #expect(try exemplar.packed(1) == [5, 4])
        #expect(exemplar.double(2)?.sign == .minus)
        #expect(exemplar.number(3) == 7)
        let metadata = try #require(try series[0].messages(5).first)
        #expect(metadata.fields.map(\.number) == [1, 3, 4])
        #expect(metadata.fields.map(\.value) == [.number(1), .number(6), .number(7)])
        #expect(series[1].fields.map(\.number) == [1, 2])
        #expect(try series[1].messages(2).first?.double(1)?.sign == .minus)
    }

    @Test func nativeHistogramsKeepTheirFloatForm() throws {
        var builder = RemoteWriteBuilder()
        let histogram = NativeHistogram(
            counterReset: .gauge, schema: -53, zeroThreshold: 0.25, zeroCount: 0, count: 12, sum: -3,
            positiveSpans: [.init(offset: -3, length: 2), .init(offset: 4, length: 300)],
            negativeSpans: [.init(offset: 0, length: 0)], positiveBuckets: [1, 2.5, 3], negativeBuckets: [4],
            customBounds: [1, 2])
        builder.add(
            ["__name__": "h"], metadata: MetricMetadata(type: .histogram), startTime: 3, samples: [],
            histograms: [.init(time: 9, value: histogram), .init(time: 10, value: NativeHistogram())])
        #expect(builder.sampleCount == 2)
        let series = try #require(try Message(builder.finish()).messages(5).first)
        let histograms = try series.messages(3)
        #expect(histograms.map { $0.double(2) } == [12, 0])
        // Presence tells the form, so zero is written.
        #expect(histograms.map { $0.double(7) } == [0, 0])
        let first = histograms[0]
        #expect(first.double(3) == -3)
        #expect(first.number(4) == 105)
        #expect(first.double(5) == 0.25)
        #expect(try first.messages(8).map(\.fields.count) == [0])
        #expect(first.doubles(10) == [4])
        #expect(try first.messages(11).map { $0.number(1) } == [5, 8])
        #expect(try first.messages(11).map { $0.number(2) } == [2, 300])
        #expect(first.doubles(13) == [1, 2.5, 3])
        #expect(first.number(14) == 3)
        #expect(first.number(15) == 9)
        #expect(first.doubles(16) == [1, 2])
        #expect(first.number(17) == 3)
        #expect(first.number(1) == nil && first.number(6) == nil)
    }

    @Test func aFinishedBuilderStartsAnew() throws {
        var builder = RemoteWriteBuilder()
        #expect(builder.isEmpty)
        #expect(builder.finish() == [0x22, 0])
        builder.add(["a": "b"], samples: [.init(time: 1, value: 1)])
        #expect(!builder.isEmpty)
        let first = builder.finish()
        #expect(builder.isEmpty && builder.byteCount == 0 && builder.sampleCount == 0)
        builder.add(["a": "b"], samples: [.init(time: 1, value: 1)])
        #expect(builder.finish() == first)
        #expect(symbols(try Message(first)) == ["", "a", "b"])
    }

    /// References are remembered from series to series, whichever labels come and go.
    @Test func everySeriesFindsItsLabels() throws {
        var builder = RemoteWriteBuilder()
        var expected: [Labels] = []
        var random = SplitMix64(seed: 1)
        for _ in 0..<500 {
            let names = ["a", "b", "c", "d", "e"].filter { _ in Bool.random(using: &random) }
            let labels = Labels(
                names.map { Label($0, ["x", "y", "a", "0"].randomElement(using: &random) ?? "x") })
            expected.append(labels)
            builder.add(labels, samples: [.init(time: 1, value: 1)])
        }
        let request = try Message(builder.finish())
        let symbols = symbols(request)
        let found = try request.messages(5).map { series in
            let references = try series.packed(1).map { symbols[Int($0)] }
            return Labels(
                stride(from: 0, to: references.count, by: 2).map { Label(references[$0], references[$0 + 1]) })
        }
        #expect(found == expected)
        #expect(Set(symbols).count == symbols.count)
    }
}
