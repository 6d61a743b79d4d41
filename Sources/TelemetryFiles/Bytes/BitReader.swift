/// Bits of a stream, the lowest of a byte first, as deflate has them.
struct BitReader {
    private let source: any ByteSource
    private var input: [UInt8]
    private var position = 0
    private var isInputOver = false
    /// The next bits, the first lowest; zeros above `count`.
    private(set) var bits: UInt64 = 0
    private(set) var count = 0
    /// Why the system gave no more.
    private(set) var failure: TelemetryFileError?

    init(_ source: any ByteSource, start: [UInt8]) {
        self.source = source
        input = start
    }

    /// Gets at least 48 bits unless the stream ends before.
    @inline(__always)
    mutating func fill() {
        while count < 48 {
            if position == input.count {
                guard refill() else { return }
            }
            bits |= UInt64(input[position]) << UInt64(count)
            position += 1
            count += 8
        }
    }

    private mutating func refill() -> Bool {
        guard !isInputOver else { return false }
        input.removeAll(keepingCapacity: true)
        position = 0
        do throws(TelemetryFileError) {
            // A source may have nothing at first and go on.
            while input.isEmpty, !isInputOver { isInputOver = try !source.read(into: &input) }
        } catch {
            failure = error
            isInputOver = true
        }
        return !input.isEmpty
    }

    /// - Parameter width: up to `count`.
    @inline(__always)
    mutating func drop(_ width: Int) {
        bits >>= UInt64(width)
        count -= width
    }

    /// - Parameter width: up to 32.
    @inline(__always)
    mutating func take(_ width: Int) throws(InflateFailure) -> Int {
        if count < width { fill() }
        guard count >= width else { throw .cutShort }
        let value = bits & ((1 << UInt64(width)) - 1)
        drop(width)
        return Int(value)
    }

    /// Leaves out the bits up to the next byte.
    mutating func align() { drop(count % 8) }

    /// A byte; only where a byte begins.
    mutating func byte() -> UInt8? {
        if count < 8 { fill() }
        guard count >= 8 else { return nil }
        let value = UInt8(truncatingIfNeeded: bits)
        drop(8)
        return value
    }
}
