/// Bytes of a file in order, perhaps unpacked. Blocks. Used by one owner at a time.
protocol ByteSource: AnyObject {
    /// Appends the next bytes; false at the end, and then always.
    ///
    /// - Throws: when the system refuses. Packed bytes that are broken or cut short end the stream; see `failure`.
    func read(into bytes: inout [UInt8]) throws(TelemetryFileError) -> Bool

    /// After the end: why the stream ended before its time.
    var failure: String? { get }
}
