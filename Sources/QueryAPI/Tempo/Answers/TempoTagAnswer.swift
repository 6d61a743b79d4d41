import Codecs
import QueryEngines

/// Names and values of attributes as JSON.
///
/// - Spec: Tempo, "Search tags", "Search tags V2", "Search tag values", "Search tag values V2".
enum TempoTagAnswer {
    /// The fields of spans and traces that Tempo lists; it answers to more.
    static let intrinsics = [
        "duration", "event:name", "event:timeSinceStart", "instrumentation:name", "instrumentation:version", "kind",
        "name", "rootName", "rootServiceName", "span:duration", "span:kind", "span:name", "span:status",
        "span:statusMessage", "status", "statusMessage", "trace:duration", "trace:rootName", "trace:rootService",
        "traceDuration",
    ]

    static func names(_ names: [String]) -> [UInt8] {
        object { $0.texts("tagNames", names) }
    }

    /// Scopes in Tempo's order of meaning; those without a name are left out.
    static func scopes(_ names: [TagScope: [String]]) -> [UInt8] {
        object { writer in
            writer.key("scopes")
            writer.open("[")
            for scope in TagScope.allCases {
                guard let tags = names[scope], !tags.isEmpty else { continue }
                writer.separate()
                writer.open("{")
                writer.key("name")
                writer.string(scope.rawValue)
                writer.texts("tags", tags)
                writer.close("}")
            }
            writer.close("]")
        }
    }

    static func values(_ values: [String]) -> [UInt8] {
        object { $0.texts("tagValues", values) }
    }

    static func typedValues(_ values: [TagValue]) -> [UInt8] {
        object { writer in
            writer.key("tagValues")
            writer.open("[")
            for value in values {
                writer.separate()
                writer.open("{")
                writer.key("type")
                writer.string(value.type)
                writer.key("value")
                writer.string(value.text)
                writer.close("}")
            }
            writer.close("]")
        }
    }

    private static func object(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        members(&writer)
        writer.searchMetrics()
        writer.close("}")
        return writer.bytes
    }
}
