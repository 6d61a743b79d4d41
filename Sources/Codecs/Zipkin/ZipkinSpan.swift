package import TelemetryModel

/// A span as Zipkin v2 knows it.
///
/// Texts are kept as they were sent: Zipkin's own server makes names lower case, which loses what cannot be brought back.
///
/// Spec: OpenZipkin, zipkin2-api.yaml, `Span`; zipkin.proto, `Span`.
package struct ZipkinSpan: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case client = "CLIENT"
        case server = "SERVER"
        case producer = "PRODUCER"
        case consumer = "CONSUMER"
    }

    /// A node of the network; empty texts and a port of 0 are absent.
    package struct Endpoint: Sendable, Equatable {
        package var serviceName = ""
        package var ipv4 = ""
        package var ipv6 = ""
        package var port = 0

        package init(serviceName: String = "", ipv4: String = "", ipv6: String = "", port: Int = 0) {
            self.serviceName = serviceName
            self.ipv4 = ipv4
            self.ipv6 = ipv6
            self.port = port
        }

        package var isEmpty: Bool { serviceName.isEmpty && ipv4.isEmpty && ipv6.isEmpty && port == 0 }

        /// Takes an address into the member of its family, whichever it was sent in; a mapped address stays as it is.
        mutating func setAddress(_ text: String) {
            if text.utf8.contains(UInt8(ascii: ":")) { ipv6 = text } else { ipv4 = text }
        }
    }

    package struct Annotation: Sendable, Equatable {
        /// Microseconds since the Unix epoch.
        package var timestamp: Int64
        package var value: String

        package init(timestamp: Int64, value: String) {
            self.timestamp = timestamp
            self.value = value
        }
    }

    package struct Tag: Sendable, Equatable {
        package var key: String
        package var value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    package var traceID: TraceID
    /// Zero for a root.
    package var parentID = SpanID.zero
    package var id: SpanID
    package var kind: Kind?
    /// Empty when it is absent.
    package var name = ""
    /// Microseconds since the Unix epoch; 0 when it is absent, as in Zipkin.
    package var timestamp: Int64 = 0
    /// Microseconds; 0 when it is absent, as in Zipkin.
    package var duration: Int64 = 0
    package var localEndpoint = Endpoint()
    package var remoteEndpoint = Endpoint()
    package var annotations: [Annotation] = []
    /// No key twice.
    package var tags: [Tag] = []
    package var debug: Bool?
    package var shared: Bool?

    package init(traceID: TraceID, id: SpanID) {
        self.traceID = traceID
        self.id = id
    }

    /// The value of a tag.
    package subscript(tag key: String) -> String? {
        for tag in tags where tag.key == key { return tag.value }
        return nil
    }

    /// Adds a tag, or gives the one of that key another value.
    mutating func set(tag key: String, _ value: String) {
        if let index = tags.firstIndex(where: { $0.key == key }) {
            tags[index].value = value
        } else {
            tags.append(Tag(key: key, value: value))
        }
    }

    /// Keeps the last of the tags with the same key, where the first one stands.
    mutating func dropRepeatedTags() {
        guard tags.count > 1 else { return }
        var places: [String: Int] = [:]
        places.reserveCapacity(tags.count)
        var kept = 0
        for index in tags.indices {
            let tag = tags[index]
            if let place = places[tag.key] {
                tags[place].value = tag.value
            } else {
                places[tag.key] = kept
                tags[kept] = tag
                kept += 1
            }
        }
        tags.removeSubrange(kept...)
    }
}

/// Times of Zipkin are microseconds; stored ones are nanoseconds in 64 bits.
enum ZipkinTime {
    /// 2262-04-11, the last one that can be stored.
    static let microsecondsMax = Int64.max / 1000

    static let tooLate = "a time is after the year 2262 (Zipkin's times are microseconds)"
}
