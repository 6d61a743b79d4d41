package import TelemetryModel

/// Counts the messages inside an OTLP request without decoding it.
///
/// An empty record takes two bytes on the wire and some 250 in memory, so a body of 64 MiB could ask for gigabytes.
/// The scan reads tags and lengths only, about 1 ns a byte at worst, and stops at the bound.
package enum OTLPProtobufScan {
    /// The messages of OTLP by what can be inside them. Spec: opentelemetry-proto 1.x.
    package enum Kind {
        case request, group, scopeGroup, scope, resource
        case span, event, link
        case logRecord
        case metric, series, point, exemplar
        case keyValue, anyValue, list, map
        /// No messages inside that could repeat.
        case leaf

        func child(_ field: UInt64, _ signal: Signal) -> Kind? {
            switch (self, field) {
            case (.request, 1): .group
            case (.group, 1): .resource
            case (.group, 2): .scopeGroup
            case (.scopeGroup, 1): .scope
            case (.scopeGroup, 2):
                switch signal {
                case .traces: .span
                case .metrics: .metric
                case .logs: .logRecord
                }
            case (.resource, 1), (.scope, 3), (.span, 9), (.event, 3), (.link, 4), (.logRecord, 6), (.metric, 12):
                .keyValue
            case (.resource, 3): .leaf
            case (.span, 11): .event
            case (.span, 13): .link
            case (.logRecord, 5): .anyValue
            case (.metric, 5), (.metric, 7), (.metric, 9), (.metric, 10), (.metric, 11): .series
            case (.series, 1): .point
            // The five kinds of points number their members differently: attributes are 7, 9 or 1, exemplars 5, 8 or 11,
            // quantiles and buckets 6, 8 and 9. Each may be any of them; what is counted too much is a few messages.
            case (.point, 1), (.point, 6), (.point, 7), (.point, 9): .keyValue
            case (.point, 5), (.point, 8), (.point, 11): .exemplar
            case (.exemplar, 7): .keyValue
            case (.keyValue, 2): .anyValue
            case (.anyValue, 5): .list
            case (.anyValue, 6): .map
            case (.list, 1): .anyValue
            case (.map, 1): .keyValue
            default: nil
            }
        }
    }

    /// Whether a message of some kind holds no more than so many others.
    package static func holds(
        _ bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind, _ signal: Signal, atMost messagesMax: Int
    ) -> Bool {
        var remaining = messagesMax
        scan(bytes, 0..<bytes.count, kind, signal, depth: 0, &remaining)
        return remaining >= 0
    }

    private static func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ kind: Kind, _ signal: Signal, depth: Int,
        _ remaining: inout Int
    ) {
        // The decoder refuses what is deeper.
        guard depth <= Limits.protobufDepth else { return }
        var position = range.lowerBound
        while position < range.upperBound, remaining >= 0 {
            guard let tag = varint(bytes, &position, range.upperBound) else { return }
            switch tag & 7 {
            case 0: guard varint(bytes, &position, range.upperBound) != nil else { return }
            case 1: position += 8
            case 5: position += 4
            case 3, 4:
                // A group's marks. OTLP has no groups; the decoder skips an unknown one, so the scan goes on inside it,
                // where a nested field can only be counted, never missed.
                continue
            case 2:
                guard let length = varint(bytes, &position, range.upperBound),
                    length <= UInt64(range.upperBound - position)
                else { return }
                let end = position + Int(length)
                if let child = kind.child(tag >> 3, signal) {
                    remaining -= 1
                    scan(bytes, position..<end, child, signal, depth: depth + 1, &remaining)
                }
                position = end
            default: return
            }
        }
    }

    private static func varint(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ end: Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
