import OTLPMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import TelemetryModel

/// A trace or span id as senders write it.
///
/// - Spec: OTLP specification, "JSON Protobuf Encoding": hex, of either case, not base64.
/// - Repairs: a trace id of 64 digits (the Automagik SDK hashes to 32 bytes) is cut to its first 32, and a UUID loses
///   its dashes.
/// - Other lengths: an even number of digits becomes its bytes, however many; whether an id of 9 bytes is acceptable is
///   judged by the checks of the ingest pipeline, which can refuse one span instead of the whole request.
struct OTLPJSONIdentifier {
    enum Kind: String {
        case trace, span

        var byteCount: Int { self == .trace ? 16 : 8 }
    }

    let bytes: Data
    var repair: RepairKind?
    /// The id as it was sent, when it says more than `bytes`.
    var original: String?

    /// The attribute that keeps an id which was cut.
    static let originalTraceIDKey = "martlet.original_trace_id"

    /// Why a text is no id.
    struct Failure: Error {
        let message: String
    }

    init(_ text: UnsafeBufferPointer<UInt8>, kind: Kind) throws(Failure) {
        if kind == .trace, text.count == 64, Hex.isHex(text), let bytes = Hex.decode(text.prefix(32)) {
            self.bytes = bytes
            self.repair = .traceID64Hex
            self.original = String(decoding: text, as: UTF8.self)
        } else if kind == .trace, let bytes = Self.decodeUUID(text) {
            self.bytes = bytes
            self.repair = .traceIDUUID
        } else if let bytes = Hex.decode(text) {
            self.bytes = bytes
        } else {
            throw Failure(message: Self.explain(text, kind))
        }
    }

    /// The bytes of `5b8efff7-9803-8103-d269-b633813fc60c`.
    private static func decodeUUID(_ text: UnsafeBufferPointer<UInt8>) -> Data? {
        let dashes = [8, 13, 18, 23]
        guard text.count == 36, dashes.allSatisfy({ text[$0] == UInt8(ascii: "-") }) else { return nil }
        let digits = text.filter { $0 != UInt8(ascii: "-") }
        return digits.count == 32 ? Hex.decode(digits) : nil
    }

    private static func explain(_ text: UnsafeBufferPointer<UInt8>, _ kind: Kind) -> String {
        if Hex.isHex(text) { return "\(kind.rawValue) id has an odd number of hex digits" }
        // The most frequent mistake has an answer of its own: generic protobuf libraries write all bytes as base64.
        if Base64.decode(text)?.count == kind.byteCount {
            return "\(kind.rawValue) ids are hex in OTLP JSON, this looks like base64"
        }
        return "\(kind.rawValue) id is not hex"
    }
}

extension OTLPJSONDecoder {
    /// Reads a trace id. `original` is set to the text of an id that was cut, and to nil otherwise.
    mutating func readTraceID(original: inout String?) throws(DecodeError) -> Data {
        let identifier = try readIdentifier(.trace)
        original = identifier.original
        return identifier.bytes
    }

    mutating func readSpanID() throws(DecodeError) -> Data {
        try readIdentifier(.span).bytes
    }

    private mutating func readIdentifier(_ kind: OTLPJSONIdentifier.Kind) throws(DecodeError) -> OTLPJSONIdentifier {
        let token = try reader.readStringToken()
        let identifier = try reader.withBytes(of: token) { (text) throws(DecodeError) in
            do throws(OTLPJSONIdentifier.Failure) {
                return try OTLPJSONIdentifier(text, kind: kind)
            } catch {
                throw malformed(error.message, at: token)
            }
        }
        if let repair = identifier.repair {
            repairs.add(repair)
        }
        return identifier
    }
}

extension [OTLPKeyValue] {
    /// Adds the attribute that keeps a trace id which was cut; nothing for nil.
    mutating func appendOriginalTraceID(_ original: String?) {
        guard let original else { return }
        var attribute = OTLPKeyValue()
        attribute.key = OTLPJSONIdentifier.originalTraceIDKey
        attribute.value.stringValue = original
        append(attribute)
    }
}
