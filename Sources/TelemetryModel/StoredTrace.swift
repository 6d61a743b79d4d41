/// An attribute as it is stored: text and type.
package struct StoredAttribute: Sendable, Hashable {
    package var key: String
    package var text: String
    package var type: AttributeType

    package init(key: String, text: String, type: AttributeType) {
        self.key = key
        self.text = text
        self.type = type
    }

    /// Puts stored keys and texts together with their type signature; a missing letter reads as a string.
    package static func list(_ pairs: [(key: String, text: String)], signature: String) -> [StoredAttribute] {
        let letters = Array(signature.utf8)
        return pairs.enumerated().map { index, pair in
            let type = index < letters.count ? AttributeType(rawValue: letters[index]) ?? .string : .string
            return StoredAttribute(key: pair.key, text: pair.text, type: type)
        }
    }
}

/// A resource as it is stored.
package struct StoredResource: Sendable, Hashable {
    package var attributes: [StoredAttribute]
    package var droppedAttributes: UInt32
    package var schemaURL: String
    package var entityRefs: String

    package init(attributes: [StoredAttribute], droppedAttributes: UInt32, schemaURL: String, entityRefs: String) {
        self.attributes = attributes
        self.droppedAttributes = droppedAttributes
        self.schemaURL = schemaURL
        self.entityRefs = entityRefs
    }
}

/// An instrumentation scope as it is stored.
package struct StoredScope: Sendable, Equatable {
    package var name: String
    package var version: String
    package var attributes: [StoredAttribute]
    package var droppedAttributes: UInt32
    package var schemaURL: String

    package init(
        name: String, version: String, attributes: [StoredAttribute], droppedAttributes: UInt32, schemaURL: String
    ) {
        self.name = name
        self.version = version
        self.attributes = attributes
        self.droppedAttributes = droppedAttributes
        self.schemaURL = schemaURL
    }
}

/// A span as it is stored; the members mean what they mean in `SpanBlock`.
package struct StoredSpan: Sendable, Equatable {
    package struct Event: Sendable, Equatable {
        package var time: Timestamp
        package var name: String
        package var attributes: [StoredAttribute]
        package var droppedAttributes: UInt32

        package init(time: Timestamp, name: String, attributes: [StoredAttribute], droppedAttributes: UInt32) {
            self.time = time
            self.name = name
            self.attributes = attributes
            self.droppedAttributes = droppedAttributes
        }
    }

    package struct Link: Sendable, Equatable {
        package var traceID: [UInt8]
        package var spanID: [UInt8]
        package var traceState: String
        package var flags: UInt32
        package var attributes: [StoredAttribute]
        package var droppedAttributes: UInt32

        package init(
            traceID: [UInt8], spanID: [UInt8], traceState: String, flags: UInt32, attributes: [StoredAttribute],
            droppedAttributes: UInt32
        ) {
            self.traceID = traceID
            self.spanID = spanID
            self.traceState = traceState
            self.flags = flags
            self.attributes = attributes
            self.droppedAttributes = droppedAttributes
        }
    }

    package var traceID = TraceID.zero
    package var spanID = SpanID.zero
    package var parentSpanID = SpanID.zero
    package var traceState = ""
    package var flags: UInt32 = 0
    package var service = ""
    package var name = ""
    package var kind: Int32 = 0
    package var startTime = Timestamp(nanoseconds: 0)
    package var durationNanoseconds: Int64 = 0
    package var statusCode: Int32 = 0
    package var statusMessage = ""
    package var resourceID: UInt64 = 0
    package var scopeID: UInt64 = 0
    package var attributes: [StoredAttribute] = []
    package var droppedAttributes: UInt32 = 0
    package var events: [Event] = []
    package var droppedEvents: UInt32 = 0
    package var links: [Link] = []
    package var droppedLinks: UInt32 = 0

    package init() {}
}

/// All stored spans of one trace with what they refer to, sorted by start.
package struct StoredTrace: Sendable {
    package var spans: [StoredSpan]
    package var resources: [UInt64: StoredResource]
    package var scopes: [UInt64: StoredScope]

    package init(spans: [StoredSpan], resources: [UInt64: StoredResource], scopes: [UInt64: StoredScope]) {
        self.spans = spans
        self.resources = resources
        self.scopes = scopes
    }
}
