/// The limits of the decoders. None of them is reached by a well-behaved sender.
package enum Limits {
    /// Levels of JSON objects and lists inside each other.
    ///
    /// The decoders recurse, so this bounds their stack. Levels up to an attribute's value are 10, and each array
    /// inside an array takes 3 more: 50 nested arrays fit, no fewer than `protobufDepth` allows.
    package static let jsonDepth = 160

    /// Messages inside one OTLP request: spans, points, attributes, nested values and so on together.
    ///
    /// `{},` in JSON and two bytes in protobuf become a message of 100 to 250 bytes, so that without a bound a body of
    /// 64 MiB could ask for gigabytes. Real spans with ten attributes have a message for every 18 bytes of protobuf, so
    /// a body of 64 MiB holds 3.7 million: raise this together with the body limit.
    package static let messagesPerRequest = 4_000_000
    /// Spans, annotations and tags of one Zipkin request: they are values before they are columns, some hundred bytes each.
    package static let zipkinItemsPerRequest = 1_000_000

    /// Messages inside each other in OTLP/protobuf; SwiftProtobuf's own default. An attribute's value is level 6, and
    /// each array inside an array takes 2 more.
    package static let protobufDepth = 100

    /// Messages inside one resource, scope or other message that is decoded by the generated code; in memory they take
    /// some 250 bytes each.
    package static let messagesPerRareMessage = 65_536

    /// Bytes of columns that a protobuf body may become.
    ///
    /// Real telemetry becomes about as many bytes as its body has: a span of 340 bytes takes 400. An empty log record
    /// takes 2 bytes on the wire and 112 in columns, so that without a bound a body of 64 MiB could ask for gigabytes.
    package static func columnBytes(ofBody bytes: Int) -> Int { (16 << 20) + 8 * bytes }
}
