#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Puts the pieces of a stream together to whole lines.
struct LineSplitter {
    enum Outcome: Equatable {
        case goesOn
        /// A line is longer than the limit: what follows cannot be made sense of.
        case tooLong
        /// Somebody speaks HTTP, most likely a web page that wants to send lines through a person's browser.
        case isHTTP
    }

    private static let methods = ["GET /", "POST /", "PUT /", "HEAD /", "OPTIONS /", "DELETE /", "PATCH /"]

    private let lineBytesMax: Int
    private var pending: [UInt8] = []
    private var isAtStart = true

    init(lineBytesMax: Int) { self.lineBytesMax = lineBytesMax }

    /// - Parameter body: takes stretches of whole lines.
    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) -> Outcome {
        if isAtStart {
            isAtStart = false
            if Self.methods.contains(where: { bytes.starts(with: $0.utf8) }) { return .isHTTP }
        }
        var rest = bytes
        if !pending.isEmpty {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return keep(rest) }
            pending.append(contentsOf: rest[...end])
            guard pending.count <= lineBytesMax else { return .tooLong }
            pending.withUnsafeBufferPointer(body)
            pending.removeAll(keepingCapacity: true)
            rest = UnsafeBufferPointer(rebasing: rest[(end + 1)...])
        }
        guard let last = rest.lastIndex(of: UInt8(ascii: "\n")) else { return keep(rest) }
        body(UnsafeBufferPointer(rebasing: rest[...last]))
        return keep(UnsafeBufferPointer(rebasing: rest[(last + 1)...]))
    }

    private mutating func keep(_ rest: UnsafeBufferPointer<UInt8>) -> Outcome {
        guard pending.count + rest.count <= lineBytesMax else { return .tooLong }
        pending.append(contentsOf: rest)
        return .goesOn
    }

    /// The stream ended: its last line may have no line end.
    mutating func finish(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        guard !pending.isEmpty else { return }
        pending.withUnsafeBufferPointer(body)
        pending = []
    }
}
