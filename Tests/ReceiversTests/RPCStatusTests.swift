import SwiftProtobuf
import Testing

@testable import Receivers

/// Method: the bytes are read back field by field; google/rpc/status.proto has no generated code here.
@Suite struct RPCStatusTests {
    private enum Field: Equatable {
        case integer(UInt64)
        case bytes([UInt8])
    }

    /// The fields of a message of varints and length-delimited fields.
    private func fields(_ bytes: [UInt8]) throws -> [Int: Field] {
        var rest = bytes[...]
        func varint() throws -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while true {
                let next = rest.popFirst()
                let byte = try #require(next)
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
                try #require(shift < 64)
            }
        }
        var fields: [Int: Field] = [:]
        while !rest.isEmpty {
            let tag = try varint()
            let number = Int(tag >> 3)
            #expect(fields[number] == nil, "field \(number) twice")
            switch tag & 7 {
            case 0: fields[number] = .integer(try varint())
            case 2:
                let length = Int(try varint())
                try #require(length <= rest.count)
                fields[number] = .bytes(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
            default: try #require(Bool(false), "wire type \(tag & 7)")
            }
        }
        return fields
    }

    private func bytes(_ field: Field?) throws -> [UInt8] {
        guard case .bytes(let bytes) = field else {
            Issue.record("no bytes: \(String(describing: field))")
            return []
        }
        return bytes
    }

    @Test("the message is field 2, and the code is left out", arguments: ["", "the body ended early", "ü☃"])
    func message(text: String) throws {
        #expect(try fields(RPCStatus.encode(message: text)) == [2: .bytes(Array(text.utf8))])
    }

    /// Spec: google/rpc/status.proto (code 1, message 2, details 3), google/protobuf/any.proto (type_url 1, value 2),
    /// google/rpc/error_details.proto (RetryInfo.retry_delay 1), google/protobuf/duration.proto (seconds 1).
    @Test func aRetryTellsItsDelay() throws {
        let status = try fields(RPCStatus.encode(code: 14, message: "later", retrySeconds: 300))
        #expect(status[1] == .integer(14))
        #expect(status[2] == .bytes(Array("later".utf8)))
        #expect(status.count == 3)
        let detail = try fields(try bytes(status[3]))
        #expect(detail[1] == .bytes(Array("type.googleapis.com/google.rpc.RetryInfo".utf8)))
        let retryInfo = try fields(try bytes(detail[2]))
        let duration = try fields(try bytes(retryInfo[1]))
        #expect(duration == [1: .integer(300)])
        // The well-known types of SwiftProtobuf read the inner messages too.
        #expect(
            try Google_Protobuf_Any(serializedBytes: try bytes(status[3])).typeURL.hasSuffix("google.rpc.RetryInfo"))
        #expect(try Google_Protobuf_Duration(serializedBytes: try bytes(retryInfo[1])).seconds == 300)
    }
}
