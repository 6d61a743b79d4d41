import Codecs

/// What every JSON answer is wrapped in.
///
/// - Spec: Prometheus, "HTTP API", "Format overview".
enum Envelope {
    /// Annotations of each sort in an answer; of more the number is told.
    static let annotationsMax = 10

    static func success(
        warnings: [String] = [], infos: [String] = [], _ data: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.raw("{\"status\":\"success\",\"data\":")
        data(&writer)
        end(&writer, warnings: warnings, infos: infos)
        return writer.bytes
    }

    static func end(_ writer: inout JSONWriter, warnings: [String], infos: [String]) {
        if !warnings.isEmpty {
            writer.raw(",\"warnings\":")
            writer.list(cut(warnings, "warning"))
        }
        if !infos.isEmpty {
            writer.raw(",\"infos\":")
            writer.list(cut(infos, "info"))
        }
        writer.raw("}")
    }

    static func failure(_ failure: PrometheusFailure) -> [UInt8] {
        var writer = JSONWriter()
        writer.raw("{\"status\":\"error\"")
        writer.key("errorType")
        writer.string(failure.kind.rawValue)
        writer.key("error")
        writer.string(failure.message)
        writer.raw("}")
        return writer.bytes
    }

    private static func cut(_ texts: [String], _ sort: String) -> [String] {
        guard texts.count > annotationsMax else { return texts }
        return texts.prefix(annotationsMax) + ["\(texts.count - annotationsMax) more \(sort) annotations omitted"]
    }
}
