import TelemetryModel

/// The rows of spans or logs by resource and scope: the nodes of each row in the tree of a line.
struct OwnedRows {
    private struct Owner: Hashable {
        var resource: UInt64
        var scope: UInt64
    }

    private(set) var tree = ItemTree(itemsMax: itemsPerLine)
    private var nodes: [Int32] = []
    private var nodeOfOwner: [Owner: Int32] = [:]
    private var nodeOfResource: [UInt64: Int32] = [:]

    /// What rows refer to that is not known.
    static func missing(
        _ resourceIDs: FixedColumn<UInt64>, _ scopeIDs: FixedColumn<UInt64>, _ texts: ReferenceTexts
    ) -> MissingReferences {
        var missing = MissingReferences()
        var last = Owner(resource: 0, scope: 0)
        for row in 0..<resourceIDs.count {
            let owner = Owner(resource: resourceIDs.values[row], scope: scopeIDs.values[row])
            if row > 0, owner == last { continue }
            last = owner
            if texts.resource(owner.resource) == nil { missing.resources.insert(owner.resource) }
            if texts.scope(owner.scope) == nil { missing.scopes.insert(owner.scope) }
        }
        return missing
    }

    /// - Parameter service: of a row whose resource is nowhere any more.
    mutating func begin(
        _ resourceIDs: FixedColumn<UInt64>, _ scopeIDs: FixedColumn<UInt64>, _ texts: ReferenceTexts,
        service: (Int) -> String
    ) {
        tree.reset()
        nodes.removeAll(keepingCapacity: true)
        nodes.reserveCapacity(resourceIDs.count)
        nodeOfOwner.removeAll(keepingCapacity: true)
        nodeOfResource.removeAll(keepingCapacity: true)
        var last = Owner(resource: 0, scope: 0)
        var lastNode: Int32 = -1
        for row in 0..<resourceIDs.count {
            let owner = Owner(resource: resourceIDs.values[row], scope: scopeIDs.values[row])
            if lastNode < 0 || owner != last {
                last = owner
                lastNode = node(of: owner, texts) { service(row) }
            }
            nodes.append(lastNode)
        }
    }

    private mutating func node(of owner: Owner, _ texts: ReferenceTexts, service: () -> String) -> Int32 {
        if let known = nodeOfOwner[owner] { return known }
        let parent: Int32
        if let known = nodeOfResource[owner.resource] {
            parent = known
        } else {
            let number = texts.resource(owner.resource) ?? texts.learnUnknown(resource: owner.resource, service())
            parent = tree.addNode(number, parent: nil)
            nodeOfResource[owner.resource] = parent
        }
        let number = texts.scope(owner.scope) ?? texts.learnUnknown(scope: owner.scope)
        let node = tree.addNode(number, parent: parent)
        nodeOfOwner[owner] = node
        return node
    }

    /// Writes a line: the rows of a window in their groups.
    ///
    /// - Parameters:
    ///   - opening: of the line with the names of the groups; `groups` that of a resource's groups, `items` of a scope's
    ///     items.
    ///   - write: an item with a comma behind it.
    @inline(__always)
    mutating func write(
        _ window: Range<Int>, _ texts: ReferenceTexts, to buffer: LineBuffer, opening: StaticString,
        groups: StaticString, items: StaticString, write: (Int, ReferenceTexts.Resource) -> Void
    ) {
        tree.beginWindow()
        for row in window { tree.add(Int32(truncatingIfNeeded: row - window.lowerBound), to: nodes[row]) }
        buffer.append(opening)
        var resourceNode = tree.firstRoot
        while resourceNode >= 0 {
            let node = tree.nodes[Int(resourceNode)]
            let resource = texts.resources[Int(node.reference)]
            buffer.append("{")
            buffer.append(resource.text)
            buffer.append(groups)
            var scopeNode = node.first
            while scopeNode >= 0 {
                let node = tree.nodes[Int(scopeNode)]
                let scope = texts.scopes[Int(node.reference)]
                buffer.append("{")
                buffer.append(scope.text)
                buffer.append(items)
                var item = node.first
                while item >= 0 {
                    write(window.lowerBound + Int(item), resource)
                    item = tree.nextItem[Int(item)]
                }
                buffer.closeMembers("]")
                buffer.append(scope.schema)
                buffer.append("},")
                scopeNode = node.next
            }
            buffer.closeMembers("]")
            buffer.append(resource.schema)
            buffer.append("},")
            resourceNode = node.next
        }
        buffer.closeMembers("]}\n")
    }
}

extension ReferenceTexts {
    /// Stands in for a resource that retention took, or that cannot be read.
    func learnUnknown(resource id: UInt64, _ service: String) -> Int32 {
        hasUnknown = true
        let name = StoredAttribute(key: "service.name", text: service, type: .string)
        return learn(
            id,
            StoredResource(
                attributes: service.isEmpty ? [] : [name], droppedAttributes: 0, schemaURL: "", entityRefs: ""))
    }

    func learnUnknown(scope id: UInt64) -> Int32 {
        hasUnknown = true
        return learnEmpty(scope: id)
    }

    @discardableResult
    func learnEmpty(scope id: UInt64) -> Int32 {
        learn(id, StoredScope(name: "", version: "", attributes: [], droppedAttributes: 0, schemaURL: ""))
    }
}
