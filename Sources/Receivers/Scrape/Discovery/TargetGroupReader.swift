import Codecs

/// Reads lists of target groups: `[{"targets": ["host:port"], "labels": {"name": "value"}}]`.
///
/// - Spec: Prometheus, "HTTP SD" and `<file_sd_config>`.
enum TargetGroupReader {
    /// - Throws: for anything that is not such a list; other keys are refused, as upstream does.
    static func parseJSON(_ bytes: [UInt8]) throws(ScrapeFailure) -> [TargetGroup] {
        do {
            return try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
                var reader = JSONReader(buffer, depthMax: 8)
                let groups = try list(&reader) { (reader) throws(DecodeError) in try group(&reader) }
                try reader.finish()
                return groups
            }
        } catch {
            throw ScrapeFailure("the list of targets is not valid: \(error.message)")
        }
    }

    static func parseYAML(_ bytes: [UInt8]) throws(ScrapeFailure) -> [TargetGroup] {
        var reader = ConfigurationReader(directory: "", environment: [:])
        var groups: [TargetGroup] = []
        if let root = reader.compose(String(decoding: bytes, as: UTF8.self)) {
            groups = reader.readStaticGroups(root, "target groups")
        }
        if let problem = reader.problems.first { throw ScrapeFailure("the list of targets is not valid: \(problem)") }
        return groups
    }

    private static func group(_ reader: inout JSONReader) throws(DecodeError) -> TargetGroup {
        var addresses: [String] = []
        var labels: [String: String] = [:]
        var members = try reader.beginObject()
        while let token = try reader.nextKey(&members) {
            switch try text(token, reader) {
            case "targets":
                addresses = try list(&reader) { (reader) throws(DecodeError) in try reader.readString() }
            case "labels":
                guard try !reader.readNull() else { continue }
                var entries = try reader.beginObject()
                while let name = try reader.nextKey(&entries) {
                    let text = try text(name, reader)
                    labels[text] = try reader.readString()
                }
            default: throw DecodeError(code: .malformed, message: "unknown key in a group of targets")
            }
        }
        return TargetGroup(addresses: addresses, labels: labels)
    }

    private static func text(_ token: JSONReader.StringToken, _ reader: JSONReader) throws(DecodeError) -> String {
        try reader.withBytes(of: token) { (bytes) throws(DecodeError) in String(decoding: bytes, as: UTF8.self) }
    }

    private static func list<Element>(
        _ reader: inout JSONReader, _ read: (inout JSONReader) throws(DecodeError) -> Element
    ) throws(DecodeError) -> [Element] {
        guard try !reader.readNull() else { return [] }
        var result: [Element] = []
        var elements = try reader.beginList()
        while try reader.nextElement(&elements) { result.append(try read(&reader)) }
        return result
    }
}
