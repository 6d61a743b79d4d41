import Codecs
import FuzzSupport
import OTLPMessages
import SwiftProtobuf
import TelemetryFiles
import TelemetryModel

/// Reads a file at once and in pieces, which must give the same; takes requests apart and puts them together, moves their
/// times and ids; unpacks gzip, which must give what libdeflate gives.
struct TelemetryFileFuzzer {
    private static let unpackedBytesMax = 1 << 20

    func seeds() throws -> [[UInt8]] {
        let span =
            #"{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"intValue":"1"}}]},"scopeSpans":"#
            + #"[{"scope":{"name":"s"},"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","#
            + #""name":"n","startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}"#
        let log =
            #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"5","body":{"stringValue":"#
            + #""trace_id=0af7651916cd43dd8448eb211c80319c"}}]}]}]}"#
        let point =
            #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","sum":{"dataPoints":[{"asInt":"1","#
            + #""timeUnixNano":"7","exemplars":[{"traceId":"0af7651916cd43dd8448eb211c80319c"}]}]}}]}]}]}"#
        let jaeger =
            #"{"data":[{"traceID":"1","spans":[{"traceID":"1","spanID":"2","operationName":"o","references":"#
            + #"[{"refType":"CHILD_OF","traceID":"1","spanID":"3"}],"startTime":1,"duration":2,"tags":[{"key":"k","#
            + #""type":"int64","value":1}],"logs":[{"timestamp":1,"fields":[]}],"processID":"p1"}],"processes":"#
            + #"{"p1":{"serviceName":"s","tags":[]}}}]}"#
        let texts = [
            span + "\n" + log + "\n" + point, "[\n" + span + ",\n" + log + "]", jaeger, "{\n\"batches\":\n[]}",
            span.split(separator: ",").joined(separator: ",\n"), "{\"trace\":" + span + "}", "x\n" + span,
        ].map { Array($0.utf8) }
        var repairs = RepairCounts()
        let message: [UInt8] = try OTLPJSONDecoder.decodeTraces(Array(span.utf8), repairs: &repairs).serializedBytes()
        let frames = [0, 0, 0, UInt8(message.count)] + message + [0, 0, 0, 0]
        let files = texts + [frames]
        return files.map { [0] + $0 } + (try files.map { [0] + (try Gzip.compress($0)) })
            + (try files.map { [1] + (try Gzip.compress($0)).dropFirst(10).dropLast(8) })
    }

    /// A byte for what is tested and the size of the pieces, then the file, or a stream of deflate.
    func test(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let bytes = Array(input.dropFirst())
        let piece = 1 + Int(first >> 1)
        if first & 1 == 0 { read(bytes, piece: piece) } else { inflate(bytes, piece: piece) }
    }

    private func read(_ bytes: [UInt8], piece: Int) {
        let whole = events(bytes, piece: .max)
        let parts = events(bytes, piece: piece)
        if whole.map(\.text) != parts.map(\.text) { LibFuzzer.fail("in pieces of \(piece) it reads differently") }
        for request in whole.compactMap(\.request) { change(request) }
    }

    private func events(_ bytes: [UInt8], piece: Int) -> [(text: String, request: TelemetryRequest?)] {
        do throws(TelemetryFileError) {
            let reader = try TelemetryFileReader(bytes: bytes, name: "traces", piece: piece)
            var events: [(String, TelemetryRequest?)] = []
            while let event = try reader.next() {
                switch event {
                case .request(let request, let position, let bytes):
                    events.append(("\(position) \(request.signal) \(request.items) \(bytes)", request))
                case .problem(let problem): events.append(("\(problem)", nil))
                }
            }
            return events
        } catch {
            return [("\(error)", nil)]
        }
    }

    private func change(_ request: TelemetryRequest) {
        let items = request.itemized()
        if items.count != request.items { LibFuzzer.fail("\(request.items) items are \(items.count)") }
        if let again = TelemetryRequest(items), again.items != items.count { LibFuzzer.fail("items are lost") }
        if let (left, right) = request.halves, left.items + right.items != items.count {
            LibFuzzer.fail("halves are not the whole")
        }
        for shift in [Int64.min, -1, 1, .max] {
            var moved = request
            TimeShift(nanoseconds: shift).apply(&moved)
            if moved.items != items.count { LibFuzzer.fail("moving loses items") }
        }
        var renamed = request
        let identifiers = NewIdentifiers(traceKey: TraceID(high: 1, low: 2), spanKey: SpanID(value: 3))
        identifiers.apply(&renamed)
        identifiers.apply(&renamed)
        var times = RequestTimes()
        times.add(renamed)
    }

    /// A stream that is unpacked without failure is one for libdeflate, too, and gives the same.
    private func inflate(_ deflate: [UInt8], piece: Int) {
        // Without the right checksum the failure comes behind all of the bytes.
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        let file = header + deflate + [0, 0, 0, 0, 0, 0, 0, 0]
        guard let whole = try? Unpacking.unpacked(file, bytesMax: Self.unpackedBytesMax),
            let parts = try? Unpacking.unpacked(file, piece: piece, bytesMax: Self.unpackedBytesMax)
        else { return }
        if whole.bytes != parts.bytes || whole.failure != parts.failure {
            LibFuzzer.fail("in pieces of \(piece) it unpacks differently")
        }
        guard whole.failure?.contains("checksum") == true, whole.bytes.count <= Self.unpackedBytesMax else { return }
        var reserved = 0
        // Bytes behind the stream are refused by neither when they are left out here.
        guard let other = try? Inflate.decompress(deflate, bytesMax: 2 * Self.unpackedBytesMax, reserved: &reserved)
        else { return }
        if other != whole.bytes { LibFuzzer.fail("\(whole.bytes.count) bytes, and \(other.count) by libdeflate") }
    }
}
