import OTLPMessages
import TelemetryModel

/// What stored items refer to, as OTLP messages.
enum StoredReferenceMessages {
    /// - Parameter service: what the items still know when retention took the resource.
    static func resource(_ resource: StoredResource?, service: String) -> OTLPResource {
        var message = OTLPResource()
        if let resource {
            if !resource.entityRefs.isEmpty,
                let decoded = try? OTLPJSONDecoder.decodeResource(Array(resource.entityRefs.utf8))
            {
                message = decoded
            }
            message.attributes = attributes(resource.attributes)
            message.droppedAttributesCount = resource.droppedAttributes
        } else if !service.isEmpty {
            message.attributes = attributes([.init(key: "service.name", text: service, type: .string)])
        }
        return message
    }

    static func scope(_ scope: StoredScope?) -> OTLPScope {
        var message = OTLPScope()
        guard let scope else { return message }
        message.name = scope.name
        message.version = scope.version
        message.attributes = attributes(scope.attributes)
        message.droppedAttributesCount = scope.droppedAttributes
        return message
    }

    static func attributes(_ stored: [StoredAttribute]) -> [OTLPKeyValue] {
        stored.map { attribute in
            var pair = OTLPKeyValue()
            pair.key = attribute.key
            pair.value = AttributeText.value(of: attribute)
            return pair
        }
    }
}

/// Where groups stand in a list: those of a resource, and in them those of a scope, in order of first appearance.
struct StoredGroups {
    private struct Key: Hashable {
        let group: Int
        let scope: UInt64
    }

    private var groupOfResource: [UInt64: Int] = [:]
    private var scopeOfGroup: [Key: Int] = [:]
    private var scopesInGroup: [Int] = []

    /// The places of an item's groups, and whether they are new.
    mutating func place(
        resource: UInt64, scope: UInt64
    ) -> (group: Int, scope: Int, isNewGroup: Bool, isNewScope: Bool) {
        let group = groupOfResource[resource] ?? scopesInGroup.count
        let isNewGroup = group == scopesInGroup.count
        if isNewGroup {
            groupOfResource[resource] = group
            scopesInGroup.append(0)
        }
        let key = Key(group: group, scope: scope)
        if let known = scopeOfGroup[key] { return (group, known, isNewGroup, false) }
        let place = scopesInGroup[group]
        scopesInGroup[group] += 1
        scopeOfGroup[key] = place
        return (group, place, isNewGroup, true)
    }
}
