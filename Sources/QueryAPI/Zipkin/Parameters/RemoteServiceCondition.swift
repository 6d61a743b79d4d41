import Codecs
import TraceQL

/// Spans by the name of their `remoteEndpoint`, as `ZipkinExportedSpan` and `ZipkinMessages` put it together.
enum RemoteServiceCondition {
    /// What can hold the name, best first.
    static let keys =
        [ZipkinAttribute.remoteNames[0], ZipkinAttribute.prefix + ZipkinAttribute.remoteNames[0]]
        + ZipkinAttribute.remoteNames.dropFirst()

    /// Spans whose name of the other side is that.
    static func named(_ name: String) -> FieldExpression {
        FieldExpression.any(
            keys.map { key in
                FieldExpression.all([ZipkinCondition.attribute(.span, key, .string(name))] + holds(key))
            })
    }

    /// When the attribute is the one that counts: of two attributes the better one, and other attributes than
    /// `peer.service` only of exported spans that call.
    static func holds(_ key: String) -> [FieldExpression] {
        guard let index = ZipkinAttribute.remoteNames.firstIndex(of: key), index > 0 else { return [] }
        return [
            .not(ZipkinCondition.exists(.span, ZipkinAttribute.tagCount)),
            .or(
                FieldExpression.intrinsic(.kind, .equal, .kind(.client)),
                FieldExpression.intrinsic(.kind, .equal, .kind(.producer))),
        ] + ZipkinAttribute.remoteNames[..<index].map { .not(ZipkinCondition.exists(.span, $0)) }
    }
}
