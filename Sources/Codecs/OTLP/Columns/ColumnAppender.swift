import OTLPMessages
package import TelemetryModel

/// Appends OTLP requests to the blocks of a batch: messages that a decoder made (JSON), or protobuf in place (Wire/).
///
/// A message is complete before anything of it is appended; protobuf that turns out to be broken is taken back as a
/// whole. Single items that cannot be stored are left out and counted.
///
/// Lives as long as its queue: `references` and the scratch memory are used from request to request.
package struct ColumnAppender {
    /// Where rows go; exchanged when a block is handed to the store.
    package var batch: TelemetryBatch {
        didSet {
            target = TargetInfoTrack()
            logFacts.forgetKeys()
        }
    }
    var target = TargetInfoTrack()
    var totals = RunningTotals()
    var remoteWrite = RemoteWriteScratch()
    var logFacts = LogFacts()
    /// Of the present request.
    var receivedTime = Timestamp(nanoseconds: 0)
    /// Of the present request.
    package internal(set) var outcome = AppendOutcome()
    var references = StoredReferences()
    var wire = WireScratch()
    private var signature: [UInt8] = []

    package init(batch: TelemetryBatch) {
        self.batch = batch
    }

    /// The present request has changed what is remembered of values.
    package internal(set) var touchesValues = false

    /// Begins a request.
    package mutating func begin(receivedTime: Timestamp) {
        self.receivedTime = receivedTime
        outcome = AppendOutcome()
        touchesValues = false
        target.forgetPoints()
        if references.begin(at: receivedTime) { wire.forgetIDs() }
    }

    /// Called when rows of an earlier request were taken back from the batch, and when all that a log held is stored:
    /// what the appender remembers of values may count points that are not there. Sums begin anew.
    package mutating func forgetValues() {
        totals = RunningTotals()
        remoteWrite.lastSamples.removeAll()
        target = TargetInfoTrack()
    }

    /// Adds what a decoder mended in the present request.
    package mutating func count(_ repairs: RepairCounts) { outcome.repairs.merge(repairs) }

    /// Appends one row of attributes.
    mutating func append(_ attributes: [OTLPKeyValue], to columns: AttributeColumns) {
        signature.removeAll(keepingCapacity: true)
        for attribute in attributes { appendEntry(attribute, to: columns.text, columns.numbers) }
        columns.text.closeRow()
        columns.numbers.closeRow()
        signature.withUnsafeBufferPointer { columns.types.append(utf8: $0) }
    }

    /// Appends the attributes of one item of a list; the caller closes the row.
    mutating func append(_ attributes: [OTLPKeyValue], toItemOf columns: NestedAttributeColumns) {
        signature.removeAll(keepingCapacity: true)
        for attribute in attributes { appendEntry(attribute, to: columns.text.items, nil) }
        columns.text.items.closeRow()
        signature.withUnsafeBufferPointer { columns.types.items.append(utf8: $0) }
    }

    private mutating func appendEntry(
        _ attribute: OTLPKeyValue, to text: MapColumn<StringColumn>, _ numbers: MapColumn<FixedColumn<Double>>?
    ) {
        text.keys.append(attribute.key)
        if case .stringValue(let value) = attribute.value.value {
            text.values.append(value)
            signature.append(AttributeType.string.rawValue)
            return
        }
        let value = AttributeText(attribute.value)
        text.values.append(value.text)
        signature.append(value.type.rawValue)
        if let number = value.number, let numbers {
            numbers.keys.append(attribute.key)
            numbers.values.append(number)
        }
    }

    /// The id of a resource, which is appended when the store does not have it.
    mutating func id(of resource: OTLPResource, schemaURL: String) -> UInt64 {
        var hash = StableHash()
        hash.combine("resource")
        hash.combine(attributes: resource.attributes)
        hash.combine(UInt64(resource.droppedAttributesCount))
        hash.combine(schemaURL)
        let entities = resource.entityRefs.isEmpty ? [] : OTLPJSONEncoder.encode(entityRefs: resource.entityRefs)
        entities.withUnsafeBytes { hash.combine($0) }
        let id = hash.finalize()
        guard references.isNew(id) else { return id }
        let rows = batch.resources
        rows.id.append(id)
        rows.receivedTime.append(receivedTime)
        rows.service.append(resource.serviceName)
        append(resource.attributes, to: rows.attributes)
        rows.droppedAttributes.append(resource.droppedAttributesCount)
        rows.schemaURL.append(schemaURL)
        entities.withUnsafeBufferPointer { rows.entityRefs.append(utf8: $0) }
        return id
    }

    /// The id of a scope, which is appended when the store does not have it.
    mutating func id(of scope: OTLPScope, schemaURL: String) -> UInt64 {
        var hash = StableHash()
        hash.combine("scope")
        hash.combine(scope.name)
        hash.combine(scope.version)
        hash.combine(attributes: scope.attributes)
        hash.combine(UInt64(scope.droppedAttributesCount))
        hash.combine(schemaURL)
        let id = hash.finalize()
        guard references.isNew(id) else { return id }
        let rows = batch.scopes
        rows.id.append(id)
        rows.receivedTime.append(receivedTime)
        rows.name.append(scope.name)
        rows.version.append(scope.version)
        append(scope.attributes, to: rows.attributes)
        rows.droppedAttributes.append(scope.droppedAttributesCount)
        rows.schemaURL.append(schemaURL)
        return id
    }
}

extension OTLPResource {
    /// `service.name`, empty when there is none.
    var serviceName: String {
        for attribute in attributes where attribute.key == "service.name" {
            return AttributeText(attribute.value).text
        }
        return ""
    }
}

extension StableHash {
    mutating func combine(attributes: [OTLPKeyValue]) {
        combine(UInt64(attributes.count))
        for attribute in attributes {
            let value = AttributeText(attribute.value)
            combine(attribute.key)
            combine(UInt64(value.type.rawValue))
            combine(value.text)
        }
    }
}
