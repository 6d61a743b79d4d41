import OTLPMessages
import SwiftProtobuf
package import TelemetryModel

/// A resource or scope that items refer to.
struct WireOwner {
    let id: UInt64
    let service: [UInt8]
    var target = MetricTarget()
    /// Of the labels of a log stream.
    var level = LogLevel.unknown
}

extension ColumnAppender {
    /// Appends an export request in protobuf, reading it in place: nothing is allocated for a span, record or point.
    ///
    /// - Throws: `.malformed`, `.tooDeep` or `.tooLarge`, and then no item of the request is left.
    /// - Cost: about a nanosecond a byte; memory grows by at most `Limits.columnBytes(ofBody:)`.
    /// - Spec: OTLP `ExportTraceServiceRequest`, `ExportMetricsServiceRequest`, `ExportLogsServiceRequest`; protobuf
    ///   "Encoding", where a message that occurs twice is merged and the last of a repeated scalar counts.
    package mutating func append(
        protobuf body: UnsafeBufferPointer<UInt8>, _ signal: Signal
    ) throws(DecodeError) {
        let mark = batch.mark
        wire.messages = 0
        wire.nextCheck = WireScratch.messagesBetweenChecks
        wire.bytesMax = batch.byteCount + Limits.columnBytes(ofBody: body.count)
        var cursor = WireCursor(body)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            guard tag == 0x0A else {
                cursor.skip(tag, level: 1)
                continue
            }
            var group = cursor.message()
            appendGroup(&group, signal)
            cursor.absorb(group)
        }
        if wire.messages > Limits.messagesPerRequest { cursor.fail(.tooLarge) }
        guard cursor.failure == .none else {
            batch.truncate(to: mark)
            wire.rowSignature.removeAll(keepingCapacity: true)
            wire.itemSignature.removeAll(keepingCapacity: true)
            throw DecodeError(wire: cursor.failure)
        }
    }

    /// `ResourceSpans`, `ResourceMetrics` or `ResourceLogs`, which number their members alike.
    private mutating func appendGroup(_ group: inout WireCursor, _ signal: Signal) {
        target.forgetPoints()
        let (owner, schemaURL) = ownerMessage(of: &group, level: 2)
        guard group.failure == .none else { return }
        let resource = resource(owner, schemaURL, &group)
        guard group.failure == .none else { return }
        var scopeGroups = group.restarted
        while !scopeGroups.isAtEnd {
            let tag = scopeGroups.tag()
            guard tag == 0x12 else {
                scopeGroups.skip(tag, level: 2)
                continue
            }
            var scopeGroup = scopeGroups.message()
            let (owner, schemaURL) = ownerMessage(of: &scopeGroup, level: 3)
            if scopeGroup.failure == .none {
                let scope = scope(owner, schemaURL, &scopeGroup)
                var items = scopeGroup.restarted
                if scopeGroup.failure == .none {
                    switch signal {
                    case .traces: appendSpans(&items, resource, scope)
                    case .metrics:
                        appendMetrics(&items, resource, scope)
                        appendTargetInfo(of: resource.target)
                    case .logs: appendLogRecords(&items, resource, scope)
                    }
                }
                scopeGroup.absorb(items)
            }
            scopeGroups.absorb(scopeGroup)
        }
        group.absorb(scopeGroups)
    }

    /// Looks at every field of a group for what its items need before they are read: fields may come in any order.
    private func ownerMessage(
        of group: inout WireCursor, level: Int
    ) -> (owner: WireMessage, schemaURL: UnsafeBufferPointer<UInt8>) {
        var owner = WireMessage()
        var schemaURL = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        while !group.isAtEnd {
            let tag = group.tag()
            switch tag {
            case 0x0A: owner.add(group.bytes(), &group, level: level + 1)
            case 0x12: _ = group.bytes()
            case 0x1A: schemaURL = group.string()
            default: group.skip(tag, level: level)
            }
        }
        return (owner, schemaURL)
    }

    private mutating func resource(
        _ message: WireMessage, _ schemaURL: UnsafeBufferPointer<UInt8>, _ group: inout WireCursor
    ) -> WireOwner {
        message.withBytes { bytes in
            let hash = NamedBytes.hash(bytes, schemaURL)
            if let known = wire.resources.entry(hash, bytes, schemaURL) {
                return WireOwner(id: known.id, service: known.service, target: known.target, level: known.level)
            }
            guard let resource: OTLPResource = decode(bytes, .resource, level: 3, &group) else {
                return WireOwner(id: 0, service: [])
            }
            let schemaText = String(decoding: schemaURL, as: UTF8.self)
            let id = id(of: resource, schemaURL: schemaText)
            let service = Array(resource.serviceName.utf8)
            let target = MetricTarget(resource)
            let level = resource.streamLevel(schemaURL: schemaText)
            wire.resources.insert(
                hash,
                .init(
                    bytes: Array(bytes), schemaURL: Array(schemaURL), id: id, service: service, target: target,
                    level: level))
            return WireOwner(id: id, service: service, target: target, level: level)
        }
    }

    private mutating func scope(
        _ message: WireMessage, _ schemaURL: UnsafeBufferPointer<UInt8>, _ group: inout WireCursor
    ) -> WireOwner {
        message.withBytes { bytes in
            let hash = NamedBytes.hash(bytes, schemaURL)
            if let known = wire.scopes.entry(hash, bytes, schemaURL) { return WireOwner(id: known.id, service: []) }
            guard let scope: OTLPScope = decode(bytes, .scope, level: 4, &group) else {
                return WireOwner(id: 0, service: [])
            }
            let id = id(of: scope, schemaURL: String(decoding: schemaURL, as: UTF8.self))
            wire.scopes.insert(
                hash,
                .init(
                    bytes: Array(bytes), schemaURL: Array(schemaURL), id: id, service: [], target: MetricTarget()))
            return WireOwner(id: id, service: [])
        }
    }

    // MARK: What is rare

    /// Decodes a message by the generated code: resources and scopes, and what has to be merged.
    ///
    /// - Parameter level: of the message; the request is 1.
    /// - Returns: nil after a failure, which `cursor` has then.
    func decode<Message: SwiftProtobuf.Message>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ kind: OTLPProtobufScan.Kind, level: Int, _ cursor: inout WireCursor
    ) -> Message? {
        guard level <= Limits.protobufDepth else {
            cursor.fail(.tooDeep)
            return nil
        }
        guard OTLPProtobufScan.holds(bytes, kind, .metrics, atMost: Limits.messagesPerRareMessage) else {
            cursor.fail(.tooLarge)
            return nil
        }
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = Limits.protobufDepth - level + 1
        options.discardUnknownFields = true
        do {
            return try Message(serializedBytes: Array(bytes), options: options)
        } catch BinaryDecodingError.messageDepthLimit {
            cursor.fail(.tooDeep)
        } catch BinaryDecodingError.truncated {
            cursor.fail(.truncated)
        } catch BinaryDecodingError.invalidUTF8 {
            cursor.fail(.invalidUTF8)
        } catch {
            cursor.fail(.malformed)
        }
        return nil
    }

    // MARK: Bounds

    /// Counts a message that takes memory; now and then looks at how much the request has taken.
    @inline(__always)
    mutating func count(_ cursor: inout WireCursor) {
        wire.messages += 1
        if wire.messages >= wire.nextCheck { checkBounds(&cursor) }
    }

    @inline(never)
    private mutating func checkBounds(_ cursor: inout WireCursor) {
        wire.nextCheck = wire.messages + WireScratch.messagesBetweenChecks
        if wire.messages > Limits.messagesPerRequest || batch.byteCount > wire.bytesMax { cursor.fail(.tooLarge) }
    }
}

extension WireScratch {
    /// Between two looks a request takes 4 MB at most: no message without content takes more than 240 bytes of columns.
    static let messagesBetweenChecks = 16_384
}

/// The bytes of a message that should occur once. Where it occurs again, what counts is both, one after the other:
/// merging encoded messages is joining their bytes (protobuf, "Encoding", "Last One Wins").
struct WireMessage {
    private var first = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var joined: [UInt8] = []
    private(set) var occurrences = 0

    /// - Parameter level: of the message, whose failure is the cursor's.
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout WireCursor, level: Int) {
        occurrences += 1
        if occurrences == 1 {
            first = bytes
        } else {
            if occurrences == 2 {
                joined = Array(first)
                Self.check(first, &cursor, level: level)
            }
            joined.append(contentsOf: bytes)
            Self.check(bytes, &cursor, level: level)
        }
    }

    /// Each part has to be whole fields: joined, what one lacks at its end would be taken from the next.
    private static func check(_ bytes: UnsafeBufferPointer<UInt8>, _ cursor: inout WireCursor, level: Int) {
        var inner = WireCursor(bytes)
        while !inner.isAtEnd { inner.skip(inner.tag(), level: level) }
        cursor.absorb(inner)
    }

    @inline(__always)
    func withBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        occurrences > 1 ? joined.withUnsafeBufferPointer(body) : body(first)
    }
}

extension DecodeError {
    init(wire failure: WireCursor.Failure) {
        switch failure {
        case .truncated: self.init(code: .malformed, message: "the protobuf message is cut short")
        case .invalidUTF8: self.init(code: .malformed, message: "a protobuf string is not UTF-8")
        case .tooDeep:
            self.init(
                code: .tooDeep, message: "messages are nested deeper than the limit of \(Limits.protobufDepth)")
        case .tooLarge:
            self.init(
                code: .tooLarge,
                message: "the request holds more than \(Limits.messagesPerRequest) messages, or takes far more memory "
                    + "than its bytes; send it in parts")
        case .malformed, .none:
            self.init(code: .malformed, message: "the body is not a valid OTLP protobuf message")
        }
    }
}
