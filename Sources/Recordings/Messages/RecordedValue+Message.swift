package import OTLPMessages

extension RecordedValue {
    /// Levels of lists and maps inside each other that are kept; the decoders allow fewer, so that only a message made
    /// in memory can reach it.
    private static let depthMax = 200

    package init(_ value: OTLPAnyValue) { self.init(value, depth: 0) }

    fileprivate init(_ value: OTLPAnyValue, depth: Int) {
        guard depth < Self.depthMax else {
            self = .empty
            return
        }
        self =
            switch value.value {
            // A reference into a dictionary that OTLP requests do not have.
            case nil, .stringValueStrindex: .empty
            case .stringValue(let text): .string(text)
            case .boolValue(let flag): .bool(flag)
            case .intValue(let number): .int(number)
            case .doubleValue(let number): .double(number)
            case .bytesValue(let data): .bytes([UInt8](data))
            case .arrayValue(let list): .array(list.values.map { RecordedValue($0, depth: depth + 1) })
            case .kvlistValue(let list): .map(RecordedAttributes(list.values, depth: depth + 1))
            }
    }
}

extension RecordedAttributes {
    package init(_ attributes: [OTLPKeyValue]) { self.init(attributes, depth: 0) }

    fileprivate init(_ attributes: [OTLPKeyValue], depth: Int) {
        self.init(attributes.map { Entry(key: $0.key, value: RecordedValue($0.value, depth: depth)) })
    }
}
