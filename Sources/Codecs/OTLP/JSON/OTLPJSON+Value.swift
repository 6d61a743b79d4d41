import OTLPMessages

extension OTLPJSONEncoder {
    /// One value as OTLP JSON.
    static func encode(value: OTLPAnyValue) -> [UInt8] {
        var encoder = OTLPJSONEncoder(writer: JSONWriter())
        encoder.write(value)
        return encoder.writer.bytes
    }

    /// Entity references as a JSON array.
    static func encode(entityRefs: [OTLPEntityRef]) -> [UInt8] {
        var resource = OTLPResource()
        resource.entityRefs = entityRefs
        var encoder = OTLPJSONEncoder(writer: JSONWriter())
        encoder.write(resource)
        return encoder.writer.bytes
    }
}

extension OTLPJSONDecoder {
    /// One value of OTLP JSON.
    static func decodeValue(_ bytes: [UInt8]) throws(DecodeError) -> OTLPAnyValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
            var decoder = OTLPJSONDecoder(reader: JSONReader(buffer))
            let value = try decoder.readAnyValue()
            try decoder.reader.finish()
            return value
        }
    }

    /// A resource of OTLP JSON; what `encode(entityRefs:)` wrote.
    static func decodeResource(_ bytes: [UInt8]) throws(DecodeError) -> OTLPResource {
        try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
            var decoder = OTLPJSONDecoder(reader: JSONReader(buffer))
            let resource = try decoder.readResource()
            try decoder.reader.finish()
            return resource
        }
    }
}
