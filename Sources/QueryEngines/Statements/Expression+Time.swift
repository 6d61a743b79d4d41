import SQLSyntax

extension Expression {
    /// A time of a column DateTime64(9).
    static func time(_ nanoseconds: Int64) -> Expression {
        .call("fromUnixTimestamp64Nano", .integer(nanoseconds))
    }
}
