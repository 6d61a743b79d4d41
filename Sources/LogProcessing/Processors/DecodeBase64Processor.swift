import Codecs
import TelemetryModel

/// `decode_base64: {field: a, to: b}`, or Filebeat's `decode_base64_field: {field: {from: a, to: b}}`.
struct DecodeBase64Processor: LogProcessor {
    static let names = ["decode_base64", "decode_base64_field"]
    private let from: String
    private let to: String
    private let ignoresMissing: Bool
    private let fails: Bool

    init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        if case .map? = map.tree("field"), let tree = map.tree("field") {
            var field = try ConfigurationMap(tree, path: "processor decode_base64_field: field")
            from = try field.required("from")
            to = try field.text("to") ?? from
            try field.finish()
        } else {
            from = try map.required("field")
            to = try map.text("to") ?? from
        }
        ignoresMissing = try map.flag("ignore_missing") ?? false
        fails = try map.flag("fail_on_error") ?? true
    }

    func run(_ draft: inout LogDraft, _ context: ProcessorContext) throws(ProcessorFailure) -> ProcessorVerdict {
        guard let value = draft.field(from) else {
            if ignoresMissing || !fails { return .keep }
            throw ProcessorFailure("field \(from) is missing")
        }
        guard case .string(var text) = value, let data = text.withUTF8({ Base64.decode($0) }) else {
            if !fails { return .keep }
            throw ProcessorFailure("field \(from) is no base64")
        }
        draft.setField(to, .string(String(decoding: data, as: UTF8.self)))
        return .keep
    }
}
