/// Kinds of spans as OTLP numbers them and Jaeger writes them in the tag `span.kind`; an unspecified kind has none.
package enum JaegerSpanKind: Int32, Sendable, CaseIterable {
    case `internal` = 1
    case server = 2
    case client = 3
    case producer = 4
    case consumer = 5

    package var name: String {
        switch self {
        case .internal: "internal"
        case .server: "server"
        case .client: "client"
        case .producer: "producer"
        case .consumer: "consumer"
        }
    }

    /// In either case, also as OTLP spells its enumeration (`SPAN_KIND_SERVER`).
    package init?(name: String) {
        let word = name.lowercased()
        let plain = word.hasPrefix("span_kind_") ? String(word.dropFirst(10)) : word
        guard let kind = Self.allCases.first(where: { $0.name == plain }) else { return nil }
        self = kind
    }

    /// Empty for a kind that is unspecified or unknown.
    package static func name(of kind: Int32) -> String { JaegerSpanKind(rawValue: kind)?.name ?? "" }
}
