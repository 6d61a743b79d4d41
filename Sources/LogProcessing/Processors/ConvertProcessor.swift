import TelemetryModel

/// Gives fields another type: `convert: {fields: [{from: status, to: http.status, type: integer}]}`.
///
/// Types: `integer`, `long`, `float`, `double`, `boolean`, `string`, `ip`. Without `to` the field itself is changed.
struct ConvertProcessor: LogProcessor {
    static let names = ["convert"]

    private enum Kind: String {
        case integer, long, float, double, boolean, string, ip
    }

    private let fields: [(from: String, to: String, kind: Kind?)]
    private let keepsSource: Bool
    private let ignoresMissing: Bool
    private let fails: Bool

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        var fields: [(from: String, to: String, kind: Kind?)] = []
        for item in try map.list("fields") ?? [] {
            var field = try ConfigurationMap(item, path: "processor convert: fields")
            let from = try field.required("from")
            let to = try field.text("to") ?? from
            var kind: Kind?
            if let name = try field.text("type") {
                guard let known = Kind(rawValue: name) else {
                    throw LogProcessingError("processor convert: unknown type \(name)", at: item.position)
                }
                kind = known
            }
            try field.finish()
            fields.append((from, to, kind))
        }
        guard !fields.isEmpty else { throw LogProcessingError("processor convert: fields is missing") }
        self.fields = fields
        let mode = try map.text("mode") ?? "copy"
        guard mode == "copy" || mode == "rename" else {
            throw LogProcessingError("processor convert: mode is neither copy nor rename")
        }
        keepsSource = mode == "copy"
        ignoresMissing = try map.flag("ignore_missing") ?? false
        fails = try map.flag("fail_on_error") ?? true
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        var changed = draft
        for field in fields {
            guard let value = changed.field(field.from) else {
                if ignoresMissing || !fails { continue }
                throw ProcessorFailure("field \(field.from) is missing")
            }
            guard let converted = Self.convert(value, field.kind) else {
                if !fails { continue }
                throw ProcessorFailure("field \(field.from) is no \(field.kind?.rawValue ?? "value")")
            }
            if field.from != field.to, !keepsSource { changed.removeField(field.from) }
            changed.setField(field.to, converted)
        }
        draft = changed
        return .keep
    }

    /// By the name of the type, for other processors; nil when the text is none.
    static func convert(_ text: String, type: String) -> LogValue? {
        Kind(rawValue: type).flatMap { convert(.string(text), $0) }
    }

    private static func convert(_ value: LogValue, _ kind: Kind?) -> LogValue? {
        switch kind {
        case nil: return value
        case .string: return .string(ValueText.plain(value))
        case .integer, .long:
            switch value {
            case .int: return value
            case .bool(let flag): return .int(flag ? 1 : 0)
            case .double(let number):
                guard number.magnitude < 9.2e18 else { return nil }
                return .int(Int64(number))
            case .string(let text):
                if let number = Int64(text) { return .int(number) }
                // Filebeat reads Go's prefixes.
                if text.hasPrefix("0x"), let number = Int64(text.dropFirst(2), radix: 16) { return .int(number) }
                return nil
            default: return nil
            }
        case .float, .double:
            switch value {
            case .int(let number): return .double(Double(number))
            case .double: return value
            case .string(let text): return Double(text).map { .double($0) }
            default: return nil
            }
        case .boolean:
            switch value {
            case .bool: return value
            case .int(let number): return .bool(number != 0)
            case .string(let text):
                // Go's strconv.ParseBool.
                switch text {
                case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
                case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
                default: return nil
                }
            default: return nil
            }
        case .ip:
            guard case .string(let text) = value, AddressText.isAddress(text) else { return nil }
            return value
        }
    }
}
