/// The listing of all processors.
enum ProcessorCatalog {
    static let all: [any LogProcessor.Type] = [
        AddFieldsProcessor.self, AddLabelsProcessor.self, AddTagsProcessor.self, ConvertProcessor.self,
        CopyFieldsProcessor.self, DecodeBase64Processor.self, DissectProcessor.self, DropEventProcessor.self,
        DropFieldsProcessor.self, ExtractIdentifiersProcessor.self, IncludeFieldsProcessor.self,
        LowercaseProcessor.self, MaskProcessor.self, ParseJSONProcessor.self, ParseLogfmtProcessor.self,
        ParseRegexProcessor.self, RenameProcessor.self, ReplaceProcessor.self, StripANSIProcessor.self,
        TimestampProcessor.self, TruncateProcessor.self, UppercaseProcessor.self,
    ]

    static func type(named name: String) -> (any LogProcessor.Type)? { all.first { $0.names.contains(name) } }

    static var names: [String] { all.flatMap { $0.names } }
}
