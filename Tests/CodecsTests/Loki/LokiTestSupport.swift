import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// A request as it is read back by the generated messages: stream by stream.
struct ReadPush {
    struct Stream: Equatable {
        var labels: [String: String]
        var entries: [Entry]
    }
    struct Entry: Equatable {
        var time: UInt64
        var line: String
        var metadata: [[String]] = []
    }

    let push: LokiPush
    let streams: [Stream]
    let message: OTLPLogsRequest

    static let receivedTime = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

    init(_ body: String, _ format: LokiPush.Format = .json) throws {
        try self.init(Array(body.utf8), format)
    }

    init(_ body: [UInt8], _ format: LokiPush.Format) throws {
        push = try body.withUnsafeBufferPointer {
            try LokiPush.decode($0, format, receivedTime: Self.receivedTime)
        }
        message = try OTLPLogsRequest(serializedBytes: push.request)
        streams = message.resourceLogs.map { logs in
            Stream(
                labels: Dictionary(
                    logs.resource.attributes.map { ($0.key, $0.value.stringValue) }, uniquingKeysWith: { $1 }),
                entries: logs.scopeLogs.flatMap(\.logRecords).map { record in
                    Entry(
                        time: record.timeUnixNano, line: record.body.stringValue,
                        metadata: record.attributes.map { [$0.key, $0.value.stringValue] })
                })
        }
    }
}

/// What a body is refused with; empty when it is taken.
func refusal(_ body: String, _ format: LokiPush.Format = .json) -> String {
    refusal(Array(body.utf8), format)
}

func refusal(_ body: [UInt8], _ format: LokiPush.Format) -> String {
    do {
        _ = try ReadPush(body, format)
        return ""
    } catch {
        return (error as? DecodeError)?.message ?? "\(error)"
    }
}
