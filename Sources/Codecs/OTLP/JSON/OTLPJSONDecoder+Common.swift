import OTLPMessages

// Messages of common.proto and resource.proto.

extension OTLPJSONDecoder {
    private enum ResourceField: String, OTLPJSONField {
        case attributes, droppedAttributesCount, entityRefs
        static let table = OTLPJSONFieldTable<Self>()
    }

    mutating func readResource() throws(DecodeError) -> OTLPResource {
        var resource = OTLPResource()
        try readFields(of: ResourceField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .attributes: resource.attributes = try decoder.readAttributes()
            case .droppedAttributesCount: resource.droppedAttributesCount = try decoder.readInteger()
            case .entityRefs:
                resource.entityRefs = try decoder.readMessages { (decoder) throws(DecodeError) in
                    try decoder.readEntityRef()
                }
            }
        }
        return resource
    }

    private enum EntityRefField: String, OTLPJSONField {
        case schemaUrl, type, idKeys, descriptionKeys
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readEntityRef() throws(DecodeError) -> OTLPEntityRef {
        var entity = OTLPEntityRef()
        try readFields(of: EntityRefField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .schemaUrl: entity.schemaURL = try decoder.readString()
            case .type: entity.type = try decoder.readString()
            case .idKeys: entity.idKeys = try decoder.readStrings()
            case .descriptionKeys: entity.descriptionKeys = try decoder.readStrings()
            }
        }
        return entity
    }

    private mutating func readStrings() throws(DecodeError) -> [String] {
        try readMessages { (decoder) throws(DecodeError) in try decoder.readString() }
    }

    private enum ScopeField: String, OTLPJSONField {
        case name, version, attributes, droppedAttributesCount
        static let table = OTLPJSONFieldTable<Self>()
    }

    mutating func readScope() throws(DecodeError) -> OTLPScope {
        var scope = OTLPScope()
        try readFields(of: ScopeField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .name: scope.name = try decoder.readString()
            case .version: scope.version = try decoder.readString()
            case .attributes: scope.attributes = try decoder.readAttributes()
            case .droppedAttributesCount: scope.droppedAttributesCount = try decoder.readInteger()
            }
        }
        return scope
    }

    // MARK: Attributes

    mutating func readAttributes() throws(DecodeError) -> [OTLPKeyValue] {
        try readMessages { (decoder) throws(DecodeError) in try decoder.readKeyValue() }
    }

    private enum KeyValueField: String, OTLPJSONField {
        case key, value, keyStrindex
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readKeyValue() throws(DecodeError) -> OTLPKeyValue {
        var attribute = OTLPKeyValue()
        try readFields(of: KeyValueField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .key: attribute.key = try decoder.readString()
            case .value: attribute.value = try decoder.readAnyValue()
            case .keyStrindex: attribute.keyStrindex = try decoder.readInteger()
            }
        }
        return attribute
    }

    private enum AnyValueField: String, OTLPJSONField {
        case stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue, stringValueStrindex
        static let table = OTLPJSONFieldTable<Self>()
    }

    /// Reads a value; without a known member it is empty, and of several members the last one wins.
    ///
    /// Recursion is bounded by `Limits.jsonDepth`, as each level opens at least one object.
    mutating func readAnyValue() throws(DecodeError) -> OTLPAnyValue {
        var value = OTLPAnyValue()
        try readFields(of: AnyValueField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .stringValue: value.stringValue = try decoder.readString()
            case .boolValue: value.boolValue = try decoder.readBool()
            case .intValue: value.intValue = try decoder.readInteger()
            case .doubleValue: value.doubleValue = try decoder.readDouble()
            case .arrayValue: value.arrayValue = try decoder.readArrayValue()
            case .kvlistValue: value.kvlistValue = try decoder.readKeyValueList()
            case .bytesValue: value.bytesValue = try decoder.readBase64()
            case .stringValueStrindex: value.stringValueStrindex = try decoder.readInteger()
            }
        }
        return value
    }

    private enum ValuesField: String, OTLPJSONField {
        case values
        static let table = OTLPJSONFieldTable<Self>()
    }

    private mutating func readArrayValue() throws(DecodeError) -> OTLPArrayValue {
        var array = OTLPArrayValue()
        try readFields(of: ValuesField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .values:
                array.values = try decoder.readMessages { (decoder) throws(DecodeError) in
                    // A list of protobuf has no nulls, but a value without a member is what a null attribute is.
                    if try decoder.reader.readNull() { return OTLPAnyValue() }
                    return try decoder.readAnyValue()
                }
            }
        }
        return array
    }

    private mutating func readKeyValueList() throws(DecodeError) -> OTLPKeyValueList {
        var list = OTLPKeyValueList()
        try readFields(of: ValuesField.self) { (decoder, field) throws(DecodeError) in
            switch field {
            case .values: list.values = try decoder.readAttributes()
            }
        }
        return list
    }
}
