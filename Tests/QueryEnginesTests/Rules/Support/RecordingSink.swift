import PrometheusModel
import QueryEngines
import Synchronization

/// Keeps what rules write.
final class RecordingSink: RuleSampleSink {
    struct Refusal: Error, CustomStringConvertible {
        var description: String { "disk is full" }
    }

    private let state = Mutex((samples: [RuleSample](), refuses: false))

    func refuse(_ refuses: Bool) { state.withLock { $0.refuses = refuses } }

    /// What was written since the last call, one text for each sample: `name{…} value @seconds`.
    func take() -> [String] {
        let samples = state.withLock { state in
            defer { state.samples = [] }
            return state.samples
        }
        return samples.map { sample in
            let value = StaleMarker.isStale(sample.value) ? "stale" : NumberText.plain(sample.value)
            return "\(sample.labels) \(value) @\(Double(sample.time) / 1000)"
        }
    }

    func admit(_ request: [UInt8], sampleCount: Int) async throws {
        let samples = WriteRequestReader.read(request)
        try state.withLock { state in
            guard !state.refuses else { throw Refusal() }
            precondition(samples.count == sampleCount)
            state.samples += samples
        }
    }
}

/// Reads a Remote Write 2.0 request as far as the tests need it: labels and samples.
enum WriteRequestReader {
    private struct Field {
        let number: UInt64
        let value: UInt64
        let bytes: ArraySlice<UInt8>
    }

    static func read(_ request: [UInt8]) -> [RuleSample] {
        let top = fields(request[...])
        let symbols = top.filter { $0.number == 4 }.map { String(decoding: $0.bytes, as: UTF8.self) }
        var samples: [RuleSample] = []
        for series in top where series.number == 5 {
            let parts = fields(series.bytes)
            var references: [Int] = []
            for part in parts where part.number == 1 {
                var rest = part.bytes
                while let value = varint(&rest) { references.append(Int(value)) }
            }
            var labels: [Label] = []
            for index in stride(from: 0, to: references.count - 1, by: 2) {
                labels.append(Label(symbols[references[index]], symbols[references[index + 1]]))
            }
            for part in parts where part.number == 2 {
                let sample = fields(part.bytes)
                let value = sample.first { $0.number == 1 }?.value ?? 0
                let time = sample.first { $0.number == 2 }?.value ?? 0
                samples.append(
                    RuleSample(
                        labels: Labels(labels), time: Int64(bitPattern: time), value: Double(bitPattern: value)))
            }
        }
        return samples
    }

    private static func fields(_ bytes: ArraySlice<UInt8>) -> [Field] {
        var rest = bytes
        var fields: [Field] = []
        while let tag = varint(&rest) {
            switch tag & 7 {
            case 0: fields.append(Field(number: tag >> 3, value: varint(&rest) ?? 0, bytes: []))
            case 1:
                let value = rest.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
                rest = rest.dropFirst(8)
                fields.append(Field(number: tag >> 3, value: value, bytes: []))
            default:
                let count = Int(varint(&rest) ?? 0)
                fields.append(Field(number: tag >> 3, value: 0, bytes: rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
        }
        return fields
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
