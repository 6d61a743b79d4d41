import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import TelemetryModel

// One function for each kind of field; those of fields without presence write nothing for the default.

extension OTLPJSONEncoder {
    mutating func object(_ body: (inout OTLPJSONEncoder) -> Void) {
        writer.open("{")
        body(&self)
        writer.close("}")
    }

    /// A list of messages without a key.
    mutating func elements<Element>(_ elements: [Element], _ body: (inout OTLPJSONEncoder, Element) -> Void) {
        writer.open("[")
        for element in elements {
            writer.separate()
            body(&self, element)
        }
        writer.close("]")
    }

    mutating func list<Element>(
        _ key: StaticString, _ elements: [Element], _ body: (inout OTLPJSONEncoder, Element) -> Void
    ) {
        guard !elements.isEmpty else { return }
        writer.key(key)
        self.elements(elements, body)
    }

    /// A message that has presence; nil is left out.
    mutating func message<Message>(
        _ key: StaticString, _ message: Message?, _ body: (inout OTLPJSONEncoder, Message) -> Void
    ) {
        guard let message else { return }
        writer.key(key)
        body(&self, message)
    }

    mutating func string(_ key: StaticString, _ value: String) {
        guard !value.isEmpty else { return }
        writer.key(key)
        writer.string(value)
    }

    mutating func bool(_ key: StaticString, _ value: Bool) {
        guard value else { return }
        writer.key(key)
        writer.bool(value)
    }

    mutating func int32(_ key: StaticString, _ value: Int32) {
        guard value != 0 else { return }
        writer.key(key)
        writer.integer(value)
    }

    mutating func uint32(_ key: StaticString, _ value: UInt32) {
        guard value != 0 else { return }
        writer.key(key)
        writer.integer(value)
    }

    mutating func uint64(_ key: StaticString, _ value: UInt64) {
        guard value != 0 else { return }
        writer.key(key)
        writer.quotedInteger(value)
    }

    mutating func double(_ key: StaticString, _ value: Double) {
        // Minus zero equals zero, but is not the default.
        guard value.bitPattern != 0 else { return }
        optionalDouble(key, value)
    }

    /// A double that has presence; nil is left out, zero is not.
    mutating func optionalDouble(_ key: StaticString, _ value: Double?) {
        guard let value else { return }
        writer.key(key)
        writer.double(value)
    }

    mutating func enumeration(_ key: StaticString, _ value: some SwiftProtobuf.Enum) {
        guard value.rawValue != 0 else { return }
        writer.key(key)
        writer.integer(value.rawValue)
    }

    mutating func identifier(_ key: StaticString, _ value: Data) {
        guard !value.isEmpty else { return }
        writer.key(key)
        writer.bytes.append(UInt8(ascii: "\""))
        Hex.encode(value, into: &writer.bytes)
        writer.bytes.append(UInt8(ascii: "\""))
    }
}
