/// Makes v2 spans of a v1 span: one for each service that has a say in it, two for a client and a server of one service.
///
/// Spec: zipkin2-api.yaml, `Span.kind`: which v1 annotation is which kind, and which end of it. Where that says nothing,
/// what Zipkin's server does.
struct ZipkinVersion1Converter {
    private typealias Annotation = ZipkinVersion1.Annotation
    private typealias Endpoint = ZipkinSpan.Endpoint

    private let source: ZipkinVersion1.Span
    private var parts: [ZipkinSpan]

    // The annotations with a meaning: client send and receive, server receive and send, message send and receive, wire
    // send and receive.
    private var cs: Annotation?
    private var cr: Annotation?
    private var sr: Annotation?
    private var ss: Annotation?
    private var ms: Annotation?
    private var mr: Annotation?
    private var ws: Annotation?
    private var wr: Annotation?

    init(_ source: ZipkinVersion1.Span) {
        self.source = source
        parts = []
        parts.append(newPart(nil))
    }

    func spans() -> [ZipkinSpan] {
        var converter = self
        converter.readAnnotations()
        converter.setCallTimes()
        converter.setMessageTimes()
        converter.readBinaryAnnotations()
        return converter.parts.map { part in
            var part = part
            part.dropRepeatedTags()
            return part
        }
    }

    // MARK: Parts

    private func newPart(_ endpoint: Endpoint?) -> ZipkinSpan {
        var part = ZipkinSpan(traceID: source.traceID, id: source.id)
        part.parentID = source.parentID
        part.name = source.name
        part.debug = source.debug
        if let endpoint { part.localEndpoint = endpoint }
        return part
    }

    /// The part of an endpoint's service; the first one for what has no endpoint.
    private mutating func part(_ endpoint: Endpoint?) -> Int {
        guard let endpoint else { return 0 }
        if parts[0].localEndpoint.isEmpty {
            parts[0].localEndpoint = endpoint
            return 0
        }
        if let index = parts.firstIndex(where: { $0.localEndpoint.serviceName == endpoint.serviceName }) {
            return index
        }
        // A span has two sides; whoever names hundreds of services in one means something else.
        guard parts.count < Self.partsMax else { return 0 }
        parts.append(newPart(endpoint))
        return parts.count - 1
    }

    /// Services of one span that become spans of their own; what names others stays with the first.
    private static let partsMax = 64

    // MARK: Annotations

    private mutating func readAnnotations() {
        for annotation in source.annotations {
            let index = part(annotation.endpoint)
            // Without an endpoint nobody knows whose side it is.
            switch annotation.endpoint == nil ? "" : annotation.value {
            case "cs": (cs, parts[index].kind) = (annotation, .client)
            case "cr": (cr, parts[index].kind) = (annotation, .client)
            case "sr": (sr, parts[index].kind) = (annotation, .server)
            case "ss": (ss, parts[index].kind) = (annotation, .server)
            case "ms": (ms, parts[index].kind) = (annotation, .producer)
            case "mr": (mr, parts[index].kind) = (annotation, .consumer)
            case "ws": ws = annotation
            case "wr": wr = annotation
            default: add(annotation, to: index)
            }
        }
        // The start was not told as an annotation, but follows from the end and the span's own times.
        if cs == nil, let cr, isEndOfSpan(cr) { cs = startOfSpan(cr.endpoint) }
        if sr == nil, let ss, isEndOfSpan(ss) { sr = startOfSpan(ss.endpoint) }
    }

    private func isEndOfSpan(_ end: Annotation) -> Bool {
        source.timestamp != 0 && source.duration != 0 && source.timestamp &+ source.duration == end.timestamp
    }

    private func startOfSpan(_ endpoint: Endpoint?) -> Annotation {
        Annotation(timestamp: source.timestamp, value: "", endpoint: endpoint)
    }

    private mutating func add(_ annotation: Annotation, to index: Int) {
        parts[index].annotations.append(.init(timestamp: annotation.timestamp, value: annotation.value))
    }

    // MARK: Times

    private mutating func setCallTimes() {
        if let cs, let sr {
            // The client owns the span's times.
            setTimes(cs, cr)
            let client = part(cs.endpoint)
            let server: Int
            if cs.endpoint?.serviceName == sr.endpoint?.serviceName {
                parts[client].kind = .client
                var part = newPart(sr.endpoint)
                part.kind = .server
                parts.append(part)
                server = parts.count - 1
            } else {
                server = part(sr.endpoint)
            }
            parts[server].shared = true
            parts[server].timestamp = sr.timestamp
            if let ss, ss.timestamp > sr.timestamp { parts[server].duration = ss.timestamp - sr.timestamp }
            // What has no answer has no duration.
            if cr == nil, source.duration == 0 { parts[client].duration = 0 }
        } else if let cs, let cr {
            setTimes(cs, cr)
        } else if let sr, let ss {
            setTimes(sr, ss)
        } else {
            setIncompleteTimes()
        }
        // v1 had no flag for a shared span; that the server left the span's own time to the client was the sign of one.
        if cs == nil, let sr, source.timestamp == 0 { parts[part(sr.endpoint)].shared = true }
    }

    /// One end only, or none: an end without its start stays an annotation.
    private mutating func setIncompleteTimes() {
        for index in parts.indices {
            switch parts[index].kind {
            case .client:
                if let cs { parts[index].timestamp = cs.timestamp }
                if let cr { add(cr, to: index) }
            case .server:
                if let sr { parts[index].timestamp = sr.timestamp }
                if let ss { add(ss, to: index) }
            case .producer, .consumer, nil: break
            }
        }
        if source.timestamp != 0 {
            parts[0].timestamp = source.timestamp
            parts[0].duration = source.duration
        }
    }

    /// The span's own times count before those of annotations.
    private mutating func setTimes(_ begin: Annotation, _ end: Annotation?) {
        let index = part(begin.endpoint)
        if source.timestamp != 0, source.duration != 0 {
            parts[index].timestamp = source.timestamp
            parts[index].duration = source.duration
        } else {
            parts[index].timestamp = begin.timestamp
            if let end, end.timestamp > begin.timestamp { parts[index].duration = end.timestamp - begin.timestamp }
        }
    }

    private mutating func setMessageTimes() {
        if let ms, let mr {
            let producer = part(ms.endpoint)
            let consumer: Int
            if ms.endpoint?.serviceName == mr.endpoint?.serviceName {
                parts[producer].kind = .producer
                var part = newPart(mr.endpoint)
                part.kind = .consumer
                parts.append(part)
                consumer = parts.count - 1
            } else {
                consumer = part(mr.endpoint)
            }
            parts[consumer].shared = true
            let received = wr ?? mr
            parts[consumer].timestamp = received.timestamp
            parts[consumer].duration = max(0, mr.timestamp - received.timestamp)
            parts[producer].timestamp = ms.timestamp
            parts[producer].duration = ws.map { max(0, $0.timestamp - ms.timestamp) } ?? 0
        } else if let ms {
            setTimes(ms, ws)
        } else if let mr {
            if let wr { setTimes(wr, mr) } else { setTimes(mr, nil) }
        } else {
            for annotation in [ws, wr] {
                if let annotation { add(annotation, to: part(annotation.endpoint)) }
            }
        }
    }

    // MARK: Tags and addresses

    private mutating func readBinaryAnnotations() {
        var addresses: [String: Endpoint] = [:]
        for annotation in source.binaryAnnotations {
            switch annotation.value {
            case .bool(true) where ["ca", "sa", "ma"].contains(annotation.key) && annotation.endpoint != nil:
                addresses[annotation.key] = annotation.endpoint
            case .bool(let flag):
                parts[part(annotation.endpoint)].tags.append(
                    .init(key: annotation.key, value: flag ? "true" : "false"))
            case .text(let text):
                let index = part(annotation.endpoint)
                // A local component's name, which says where the span was: nothing more when it is empty.
                if annotation.key == "lc", text.isEmpty { continue }
                parts[index].tags.append(.init(key: annotation.key, value: text))
            case nil: break
            }
        }
        setRemoteEndpoints(client: addresses["ca"], server: addresses["sa"], broker: addresses["ma"])
    }

    private mutating func setRemoteEndpoints(client: Endpoint?, server: Endpoint?, broker: Endpoint?) {
        if let broker {
            for side in [ms, mr] {
                if let side { parts[part(side.endpoint)].remoteEndpoint = broker }
            }
        }
        guard cs != nil || cr != nil || sr != nil || ss != nil else {
            // Only addresses: the one that is known to be local has a span, the other is its remote end.
            if let client, let server {
                parts[part(client)].remoteEndpoint = server
            } else if let server {
                parts[0].remoteEndpoint = server
            } else if let client {
                parts[0].kind = .server
                parts[0].remoteEndpoint = client
            }
            return
        }
        if var client, let side = sr ?? ss, client != side.endpoint {
            // Finagle names a client's socket by the server's own service.
            if client.serviceName == side.endpoint?.serviceName { client.serviceName = "" }
            parts[serverPart(side)].remoteEndpoint = client
        }
        if let server, let side = cs ?? cr { parts[part(side.endpoint)].remoteEndpoint = server }
    }

    /// On a loopback the client's part has the server's service, too.
    private mutating func serverPart(_ side: Annotation) -> Int {
        let index = part(side.endpoint)
        guard parts[index].kind != .server else { return index }
        return parts.firstIndex { $0.kind == .server } ?? index
    }
}
