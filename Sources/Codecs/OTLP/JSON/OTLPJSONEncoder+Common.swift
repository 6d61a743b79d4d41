import OTLPMessages

// Messages of common.proto and resource.proto.

extension OTLPJSONEncoder {
    mutating func write(_ resource: OTLPResource) {
        object {
            $0.attributes("attributes", resource.attributes)
            $0.uint32("droppedAttributesCount", resource.droppedAttributesCount)
            $0.list("entityRefs", resource.entityRefs) { $0.write($1) }
        }
    }

    private mutating func write(_ entity: OTLPEntityRef) {
        object {
            $0.string("schemaUrl", entity.schemaURL)
            $0.string("type", entity.type)
            $0.list("idKeys", entity.idKeys) { $0.writer.string($1) }
            $0.list("descriptionKeys", entity.descriptionKeys) { $0.writer.string($1) }
        }
    }

    mutating func write(_ scope: OTLPScope) {
        object {
            $0.string("name", scope.name)
            $0.string("version", scope.version)
            $0.attributes("attributes", scope.attributes)
            $0.uint32("droppedAttributesCount", scope.droppedAttributesCount)
        }
    }

    mutating func attributes(_ key: StaticString, _ attributes: [OTLPKeyValue]) {
        list(key, attributes) { $0.write($1) }
    }

    private mutating func write(_ attribute: OTLPKeyValue) {
        object {
            $0.string("key", attribute.key)
            $0.message("value", attribute.hasValue ? attribute.value : nil) { $0.write($1) }
            $0.int32("keyStrindex", attribute.keyStrindex)
        }
    }

    mutating func write(_ value: OTLPAnyValue) {
        object { encoder in
            switch value.value {
            case .stringValue(let string):
                encoder.writer.key("stringValue")
                encoder.writer.string(string)
            case .boolValue(let bool):
                encoder.writer.key("boolValue")
                encoder.writer.bool(bool)
            case .intValue(let integer):
                encoder.writer.key("intValue")
                encoder.writer.quotedInteger(integer)
            case .doubleValue(let double):
                encoder.writer.key("doubleValue")
                encoder.writer.double(double)
            case .arrayValue(let array):
                encoder.writer.key("arrayValue")
                encoder.object { $0.list("values", array.values) { $0.write($1) } }
            case .kvlistValue(let list):
                encoder.writer.key("kvlistValue")
                encoder.object { $0.attributes("values", list.values) }
            case .bytesValue(let data):
                encoder.writer.key("bytesValue")
                encoder.writer.bytes.append(UInt8(ascii: "\""))
                Base64.encode(data, into: &encoder.writer.bytes)
                encoder.writer.bytes.append(UInt8(ascii: "\""))
            case .stringValueStrindex(let index):
                encoder.writer.key("stringValueStrindex")
                encoder.writer.integer(index)
            case nil:
                break
            }
        }
    }
}
