import PrometheusModel

extension LineFunctions {
    /// Texts read as something else.
    static let conversions: TemplateFunctions = [
        "bytes": text { text throws(TemplateError) in
            var text = text
            if let value = text.withUTF8({ LogQLConversions.bytes($0) }) { return .float(Double(value)) }
            throw TemplateError(text.withUTF8 { LogQLConversions.bytesFailure($0) })
        },
        "duration": text { text throws(TemplateError) in try seconds(text) },
        "duration_seconds": text { text throws(TemplateError) in try seconds(text) },
        // What is no JSON is nothing.
        "fromJson": text { text throws(TemplateError) in JSONValue.decode(text) ?? .none },
    ]

    private static func seconds(_ text: String) throws(TemplateError) -> TemplateValue {
        var text = text
        if let value = text.withUTF8({ LogQLConversions.durationSeconds($0) }) { return .float(value) }
        throw TemplateError(text.withUTF8 { LogQLConversions.durationFailure($0) })
    }
}
