/// The messages of OTLP by their members: what generated and mutated requests are made of.
///
/// A table of its own, not the decoders' one: an error there is not to hide in here. Spec: opentelemetry-proto 1.x.
package enum OTLPGrammar {
    package enum Kind: Sendable {
        case traces, metrics, logs
        case resourceSpans, scopeSpans, resourceMetrics, scopeMetrics, resourceLogs, scopeLogs
        case resource, scope, entity, keyValue, value, array, map
        case span, event, link, status
        case metric, gauge, sum, histogram, exponentialHistogram, summary
        case numberPoint, histogramPoint, exponentialPoint, summaryPoint, buckets, quantile, exemplar
        case logRecord
    }

    package enum Content: Sendable {
        case message(Kind)
        case text
        /// Bytes that should have some length.
        case identifier(Int)
        case bytes
        case varint
        case fixed64
        case fixed32
        case double
        case packedFixed64
        case packedDouble
        case packedVarint

        var wireType: UInt8 {
            switch self {
            case .varint: 0
            case .fixed64, .double: 1
            case .fixed32: 5
            case .message, .text, .identifier, .bytes, .packedFixed64, .packedDouble, .packedVarint: 2
            }
        }
    }

    package struct Member: Sendable {
        let number: UInt32
        let content: Content
        let isRepeated: Bool

        init(_ number: UInt32, _ content: Content, isRepeated: Bool = false) {
            self.number = number
            self.content = content
            self.isRepeated = isRepeated
        }
    }

    static func child(of kind: Kind, number: UInt32) -> Kind? {
        for member in members(of: kind) where member.number == number {
            if case .message(let kind) = member.content { return kind }
        }
        return nil
    }

    static func members(of kind: Kind) -> [Member] {
        switch kind {
        case .traces: [list(1, .resourceSpans)]
        case .metrics: [list(1, .resourceMetrics)]
        case .logs: [list(1, .resourceLogs)]
        case .resourceSpans: [Member(1, .message(.resource)), list(2, .scopeSpans), Member(3, .text)]
        case .resourceMetrics: [Member(1, .message(.resource)), list(2, .scopeMetrics), Member(3, .text)]
        case .resourceLogs: [Member(1, .message(.resource)), list(2, .scopeLogs), Member(3, .text)]
        case .scopeSpans: [Member(1, .message(.scope)), list(2, .span), Member(3, .text)]
        case .scopeMetrics: [Member(1, .message(.scope)), list(2, .metric), Member(3, .text)]
        case .scopeLogs: [Member(1, .message(.scope)), list(2, .logRecord), Member(3, .text)]
        case .resource: [list(1, .keyValue), Member(2, .varint), list(3, .entity)]
        case .scope: [Member(1, .text), Member(2, .text), list(3, .keyValue), Member(4, .varint)]
        case .entity:
            [
                Member(1, .text), Member(2, .text), Member(3, .text, isRepeated: true),
                Member(4, .text, isRepeated: true),
            ]
        case .keyValue: [Member(1, .text), Member(2, .message(.value)), Member(3, .varint)]
        case .value:
            [
                Member(1, .text), Member(2, .varint), Member(3, .varint), Member(4, .double),
                Member(5, .message(.array)), Member(6, .message(.map)), Member(7, .bytes), Member(8, .varint),
            ]
        case .array: [list(1, .value)]
        case .map: [list(1, .keyValue)]
        case .span: span
        case .event: [Member(1, .fixed64), Member(2, .text), list(3, .keyValue), Member(4, .varint)]
        case .link:
            [
                Member(1, .identifier(16)), Member(2, .identifier(8)), Member(3, .text), list(4, .keyValue),
                Member(5, .varint), Member(6, .fixed32),
            ]
        case .status: [Member(2, .text), Member(3, .varint)]
        case .metric:
            [
                Member(1, .text), Member(2, .text), Member(3, .text), Member(5, .message(.gauge)),
                Member(7, .message(.sum)), Member(9, .message(.histogram)),
                Member(10, .message(.exponentialHistogram)), Member(11, .message(.summary)), list(12, .keyValue),
            ]
        case .gauge: [list(1, .numberPoint)]
        case .sum: [list(1, .numberPoint), Member(2, .varint), Member(3, .varint)]
        case .histogram: [list(1, .histogramPoint), Member(2, .varint)]
        case .exponentialHistogram: [list(1, .exponentialPoint), Member(2, .varint)]
        case .summary: [list(1, .summaryPoint)]
        case .numberPoint, .histogramPoint, .exponentialPoint, .summaryPoint, .buckets, .quantile, .exemplar:
            pointMembers(of: kind)
        case .logRecord: logRecord
        }
    }

    private static func list(_ number: UInt32, _ kind: Kind) -> Member {
        Member(number, .message(kind), isRepeated: true)
    }

    private static let span = [
        Member(1, .identifier(16)), Member(2, .identifier(8)), Member(3, .text), Member(4, .identifier(8)),
        Member(5, .text), Member(6, .varint), Member(7, .fixed64), Member(8, .fixed64), list(9, .keyValue),
        Member(10, .varint), list(11, .event), Member(12, .varint), list(13, .link), Member(14, .varint),
        Member(15, .message(.status)), Member(16, .fixed32),
    ]

    private static let logRecord = [
        Member(1, .fixed64), Member(2, .varint), Member(3, .text), Member(5, .message(.value)), list(6, .keyValue),
        Member(7, .varint), Member(8, .fixed32), Member(9, .identifier(16)), Member(10, .identifier(8)),
        Member(11, .fixed64), Member(12, .text),
    ]

    private static func pointMembers(of kind: Kind) -> [Member] {
        switch kind {
        case .numberPoint:
            [
                Member(2, .fixed64), Member(3, .fixed64), Member(4, .double), list(5, .exemplar), Member(6, .fixed64),
                list(7, .keyValue), Member(8, .varint),
            ]
        case .histogramPoint:
            [
                Member(2, .fixed64), Member(3, .fixed64), Member(4, .fixed64), Member(5, .double),
                Member(6, .packedFixed64), Member(7, .packedDouble), list(8, .exemplar), list(9, .keyValue),
                Member(10, .varint), Member(11, .double), Member(12, .double),
            ]
        case .exponentialPoint:
            [
                list(1, .keyValue), Member(2, .fixed64), Member(3, .fixed64), Member(4, .fixed64), Member(5, .double),
                Member(6, .varint), Member(7, .fixed64), Member(8, .message(.buckets)), Member(9, .message(.buckets)),
                Member(10, .varint), list(11, .exemplar), Member(12, .double), Member(13, .double),
                Member(14, .double),
            ]
        case .summaryPoint:
            [
                Member(2, .fixed64), Member(3, .fixed64), Member(4, .fixed64), Member(5, .double), list(6, .quantile),
                list(7, .keyValue), Member(8, .varint),
            ]
        case .buckets: [Member(1, .varint), Member(2, .packedVarint)]
        case .quantile: [Member(1, .double), Member(2, .double)]
        default:
            [
                Member(2, .fixed64), Member(3, .double), Member(4, .identifier(8)), Member(5, .identifier(16)),
                Member(6, .fixed64), list(7, .keyValue),
            ]
        }
    }
}
