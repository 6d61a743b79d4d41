/// The ids that stored things get of their content, from what is stored of them. `ColumnAppender` makes the same of what
/// senders send; tests keep the two together.
extension StoredResource {
    package var id: UInt64 {
        var hash = StableHash()
        hash.combine("resource")
        hash.combine(attributes)
        hash.combine(UInt64(droppedAttributes))
        hash.combine(schemaURL)
        hash.combine(entityRefs)
        return hash.finalize()
    }
}

extension StoredScope {
    package var id: UInt64 {
        var hash = StableHash()
        hash.combine("scope")
        hash.combine(name)
        hash.combine(version)
        hash.combine(attributes)
        hash.combine(UInt64(droppedAttributes))
        hash.combine(schemaURL)
        return hash.finalize()
    }
}

extension StoredSeries {
    /// Of a series of the form `otlp`. The order of attributes does not count.
    package var id: UInt64 {
        var hash = StableHash()
        hash.combine("series")
        hash.combine(name)
        hash.combine(type)
        hash.combine(unit)
        hash.combine(UInt64(truncatingIfNeeded: Int64(temporality)))
        hash.combine(isMonotonic ? 1 : 0)
        hash.combine(resourceID)
        hash.combine(scopeID)
        hash.combine(attributes.sorted { $0.key < $1.key })
        return hash.finalize(besideOthersNamed: name)
    }
}

extension StableHash {
    fileprivate mutating func combine(_ attributes: [StoredAttribute]) {
        combine(UInt64(attributes.count))
        for attribute in attributes {
            combine(attribute.key)
            combine(UInt64(attribute.type.rawValue))
            combine(attribute.text)
        }
    }
}
