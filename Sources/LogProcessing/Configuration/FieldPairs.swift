/// Lists of `{from: a, to: b}`.
enum FieldPairs {
    static func read(_ map: inout ConfigurationMap, path: String) throws(LogProcessingError) -> [(
        from: String, to: String
    )] {
        var pairs: [(from: String, to: String)] = []
        for item in try map.list("fields") ?? [] {
            var field = try ConfigurationMap(item, path: "\(path): fields")
            pairs.append((try field.required("from"), try field.required("to")))
            try field.finish()
        }
        guard !pairs.isEmpty else { throw LogProcessingError("\(path): fields is missing") }
        return pairs
    }
}
