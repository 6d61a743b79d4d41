extension LineProcessorOptions {
    /// Reads the keys of an input that say how its lines become records: `format`, `encoding`, `timezone`,
    /// `keep_original`, `processors`. The map's other keys stay for its owner, who calls `finish`.
    package init(_ map: inout ConfigurationMap) throws(LogProcessingError) {
        self.init()
        if let name = try map.text("format") {
            guard let format = LogFormat(named: name) else {
                let known = LogFormat.allCases.map(\.rawValue)
                throw LogProcessingError(
                    "unknown format \(name)\(Suggestion.text(for: name, among: known))",
                    at: map.tree("format")?.position)
            }
            self.format = format
        }
        if let name = try map.text("encoding") {
            guard let encoding = TextEncoding(named: name) else {
                let known = TextEncoding.allCases.map(\.rawValue)
                throw LogProcessingError(
                    "unknown encoding \(name)\(Suggestion.text(for: name, among: known))",
                    at: map.tree("encoding")?.position)
            }
            self.encoding = encoding
        }
        if let zone = try map.zone("timezone") { self.zone = zone }
        keepsOriginal = try map.flag("keep_original") ?? false
        if let tree = map.tree("processors") {
            processors = try LogProcessorConfiguration.list(tree, zones: map.zones)
        }
    }
}
