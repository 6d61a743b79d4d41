/// Resources, each stored once a day. Spec: OTLP resource.proto.
package final class ResourceBlock: Block {
    package let id = FixedColumn<UInt64>()
    package let receivedTime = FixedColumn<Timestamp>()
    package let service = DictionaryColumn()
    package let attributes = AttributeColumns()
    package let droppedAttributes = FixedColumn<UInt32>()
    package let schemaURL = DictionaryColumn()
    /// `entity_refs` as a JSON array, empty when there are none.
    package let entityRefs = DictionaryColumn()

    package init() {}

    package var rows: Int { id.count }

    package var columns: [any Column] {
        [
            id, receivedTime, service, droppedAttributes, schemaURL, entityRefs,
        ] + attributes.columns
    }
}

/// Instrumentation scopes, each stored once a day. Spec: OTLP common.proto, `InstrumentationScope`.
package final class ScopeBlock: Block {
    package let id = FixedColumn<UInt64>()
    package let receivedTime = FixedColumn<Timestamp>()
    package let name = DictionaryColumn()
    package let version = DictionaryColumn()
    package let attributes = AttributeColumns()
    package let droppedAttributes = FixedColumn<UInt32>()
    package let schemaURL = DictionaryColumn()

    package init() {}

    package var rows: Int { id.count }

    package var columns: [any Column] {
        [
            id, receivedTime, name, version, droppedAttributes, schemaURL,
        ] + attributes.columns
    }
}
