import CZstd
import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryFiles
import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A directory for one test.
final class Folder {
    let path: String

    init() {
        var template = Array("/tmp/martlet-files-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, let made = mkdtemp(base) else { return "" }
            return String(cString: made)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) -> String {
        let file = path + "/" + name
        if let slash = file.lastIndex(of: "/") {
            try? FileManager.default.createDirectory(
                atPath: String(file[..<slash]), withIntermediateDirectories: true)
        }
        _ = FileManager.default.createFile(atPath: file, contents: Data(bytes))
        return file
    }

    func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }
}

enum Fixture {
    static func spans(_ count: Int, first: Int = 0, time: UInt64 = 1_000) -> OTLPTraceRequest {
        .with { request in
            request.resourceSpans = [
                .with { group in
                    group.resource.attributes = [attribute("service.name", "shop")]
                    group.scopeSpans = [
                        .with { scope in
                            scope.scope.name = "test"
                            scope.spans = (first..<first + count).map { number in
                                .with {
                                    $0.traceID = Data(repeating: 7, count: 16)
                                    $0.spanID = Data(withUnsafeBytes(of: UInt64(number + 1).bigEndian) { Array($0) })
                                    $0.name = "span \(number)"
                                    $0.kind = .server
                                    $0.startTimeUnixNano = time + UInt64(number)
                                    $0.endTimeUnixNano = time + UInt64(number) + 10
                                }
                            }
                        }
                    ]
                }
            ]
        }
    }

    static func logs(_ count: Int, time: UInt64 = 1_000) -> OTLPLogsRequest {
        .with { request in
            request.resourceLogs = [
                .with {
                    $0.scopeLogs = [
                        .with {
                            $0.logRecords = (0..<count).map { number in
                                .with {
                                    $0.timeUnixNano = time + UInt64(number)
                                    $0.body.stringValue = "line \(number)"
                                }
                            }
                        }
                    ]
                }
            ]
        }
    }

    static func points(_ count: Int, time: UInt64 = 1_000) -> OTLPMetricsRequest {
        .with { request in
            request.resourceMetrics = [
                .with {
                    $0.scopeMetrics = [
                        .with {
                            $0.metrics = [
                                .with { metric in
                                    metric.name = "m"
                                    metric.gauge.dataPoints = (0..<count).map { number in
                                        .with {
                                            $0.timeUnixNano = time + UInt64(number)
                                            $0.asInt = Int64(number)
                                        }
                                    }
                                }
                            ]
                        }
                    ]
                }
            ]
        }
    }

    static func attribute(_ key: String, _ text: String) -> OTLPKeyValue {
        .with {
            $0.key = key
            $0.value.stringValue = text
        }
    }

    static func line(_ request: OTLPTraceRequest) -> [UInt8] { OTLPJSONEncoder.encode(request) + [0x0A] }
    static func line(_ request: OTLPMetricsRequest) -> [UInt8] { OTLPJSONEncoder.encode(request) + [0x0A] }
    static func line(_ request: OTLPLogsRequest) -> [UInt8] { OTLPJSONEncoder.encode(request) + [0x0A] }

    static func frame(_ message: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(message.count).bigEndian) { Array($0) } + message
    }

    static func zstd(_ bytes: [UInt8]) -> [UInt8] {
        let capacity = ZSTD_compressBound(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = ZSTD_compress(buffer.baseAddress, capacity, bytes, bytes.count, 1)
        }
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] { (try? Gzip.compress(bytes)) ?? [] }
}

/// What a file came to.
struct Reading {
    var requests: [TelemetryRequest] = []
    var problems: [TelemetryFileProblem] = []
    var items: [Signal: Int] = [:]
    let form: TelemetryFileForm
    let compression: FileCompression

    init(_ path: String, signal: Signal? = nil) throws {
        let reader = try TelemetryFileReader(path, signal: signal)
        form = reader.form
        compression = reader.compression
        while let event = try reader.next() {
            switch event {
            case .request(let request, _, _):
                requests.append(request)
                items[request.signal, default: 0] += request.items
            case .problem(let problem): problems.append(problem)
            }
        }
    }

    var spans: [OTLPSpan] {
        requests.flatMap { request -> [OTLPSpan] in
            guard case .traces(let request) = request else { return [] }
            return request.resourceSpans.flatMap { $0.scopeSpans.flatMap(\.spans) }
        }
    }
}
