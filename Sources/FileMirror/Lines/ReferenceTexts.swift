import TelemetryModel

/// Resources and scopes as JSON, by their ids. An id is a hash of the content, so what was written once stays right.
///
/// - Bound: `bytesMax`. Past it all are forgotten, and come from the store when a row names them.
final class ReferenceTexts {
    struct Resource {
        /// `"resource":{…},`
        let text: [UInt8]
        /// `,"schemaUrl":"…"`, empty without one.
        let schema: [UInt8]
        /// Attributes for those items that lack them, by the place of the key in `enrichedKeys`; each with a comma behind
        /// it, empty when the resource does not have it.
        let enrichment: [[UInt8]]
    }

    struct Scope {
        /// `"scope":{…},`
        let text: [UInt8]
        /// `,"schemaUrl":"…"`, empty without one.
        let schema: [UInt8]
    }

    /// What each span says of its resource, as the Collector of the seeds has it.
    static let enrichedKeys = ["service.name", "deployment.environment"]
    private static let bytesMax = 32 << 20

    private(set) var resources: [Resource] = []
    private(set) var scopes: [Scope] = []
    private var resourceNumbers = NumberTable()
    private var scopeNumbers = NumberTable()
    private var bytes = 0
    /// Something was made up for what could not be read; the next block asks again.
    var hasUnknown = false
    private let buffer = LineBuffer()

    func resource(_ id: UInt64) -> Int32? { resourceNumbers.number(of: id) }
    func scope(_ id: UInt64) -> Int32? { scopeNumbers.number(of: id) }

    /// Called between blocks, since numbers are given anew.
    ///
    /// - Returns: whether all were forgotten.
    func forgetIfFull() -> Bool {
        guard bytes > Self.bytesMax || hasUnknown else { return false }
        removeAll()
        return true
    }

    func removeAll() {
        resources.removeAll()
        scopes.removeAll()
        resourceNumbers.removeAll()
        scopeNumbers.removeAll()
        bytes = 0
        hasUnknown = false
    }

    // MARK: Learning

    /// What a block brings.
    func learn(_ block: ResourceBlock) {
        for row in 0..<block.rows where resource(block.id[row]) == nil {
            learn(
                block.id[row],
                StoredResource(
                    attributes: block.attributes.stored(row), droppedAttributes: block.droppedAttributes[row],
                    schemaURL: block.schemaURL.string(at: row), entityRefs: block.entityRefs.string(at: row)))
        }
    }

    func learn(_ block: ScopeBlock) {
        for row in 0..<block.rows where scope(block.id[row]) == nil {
            learn(
                block.id[row],
                StoredScope(
                    name: block.name.string(at: row), version: block.version.string(at: row),
                    attributes: block.attributes.stored(row), droppedAttributes: block.droppedAttributes[row],
                    schemaURL: block.schemaURL.string(at: row)))
        }
    }

    /// - Returns: its number.
    @discardableResult
    func learn(_ id: UInt64, _ resource: StoredResource) -> Int32 {
        if let known = self.resource(id) { return known }
        // "attribute[0] is service.name" is what readers of these files ask for.
        var attributes = resource.attributes
        if let place = attributes.firstIndex(where: { $0.key == "service.name" }), place > 0 {
            attributes.insert(attributes.remove(at: place), at: 0)
        }
        buffer.truncate(to: 0)
        buffer.append("\"resource\":{")
        Self.write(attributes, resource.droppedAttributes, to: buffer)
        // `{"entityRefs":[…]}`
        let refs = Array(resource.entityRefs.utf8)
        if refs.count > 2, refs.first == UInt8(ascii: "{"), refs.last == UInt8(ascii: "}") {
            buffer.append(Array(refs[1..<refs.count - 1]))
            buffer.append(",")
        }
        buffer.closeMembers("},")
        let text = buffer.array
        let enrichment = Self.enrichedKeys.map { key -> [UInt8] in
            guard let attribute = attributes.first(where: { $0.key == key }) else { return [] }
            buffer.truncate(to: 0)
            ValueText.attribute(attribute, to: buffer)
            buffer.append(",")
            return buffer.array
        }
        let entry = Resource(text: text, schema: Self.schema(resource.schemaURL, buffer), enrichment: enrichment)
        let number = Int32(truncatingIfNeeded: resources.count)
        resources.append(entry)
        resourceNumbers.insert(id, number)
        bytes += text.count + entry.schema.count + enrichment.reduce(0) { $0 + $1.count } + 128
        return number
    }

    @discardableResult
    func learn(_ id: UInt64, _ scope: StoredScope) -> Int32 {
        if let known = self.scope(id) { return known }
        buffer.truncate(to: 0)
        buffer.append("\"scope\":{")
        ValueText.member("name", scope.name, to: buffer)
        ValueText.member("version", scope.version, to: buffer)
        Self.write(scope.attributes, scope.droppedAttributes, to: buffer)
        buffer.closeMembers("},")
        let text = buffer.array
        let entry = Scope(text: text, schema: Self.schema(scope.schemaURL, buffer))
        let number = Int32(truncatingIfNeeded: scopes.count)
        scopes.append(entry)
        scopeNumbers.insert(id, number)
        bytes += text.count + entry.schema.count + 96
        return number
    }

    /// Members with commas behind them.
    private static func write(_ attributes: [StoredAttribute], _ dropped: UInt32, to buffer: LineBuffer) {
        if !attributes.isEmpty {
            buffer.append("\"attributes\":[")
            for attribute in attributes {
                ValueText.attribute(attribute, to: buffer)
                buffer.append(",")
            }
            buffer.closeMembers("],")
        }
        if dropped != 0 {
            var pen = buffer.pen(room: 64)
            pen.literal("\"droppedAttributesCount\":")
            pen.integer(UInt64(dropped))
            pen.byte(0x2C)
            buffer.take(pen)
        }
    }

    private static func schema(_ url: String, _ buffer: LineBuffer) -> [UInt8] {
        guard !url.isEmpty else { return [] }
        buffer.truncate(to: 0)
        buffer.append(",")
        ValueText.member("schemaUrl", url, to: buffer)
        buffer.truncate(to: buffer.count - 1)
        return buffer.array
    }
}

extension LineBuffer {
    var array: [UInt8] { Array(bytes) }

    /// Ends an object or a list whose members have commas behind them.
    func closeMembers(_ closing: StaticString) {
        if count > 0, base[count - 1] == UInt8(ascii: ",") { truncate(to: count - 1) }
        append(closing)
    }
}

extension AttributeColumns {
    /// The attributes of a row, for what is read once.
    func stored(_ row: Int) -> [StoredAttribute] {
        let range = Int(text.offsets[row])..<Int(text.offsets[row + 1])
        return StoredAttribute.list(
            range.map { (key: text.keys.string(at: $0), text: text.values.string(at: $0)) },
            signature: types.string(at: row))
    }
}
