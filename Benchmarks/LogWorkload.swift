import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Log records as services write them: lines of about 150 bytes, in the formats of web servers, JSON, logfmt and plain
/// text; levels as they are met; one of 100,000 users in the line and as an attribute; ids of traces.
struct LogWorkload {
    enum Format: CaseIterable {
        case text, json
    }

    /// Of the last request.
    private(set) var lineBytes = 0
    private var state: UInt64

    private static let services = ["gateway", "cart", "checkout", "payment", "inventory", "search"]
    private static let methods = ["GET", "GET", "GET", "POST", "PUT", "DELETE"]
    private static let routes = ["orders", "carts", "products", "sessions", "invoices", "reviews"]

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    private mutating func next(_ bound: UInt64) -> UInt64 { next() % bound }

    private struct Line {
        var service: Int
        var level: String
        var text: String
        var user: String
    }

    /// - Parameters:
    ///   - first: time of the first record, in nanoseconds; `step` later comes the next.
    mutating func request(records: Int, first: Int64, step: Int64) -> OTLPLogsRequest {
        var groups = Self.services.indices.map { service in
            OTLPResourceLogs.with { group in
                group.resource.attributes = [
                    Self.text("service.name", Self.services[service]), Self.text("service.namespace", "shop"),
                    Self.text("host.name", "node-\(service % 3)"), Self.text("k8s.pod.name", "pod-\(service)"),
                ]
                group.scopeLogs = [OTLPScopeLogs.with { $0.scope.name = "app" }]
            }
        }
        lineBytes = 0
        for index in 0..<records {
            let line = line(time: first + Int64(index) * step)
            lineBytes += line.text.utf8.count
            groups[line.service].scopeLogs[0].logRecords.append(
                OTLPLogRecord.with { record in
                    record.timeUnixNano = UInt64(clamping: first + Int64(index) * step)
                    record.observedTimeUnixNano = record.timeUnixNano + 1_000_000
                    record.severityText = line.level
                    record.severityNumber =
                        switch line.level {
                        case "DEBUG": .debug
                        case "WARN": .warn
                        case "ERROR": .error
                        default: .info
                        }
                    record.traceID = Data(TraceID(high: next(), low: next()).bytes)
                    record.spanID = Data(SpanID(value: next() | 1).bytes)
                    record.body.stringValue = line.text
                    record.attributes = [
                        Self.text("user.id", line.user), Self.text("thread.name", "worker-\(next(16))"),
                        Self.text("code.function", "handle_\(next(40))"),
                    ]
                })
        }
        return OTLPLogsRequest.with { $0.resourceLogs = groups.filter { !$0.scopeLogs[0].logRecords.isEmpty } }
    }

    /// A line of a file: with its time and level.
    mutating func fileLine(_ format: Format, time: Int64) -> String {
        let line = line(time: time)
        let stamp = Timestamp(nanoseconds: time).rfc3339
        switch format {
        case .text: return "\(stamp) \(line.level) [\(Self.services[line.service])] \(line.text)"
        case .json:
            var writer = JSONWriter()
            writer.open("{")
            writer.key("timestamp")
            writer.string(stamp)
            writer.key("level")
            writer.string(line.level)
            writer.key("service")
            writer.string(Self.services[line.service])
            writer.key("message")
            writer.string(line.text)
            writer.key("user_id")
            writer.string(line.user)
            writer.close("}")
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    private mutating func line(time: Int64) -> Line {
        let user = "user-\(next(100_000))"
        let draw = next(100)
        let level = draw < 85 ? "INFO" : draw < 95 ? "DEBUG" : draw < 99 ? "WARN" : "ERROR"
        let kind = next(10)
        let status = level == "ERROR" ? 500 + next(4) : level == "WARN" ? 404 : 200 + next(2)
        let method = Self.methods[Int(next(6))], route = Self.routes[Int(next(6))]
        switch kind {
        case 0..<4:
            return Line(
                service: 0, level: level,
                text: "10.\(next(256)).\(next(256)).\(next(256)) - - [\(Timestamp(nanoseconds: time).rfc3339)] "
                    + "\"\(method) /api/v1/\(route)/\(next(1_000_000)) HTTP/1.1\" \(status) \(next(50_000)) "
                    + "\"-\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\" \(user)", user: user)
        case 4..<6:
            return Line(
                service: 1, level: level,
                text:
                    "{\"level\":\"\(level.lowercased())\",\"region\":\"eu-central-1\",\"msg\":\"cart updated for \(user)\",\"cart\":\"\(next(1 << 32))\","
                    + "\"items\":\(next(30)),\"status\":\(status),\"route\":\"/api/v1/carts/{id}\",\"took_ms\":\(next(900))}",
                user: user)
        case 6..<8:
            return Line(
                service: 2, level: level,
                text:
                    "level=\(level.lowercased()) msg=\"order placed\" region=eu-central-1 zone=b route=/api/v1/\(route) user=\(user) "
                    + "order=\(next(1 << 40)) status=\(status) took=\(next(900))ms amount=\(next(100_000)).\(10 + next(90))",
                user: user)
        default:
            let service = 3 + Int(next(3))
            let text =
                switch (level, next(10_000)) {
                case (_, 0..<5):
                    "replica \(next(9)) reports quorumlost for shard \(next(4096)), asking the coordinator again"
                case ("ERROR", _):
                    "request of \(user) failed: connection to db-\(next(8)).internal:5432 refused after \(next(30)) attempts, giving up on order \(next(1 << 32))"
                case ("WARN", _):
                    "slow statement for \(user): SELECT id, total FROM \(route) WHERE owner = \(next(1 << 30)) took \(next(9000)) ms, limit is 500 ms"
                case ("DEBUG", _):
                    "cache miss for key \(route):\(next(1 << 30)), loading from the database on behalf of \(user) with timeout \(next(900)) ms"
                default:
                    "\(method) /api/v1/\(route)/\(next(1_000_000)) completed for \(user) with \(status) in \(next(900)) ms, \(next(60_000)) bytes sent by worker-\(next(16))"
                }
            return Line(service: service, level: level, text: text, user: user)
        }
    }

    private static func text(_ key: String, _ value: String) -> OTLPKeyValue {
        OTLPKeyValue.with {
            $0.key = key
            $0.value.stringValue = value
        }
    }
}
