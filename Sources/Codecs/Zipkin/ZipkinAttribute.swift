/// Names of attributes that carry what OTLP has no field for.
///
/// A span that came by Zipkin has its tags first, then `tagCount`, then what was told by other fields of Zipkin's. So the
/// way back knows exactly which attributes were tags, whatever their names. Attributes behind `tagCount` have the names
/// that the OpenTelemetry Collector gives them; where a tag has the same name already, `zipkin.` is put in front.
package enum ZipkinAttribute {
    /// How many attributes before this one are tags; an int, as no tag is.
    package static let tagCount = "zipkin.tags"

    package static let shared = "zipkin.shared"
    package static let debug = "zipkin.debug"
    /// Beside an IPv4 address of the same endpoint.
    package static let localIPv6 = "zipkin.local.ipv6"
    package static let remoteIPv6 = "zipkin.remote.ipv6"
    /// Zipkin's span had no timestamp; the stored one is that of its first annotation, or of its arrival. The Collector's
    /// name.
    package static let noTimestamp = "otel.zipkin.absentField.startTime"

    package static let localAddress = "net.host.ip"
    package static let localPort = "net.host.port"
    package static let remoteService = "peer.service"
    package static let remoteAddress = "net.peer.ip"
    package static let remotePort = "net.peer.port"

    /// Before the name of an attribute that a tag has already.
    package static let prefix = "zipkin."

    /// Where OTLP says the other side's name, best first.
    ///
    /// Spec: OpenTelemetry, "OpenTelemetry to Zipkin Transformation", "Remote endpoint".
    package static let remoteNames = [
        remoteService, "server.address", "net.peer.name", "network.peer.address", "server.socket.domain",
        "server.socket.address", "net.sock.peer.name", "net.sock.peer.addr", "peer.hostname", "peer.address", "db.name",
    ]

    /// Names that are no tags of the sender's, and so are not offered for search.
    package static func isReserved(_ name: String) -> Bool { name.hasPrefix(prefix) || name == noTimestamp }
}
